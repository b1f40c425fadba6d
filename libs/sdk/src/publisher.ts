import { type Codec, compileCodec, type Contract, frameOf, keyBytes, parseContract } from '@citystreams/avro';
import {
  asKafkaFailure,
  type Health,
  KafkaFailure,
  type KafkaSettings,
  openPartitionReader,
  openProducer,
  type OutgoingRecord,
  type PartitionReader,
  partitionOfKey,
  type RecordProducer,
} from '@citystreams/kafka';
import { ContractViolation, type EventViolation, InvalidContract } from './contract.violation.js';
import { persistently } from './persistently.js';
import { type Problem, problemOf } from './problem.js';
import { RegistryClient, RegistryFailure, type RegistrySettings } from './registry.client.js';

export interface OutgoingEvent {
  /** `ce_id`: names the event for ever; an event published again carries the same. */
  id: string;
  /** `ce_time`: default the contract's time field, else the moment of publishing. */
  time?: Date;
  /** Fields as the contract names them. Longs are numbers or bigints; a time is milliseconds. */
  data: Record<string, unknown>;
}

export interface PublisherOptions {
  /** `<agency>.<event>`, which is also the topic. */
  stream: string;
  kafka: KafkaSettings;
  registry: RegistrySettings;
  /** `ce_source`: who publishes, as a URI or path. */
  source: string;
  /** The contract's JSON (`v1.avsc`), parsed. */
  contract: unknown;
  /** Told once per distinct problem while publishing waits for it to pass. */
  onProblem?: (problem: Problem) => void;
}

/** Where a topic ends, per partition, and which topic it is. */
export interface TopicEnds {
  topicId: string;
  ends: Map<number, bigint>;
}

/**
 * Publishes events of one stream.
 *
 * `publish` checks every event against the contract before anything is sent, and then resolves only when all in-sync
 * replicas have every event: an unreachable broker, a full disk, a topic, right or registration that is not there yet are
 * waited for, however long, and told to `onProblem`. An event is written once, in the order of the calls per key. When the
 * publisher is closed meanwhile, `publish` rejects and events may or may not be there: see `openResumePoint`.
 */
export interface Publisher {
  readonly stream: string;
  /** Throws `ContractViolation` (nothing was sent), or a `RegistryFailure` that waiting does not cure. */
  publish(events: readonly OutgoingEvent[]): Promise<void>;
  /** The partition that an event's key belongs to. */
  partitionOf(event: OutgoingEvent): Promise<number>;
  /** Waits for the topic. Needs no more than the right to publish. */
  topicEnds(): Promise<TopicEnds>;
  health(): Health;
  /** Lets what is being written finish for two seconds. */
  close(): Promise<void>;
}

/** Opens nothing yet. Throws `InvalidContract` with every finding. */
export function openPublisher(options: PublisherOptions): Publisher {
  return new StreamPublisher(options);
}

class StreamPublisher implements Publisher {
  readonly stream: string;
  readonly #contract: Contract;
  readonly #codec: Codec;
  readonly #producer: RecordProducer;
  readonly #topic: () => PartitionReader;
  readonly #registry: RegistryClient;
  readonly #closing = new AbortController();
  #reader: PartitionReader | undefined;
  #schemaId: Promise<number> | undefined;
  #partitions: Promise<number> | undefined;
  #health: Health = { ok: true };
  #reported: string | undefined;

  constructor(private readonly options: PublisherOptions) {
    this.stream = options.stream;
    const parsed = parseContract(options.contract);
    if (!parsed.ok) throw new InvalidContract(options.stream, parsed.findings);
    this.#contract = parsed.contract;
    this.#codec = compileCodec(parsed.contract.record);
    this.#registry = new RegistryClient(options.registry);
    this.#topic = () => (this.#reader ??= openPartitionReader(options.kafka, { topic: options.stream }));
    this.#producer = openProducer(options.kafka, {
      retries: Number.POSITIVE_INFINITY,
      retryRefusals: true,
      onProblem: (failure) => this.#report(failure),
    });
  }

  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    this.#check(events);
    if (events.length === 0) return;
    const schemaId = await this.#registeredId();
    const partitions = await this.#partitionCount();
    await this.#producer.send(events.map((event) => this.#recordOf(event, schemaId, partitions)));
    this.#recovered();
  }

  async partitionOf(event: OutgoingEvent): Promise<number> {
    return partitionOfKey(this.#keyOf(event), await this.#partitionCount());
  }

  async topicEnds(): Promise<TopicEnds> {
    return this.#persistently(async () => {
      const reader = this.#topic();
      return { topicId: await reader.topicId(), ends: await reader.offsetsAt('latest') };
    });
  }

  health(): Health {
    return this.#health;
  }

  async close(): Promise<void> {
    await this.#producer.close();
    this.#closing.abort(new KafkaFailure('UNREACHABLE', 'The publisher is closed', { retriable: false }));
    await this.#reader?.close();
  }

  #check(events: readonly OutgoingEvent[]): void {
    const violations: EventViolation[] = [];
    for (const [index, { id, data }] of events.entries()) {
      if (id === '') violations.push({ index, id, path: 'id', expected: 'a name that is not empty', found: 'nothing' });
      for (const violation of this.#codec.check(data)) violations.push({ index, id, ...violation });
    }
    if (violations.length > 0) throw new ContractViolation(this.stream, violations);
  }

  #recordOf(event: OutgoingEvent, schemaId: number, partitions: number): OutgoingRecord {
    const key = this.#keyOf(event);
    const { namespace, name } = this.#contract.record;
    const header = (header: string, value: string): [string, Buffer] => [header, Buffer.from(value, 'utf8')];
    return {
      topic: this.stream,
      partition: partitionOfKey(key, partitions),
      key,
      value: frameOf(schemaId, this.#codec.encode(event.data)),
      headers: [
        header('ce_specversion', '1.0'),
        header('ce_id', event.id),
        header('ce_source', this.options.source),
        header('ce_type', namespace === undefined ? name : `${namespace}.${name}`),
        header('ce_time', this.#timeOf(event).toISOString()),
        header('content-type', 'application/avro'),
      ],
      // The moment of publishing, not the event's own time: retention goes by it.
      timestamp: BigInt(Date.now()),
    };
  }

  #keyOf({ data }: OutgoingEvent): Buffer {
    return keyBytes(data[this.#contract.key]);
  }

  #timeOf({ time, data }: OutgoingEvent): Date {
    if (time !== undefined) return time;
    return this.#contract.time === null ? new Date() : new Date(Number(data[this.#contract.time]));
  }

  #registeredId(): Promise<number> {
    this.#schemaId ??= this.#persistently(() =>
      this.#registry.idOf(`${this.stream}-value`, this.#contract.schema),
    ).catch((error: unknown) => {
      this.#schemaId = undefined;
      throw error;
    });
    return this.#schemaId;
  }

  #partitionCount(): Promise<number> {
    this.#partitions ??= this.#persistently(async () => (await this.#topic().partitions()).length).catch(
      (error: unknown) => {
        this.#partitions = undefined;
        throw error;
      },
    );
    return this.#partitions;
  }

  async #persistently<T>(work: () => Promise<T>): Promise<T> {
    const result = await persistently(work, {
      worthIt: (error) => (error instanceof RegistryFailure ? error.retriable : isPassing(error)),
      onFailure: (error) => this.#report(error),
      signal: this.#closing.signal,
    });
    this.#recovered();
    return result;
  }

  #report(error: unknown): void {
    const problem = problemOf(error);
    this.#health = { ok: false, reason: `${problem.code}: ${problem.message}` };
    if (this.#reported === problem.code) return;
    this.#reported = problem.code;
    this.options.onProblem?.(problem);
  }

  #recovered(): void {
    this.#health = { ok: true };
    this.#reported = undefined;
  }
}

/** Also what somebody has to change first: a right, a secret at the issuer. */
function isPassing(error: unknown): boolean {
  const failure = asKafkaFailure(error);
  return failure.retriable || failure.code === 'NOT_AUTHORIZED' || failure.code === 'TOKEN_REFUSED';
}

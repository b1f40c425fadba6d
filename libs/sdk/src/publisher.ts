import {
  asKafkaFailure,
  type Health,
  KafkaFailure,
  type KafkaSettings,
  openPartitionReader,
  openProducer,
  type PartitionReader,
  type RecordProducer,
} from '@citystreams/kafka';
import { EventRecords, type OutgoingEvent } from './event.records.js';
import { OneByOne, type RecordTransport } from './record.transport.js';
import { persistently } from './persistently.js';
import { type Problem, problemOf } from './problem.js';
import { RegistryClient, RegistryFailure, type RegistrySettings } from './registry.client.js';

export interface PublisherOptions {
  /** `<agency>.<event>`, which is also the topic. */
  stream: string;
  kafka: KafkaSettings;
  registry: RegistrySettings;
  /** `ce_source`: who publishes, as a URI or path. */
  source: string;
  /** The contract's JSON (`v1.avsc`), parsed. */
  contract: unknown;
  /** Default: the SDK's own producer. */
  transport?: RecordTransport;
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
  readonly #records: EventRecords;
  readonly #out: RecordProducer | OneByOne;
  readonly #registry: RegistryClient;
  readonly #closing = new AbortController();
  #reader: PartitionReader | undefined;
  #schemaId: Promise<number> | undefined;
  #partitions: Promise<number> | undefined;
  #health: Health = { ok: true };
  #reported: string | undefined;

  constructor(private readonly options: PublisherOptions) {
    const { stream, source, contract, transport } = options;
    this.stream = stream;
    this.#records = new EventRecords(stream, source, contract);
    this.#registry = new RegistryClient(options.registry);
    this.#out =
      transport === undefined
        ? openProducer(options.kafka, {
            retries: Number.POSITIVE_INFINITY,
            retryRefusals: true,
            onProblem: (failure) => this.#report(failure),
          })
        : new OneByOne(transport, (work) => this.#persistently(work));
  }

  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    this.#records.check(events);
    if (events.length === 0) return;
    const schemaId = await this.#registeredId();
    const partitions = await this.#partitionCount();
    await this.#out.send(events.map((event) => this.#records.recordOf(event, schemaId, partitions)));
    this.#recovered();
  }

  async partitionOf(event: OutgoingEvent): Promise<number> {
    return this.#records.partitionOf(event, await this.#partitionCount());
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
    this.#closing.abort(new KafkaFailure('UNREACHABLE', 'The publisher is closed', { retriable: false }));
    await this.#out.close();
    await this.#reader?.close();
  }

  #topic(): PartitionReader {
    this.#reader ??= openPartitionReader(this.options.kafka, { topic: this.stream });
    return this.#reader;
  }

  #registeredId(): Promise<number> {
    this.#schemaId ??= this.#persistently(() =>
      this.#registry.idOf(`${this.stream}-value`, this.#records.schema),
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

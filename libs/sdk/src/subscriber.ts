import { type Codec, compileCodec, readFrame } from '@citystreams/avro';
import { type Health, type IncomingRecord, type KafkaSettings, openSubscription } from '@citystreams/kafka';
import { type Problem, ProblemFailure, problemOf } from './problem.js';
import { RegistryClient, RegistryFailure, type RegistrySettings } from './registry.client.js';

export interface IncomingEvent {
  /** `ce_id` and its companions; null where the view left them out. */
  id: string | null;
  type: string | null;
  source: string | null;
  time: Date | null;
  /** The key as text; null where the view has no key. */
  key: string | null;
  data: Record<string, unknown>;
  topic: string;
  partition: number;
  offset: bigint;
  /** When the record was written. */
  timestamp: Date;
}

export interface SubscriberOptions {
  /** The view topic that the entitlement names. */
  topic: string;
  kafka: KafkaSettings;
  registry: RegistrySettings;
  /** Begins with the client id and a dot. */
  groupId: string;
  /** Where to begin the first time; default `earliest`. */
  fallback?: 'earliest' | 'latest';
  /** One event at a time, per key in order. If it throws, the same event comes again after a pause. */
  onEvent(event: IncomingEvent): Promise<void> | void;
  /**
   * Told once per distinct problem; `NOT_AUTHORIZED` means that the entitlement is not active yet or has ended. Receiving
   * goes on by itself when the problem has passed. A record that is `UNDECODABLE` is told and passed over.
   */
  onProblem?: (problem: Problem) => void;
}

/** Receives a view's events, committed ones only, each at least once: the last ones before a crash come again. */
export interface Subscriber {
  health(): Health;
  /** Waits for the running `onEvent`. */
  close(): Promise<void>;
}

export function openSubscriber(options: SubscriberOptions): Subscriber {
  const decoder = new EventDecoder(new RegistryClient(options.registry));
  return openSubscription(options.kafka, {
    topics: [options.topic],
    groupId: options.groupId,
    fallback: options.fallback ?? 'earliest',
    onRecord: async (record) => {
      const event = await decoder.decode(record);
      if (event === undefined) {
        const where = `${record.topic}-${record.partition} at ${record.offset}`;
        options.onProblem?.({ code: 'UNDECODABLE', message: `The record in ${where} is not an event` });
        return;
      }
      try {
        await options.onEvent(event);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new ProblemFailure({ code: 'HANDLER_FAILED', message, cause });
      }
    },
    onProblem: (failure) => options.onProblem?.(problemOf(failure)),
  });
}

class EventDecoder {
  readonly #codecs = new Map<number, Codec>();

  constructor(private readonly registry: RegistryClient) {}

  /** Undefined for what no waiting makes readable; throws while the registry cannot be asked. */
  async decode(record: IncomingRecord): Promise<IncomingEvent | undefined> {
    const frame = record.value === null ? null : readFrame(record.value);
    if (frame === null) return undefined;
    const codec = await this.#codec(frame.schemaId);
    if (codec === undefined) return undefined;
    let data: unknown;
    try {
      data = codec.decode(frame.body);
    } catch {
      return undefined;
    }
    const headers = new Map(record.headers);
    const text = (name: string): string | null => headers.get(name)?.toString('utf8') ?? null;
    const time = text('ce_time');
    return {
      id: text('ce_id'),
      type: text('ce_type'),
      source: text('ce_source'),
      time: time === null ? null : new Date(time),
      key: record.key?.toString('utf8') ?? null,
      data: data as Record<string, unknown>,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      timestamp: new Date(Number(record.timestamp)),
    };
  }

  async #codec(schemaId: number): Promise<Codec | undefined> {
    const known = this.#codecs.get(schemaId);
    if (known !== undefined) return known;
    let schema: string;
    try {
      schema = await this.registry.schema(schemaId);
    } catch (error) {
      if (error instanceof RegistryFailure && error.code === 'NOT_FOUND') return undefined;
      throw new ProblemFailure(problemOf(error));
    }
    const codec = compileCodec(JSON.parse(schema));
    this.#codecs.set(schemaId, codec);
    return codec;
  }
}

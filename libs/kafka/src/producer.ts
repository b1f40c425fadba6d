import { initProducerIdV5 } from '@platformatic/kafka';
import { ask, Cluster } from './cluster.js';
import { asKafkaFailure, failureOfCode, KafkaFailure } from './failure.js';
import { partitionOfKey } from './partitioner.js';
import { batchLength, produce, type ProducerIdentity, sequenceAfter } from './produce.js';
import type { OutgoingRecord } from './records.js';
import { atMost, Backoff, pause } from './retry.js';
import type { KafkaSettings } from './settings.js';

export interface ProducerOptions {
  /** Attempts after the first one; default 20, about half a minute. `Infinity`: until it succeeds or is closed. */
  retries?: number;
  /** Also wait for missing rights and accepted credentials, as for a topic that is not there yet. Default false. */
  retryRefusals?: boolean;
  /** Told once per distinct problem, while it is being repeated, until something is written again. */
  onProblem?: (failure: KafkaFailure) => void;
}

/**
 * Idempotent, acks=all. A record is written once however often its batch had to be sent, as long as `send` is still
 * pending; order per partition is the order of the calls. What was rejected with `UNREACHABLE` may have been written.
 */
export interface RecordProducer {
  /** Resolves when all in-sync replicas have every record. Not atomic: some may be written when it rejects. */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Lets what is being written finish for two seconds; what is left then is rejected. */
  close(): Promise<void>;
}

export function openProducer(settings: KafkaSettings, options: ProducerOptions = {}): RecordProducer {
  return new IdempotentProducer(settings, options);
}

const DEFAULT_RETRIES = 20;
const DRAIN_MS = 2_000;
/** The broker lost or never had this producer's state: a new identity is needed, the batch was not written. */
const IDENTITY_LOST = new Set([
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_PRODUCER_EPOCH',
]);

interface Waiting {
  records: readonly OutgoingRecord[];
  resolve: () => void;
  reject: (failure: KafkaFailure) => void;
}

/** One partition's queue. One batch at a time is under way, so a repeated one cannot overtake or be overtaken. */
interface Lane {
  topic: string;
  partition: number;
  waiting: Waiting[];
  running: Promise<void> | undefined;
  identity: ProducerIdentity | undefined;
  nextSequence: number;
}

class IdempotentProducer implements RecordProducer {
  readonly #cluster: Cluster;
  readonly #options: ProducerOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #partitionCounts = new Map<string, Promise<number>>();
  readonly #closing = new AbortController();
  #identity: Promise<ProducerIdentity> | undefined;
  #turn = 0;
  #closed = false;
  #reported: string | undefined;

  constructor(settings: KafkaSettings, options: ProducerOptions) {
    this.#cluster = new Cluster(settings);
    this.#options = options;
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#closed) throw closed();
    const byTopic = new Map<string, OutgoingRecord[]>();
    for (const record of records) {
      const group = byTopic.get(record.topic);
      if (group === undefined) byTopic.set(record.topic, [record]);
      else group.push(record);
    }
    const sent = await Promise.allSettled([...byTopic].map(([topic, group]) => this.#sendToTopic(topic, group)));
    for (const outcome of sent) if (outcome.status === 'rejected') throw asKafkaFailure(outcome.reason);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#lanes.values()].flatMap(({ running }) => running ?? []);
    if (running.length > 0) await atMost(DRAIN_MS, Promise.allSettled(running));
    this.#closing.abort();
    await this.#cluster.close();
  }

  async #sendToTopic(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const count = await this.#partitionCount(topic);
    const byPartition = new Map<number, OutgoingRecord[]>();
    for (const record of records) {
      const partition = record.partition ?? this.#choose(record, count);
      const group = byPartition.get(partition);
      if (group === undefined) byPartition.set(partition, [record]);
      else group.push(record);
    }
    await Promise.all([...byPartition].flatMap(([partition, group]) => this.#enqueue(topic, partition, group)));
  }

  /** Everybody who sends to a topic waits for the same answer, so that the order of the calls is kept. */
  #partitionCount(topic: string): Promise<number> {
    let count = this.#partitionCounts.get(topic);
    if (count === undefined) {
      count = this.#persistently(async () => (await this.#cluster.topic(topic)).partitions.length);
      this.#partitionCounts.set(topic, count);
      count.catch(() => this.#partitionCounts.delete(topic));
    }
    return count;
  }

  #choose({ key }: OutgoingRecord, count: number): number {
    return key === null ? this.#turn++ % count : partitionOfKey(key, count);
  }

  #enqueue(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<void>[] {
    const name = `${topic}:${partition}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { topic, partition, waiting: [], running: undefined, identity: undefined, nextSequence: 0 };
      this.#lanes.set(name, lane);
    }
    const parts: Promise<void>[] = [];
    for (let start = 0; start < records.length; ) {
      const length = batchLength(records, start);
      const part = records.slice(start, start + length);
      start += length;
      const { waiting } = lane;
      parts.push(new Promise((resolve, reject) => waiting.push({ records: part, resolve, reject })));
    }
    lane.running ??= this.#run(lane);
    return parts;
  }

  async #run(lane: Lane): Promise<void> {
    // What is sent within one turn of the event loop goes together.
    await Promise.resolve();
    for (let parts = takeBatch(lane.waiting); parts.length > 0; parts = takeBatch(lane.waiting)) {
      try {
        await this.#deliver(
          lane,
          parts.flatMap(({ records }) => records),
        );
        for (const { resolve } of parts) resolve();
      } catch (error) {
        for (const { reject } of parts) reject(asKafkaFailure(error));
      }
    }
    lane.running = undefined;
  }

  async #deliver(lane: Lane, records: readonly OutgoingRecord[]): Promise<void> {
    try {
      await this.#persistently(async () => {
        if (lane.identity === undefined) {
          lane.identity = await this.#currentIdentity();
          lane.nextSequence = 0;
        }
        const batch = { topic: lane.topic, partition: lane.partition, records, sequence: lane.nextSequence };
        const failure = (await produce(this.#cluster, [batch], lane.identity, null)).get(batch) ?? null;
        if (failure === null) return;
        if (failure.kafkaError === undefined || !IDENTITY_LOST.has(failure.kafkaError)) throw failure;
        this.#renounce(lane);
        throw new KafkaFailure('UNREACHABLE', failure.message, { cause: failure });
      });
      lane.nextSequence = sequenceAfter(lane.nextSequence, records.length);
      this.#reported = undefined;
    } catch (error) {
      // Whether the broker has seen the batch is not known, so its sequence numbers can be neither used again nor skipped.
      this.#renounce(lane);
      throw error;
    }
  }

  async #persistently<T>(work: () => Promise<T>): Promise<T> {
    const { retries = DEFAULT_RETRIES, retryRefusals = false } = this.#options;
    const backoff = new Backoff(50, 2_000);
    for (let attempt = 0; ; attempt++) {
      if (this.#closing.signal.aborted) throw closed();
      try {
        return await work();
      } catch (error) {
        if (this.#closing.signal.aborted) throw closed(error);
        const failure = asKafkaFailure(error);
        const refused = failure.code === 'NOT_AUTHORIZED' || failure.code === 'TOKEN_REFUSED';
        if (attempt >= retries || !(failure.retriable || (retryRefusals && refused))) throw failure;
        this.#report(failure);
        await pause(backoff.next(), this.#closing.signal);
      }
    }
  }

  #report(failure: KafkaFailure): void {
    const problem = `${failure.code} ${failure.kafkaError ?? ''} ${failure.topic ?? ''}`;
    if (this.#reported === problem) return;
    this.#reported = problem;
    this.#options.onProblem?.(failure);
  }

  #currentIdentity(): Promise<ProducerIdentity> {
    this.#identity ??= this.#newIdentity().catch((error: unknown) => {
      this.#identity = undefined;
      throw error;
    });
    return this.#identity;
  }

  async #newIdentity(): Promise<ProducerIdentity> {
    // No transactional id, so the transaction timeout means nothing; -1 and -1 ask for a fresh identity.
    const answer = await ask(initProducerIdV5.api, await this.#cluster.anyBroker(), null, 0, -1n, -1);
    if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, 'Producer id');
    return { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
  }

  #renounce(lane: Lane): void {
    lane.identity = undefined;
    this.#identity = undefined;
  }
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  const first = waiting.shift();
  if (first === undefined) return [];
  const taken = [first];
  const records = [...first.records];
  for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
    records.push(...next.records);
    if (batchLength(records, 0) < records.length) break;
    taken.push(next);
    waiting.shift();
  }
  return taken;
}

const closed = (cause?: unknown): KafkaFailure =>
  new KafkaFailure('UNREACHABLE', 'The producer is closed', { retriable: false, cause });

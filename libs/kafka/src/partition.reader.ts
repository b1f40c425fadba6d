import { fetchV17, listOffsetsV9 } from '@platformatic/kafka';
import { ask, Cluster, type TopicMetadata } from './cluster.js';
import { committedRecords, type FetchAnswer } from './committed.records.js';
import { asKafkaFailure, failureOfCode, KafkaFailure } from './failure.js';
import type { IncomingRecord } from './records.js';
import { retrying } from './retry.js';
import type { KafkaSettings } from './settings.js';

/** A place in every partition: its first record, its end, or the first record of that time (milliseconds) or later. */
export type OffsetPoint = 'earliest' | 'latest' | { timestamp: bigint };

export interface FetchedPartition {
  partition: number;
  records: IncomingRecord[];
  /** Where to go on. Also beyond control batches and aborted data, so it may grow without a record. */
  next: bigint;
}

export interface FetchOptions {
  maxWaitMs: number;
  /** Of one answer; default 8 MiB. A single larger batch still comes. */
  maxBytes?: number;
}

/**
 * Reads the partitions of one topic from positions that the caller keeps: no group, nothing committed, read_committed.
 *
 * Bound to the topic's identity at first use: a topic deleted and created anew is `UNKNOWN_TOPIC`, not retriable, because
 * old positions mean nothing in it. Calls of `fetch` must not overlap.
 */
export interface PartitionReader {
  partitions(): Promise<number[]>;
  /** UUID of the topic; another one after it was deleted and created anew. */
  topicId(): Promise<string>;
  /** `latest` is the end of what is committed. A time later than every record gives the end. */
  offsetsAt(at: OffsetPoint): Promise<Map<number, bigint>>;
  /** The latest timestamp of any record, milliseconds; null while there is none. Needs DESCRIBE only. */
  newestAt(): Promise<bigint | null>;
  /**
   * What is there after each position; waits up to `maxWaitMs` for something to come. A partition whose leader has not
   * answered yet is missing. Throws `KafkaFailure` with its `partition` where one of them is the reason
   * (`OFFSET_OUT_OF_RANGE`, `NOT_AUTHORIZED`); the positions handed in stay good.
   */
  fetch(positions: ReadonlyMap<number, bigint>, options: FetchOptions): Promise<FetchedPartition[]>;
  close(): Promise<void>;
}

export function openPartitionReader(settings: KafkaSettings, options: { topic: string }): PartitionReader {
  return new TopicReader(settings, options.topic);
}

/** A fetch that waits at one broker, with the offsets it was asked for. */
interface ParkedFetch {
  asked: ReadonlyMap<number, bigint>;
  outcome: Promise<{ response: FetchAnswer } | { failure: KafkaFailure }>;
}

const ANSWER_BYTES = 8 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;
const READ_COMMITTED = 1;
const OFFSET_QUERY_WITHIN_MS = 10_000;
const LATEST = -1n;
const EARLIEST = -2n;
const NEWEST = -3n;
const UNKNOWN_OFFSET = -1n;

class TopicReader implements PartitionReader {
  readonly #topic: string;
  readonly #cluster: Cluster;
  /** Fetches wait at the broker, and a broker answers a connection's requests in order: nothing else may share it. */
  readonly #fetching: Cluster;
  readonly #parked = new Map<number, ParkedFetch>();
  readonly #closing = new AbortController();
  #identity: string | undefined;

  constructor(settings: KafkaSettings, topic: string) {
    this.#topic = topic;
    this.#cluster = new Cluster(settings);
    this.#fetching = new Cluster(settings);
  }

  async partitions(): Promise<number[]> {
    const { partitions } = await this.#patiently(() => this.#metadata());
    return [...partitions.keys()];
  }

  async topicId(): Promise<string> {
    return (await this.#patiently(() => this.#metadata())).id;
  }

  async offsetsAt(at: OffsetPoint): Promise<Map<number, bigint>> {
    const timestamp = at === 'latest' ? LATEST : at === 'earliest' ? EARLIEST : at.timestamp;
    const found = await this.#patiently(() => this.#listOffsets(timestamp));
    const nothingThatLate = [...found].filter(([, offset]) => offset === UNKNOWN_OFFSET);
    if (nothingThatLate.length > 0) {
      const ends = await this.#patiently(() => this.#listOffsets(LATEST));
      for (const [partition] of nothingThatLate) found.set(partition, ends.get(partition) ?? 0n);
    }
    return found;
  }

  async newestAt(): Promise<bigint | null> {
    const timestamps = new Map<number, bigint>();
    await this.#patiently(() => this.#listOffsets(NEWEST, timestamps));
    const known = [...timestamps.values()].filter((timestamp) => timestamp >= 0n);
    return known.reduce<bigint | null>((newest, at) => (newest === null || at > newest ? at : newest), null);
  }

  async fetch(positions: ReadonlyMap<number, bigint>, options: FetchOptions): Promise<FetchedPartition[]> {
    if (positions.size === 0) throw new KafkaFailure('OTHER', 'There is nothing to fetch without a position');
    const metadata = await this.#metadata();
    for (const [leader, asked] of this.#byLeader(metadata, positions)) {
      if (!this.#parked.has(leader)) this.#parked.set(leader, this.#park(leader, metadata, asked, options));
    }
    const answered = await Promise.race(
      [...this.#parked].map(([leader, parked]) => parked.outcome.then((outcome) => ({ leader, parked, outcome }))),
    );
    this.#parked.delete(answered.leader);
    if ('failure' in answered.outcome) {
      this.#cluster.forgetTopic(this.#topic);
      throw answered.outcome.failure;
    }
    return this.#read(answered.outcome.response, answered.parked.asked, positions);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#cluster.close(), this.#fetching.close()]);
  }

  async #metadata(): Promise<TopicMetadata> {
    const metadata = await this.#cluster.topic(this.#topic);
    this.#identity ??= metadata.id;
    if (metadata.id !== this.#identity) {
      throw new KafkaFailure('UNKNOWN_TOPIC', `Topic ${this.#topic} was deleted and created anew`, {
        topic: this.#topic,
        retriable: false,
      });
    }
    return metadata;
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    return retrying(work, { withinMs: OFFSET_QUERY_WITHIN_MS, signal: this.#closing.signal });
  }

  /** @param timestamps takes the timestamp of each record found, where there is one */
  async #listOffsets(timestamp: bigint, timestamps?: Map<number, bigint>): Promise<Map<number, bigint>> {
    const metadata = await this.#metadata();
    const everywhere = new Map([...metadata.partitions.keys()].map((partition) => [partition, timestamp]));
    const offsets = new Map<number, bigint>();
    try {
      await Promise.all(
        [...this.#byLeader(metadata, everywhere)].map(async ([leader, asked]) => {
          const partitions = [...asked.keys()].map((partitionIndex) => ({
            partitionIndex,
            currentLeaderEpoch: -1,
            timestamp,
          }));
          const response = await ask(listOffsetsV9.api, await this.#cluster.node(leader), -1, READ_COMMITTED, [
            { name: this.#topic, partitions },
          ]);
          for (const { partitionIndex, errorCode, offset, timestamp: found } of response.topics[0]?.partitions ?? []) {
            if (errorCode !== 0) throw this.#failure(errorCode, partitionIndex);
            offsets.set(partitionIndex, offset);
            timestamps?.set(partitionIndex, found);
          }
        }),
      );
    } catch (error) {
      this.#cluster.forgetTopic(this.#topic);
      throw error;
    }
    return new Map([...offsets].sort(([a], [b]) => a - b));
  }

  #park(
    leader: number,
    metadata: TopicMetadata,
    asked: ReadonlyMap<number, bigint>,
    { maxWaitMs, maxBytes = ANSWER_BYTES }: FetchOptions,
  ): ParkedFetch {
    const partitions = [...asked].map(([partition, fetchOffset]) => ({
      partition,
      fetchOffset,
      currentLeaderEpoch: metadata.partitions[partition]?.leaderEpoch ?? -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: Math.min(PARTITION_BYTES, maxBytes),
    }));
    const send = async (): Promise<FetchAnswer> => {
      const connection = await this.#fetchConnection(leader);
      const topics = [{ topicId: metadata.id, partitions }];
      return ask(fetchV17.api, connection, maxWaitMs, 1, maxBytes, READ_COMMITTED, 0, -1, topics, [], '');
    };
    return {
      asked,
      outcome: send().then(
        (response) => ({ response }),
        (error: unknown) => ({ failure: asKafkaFailure(error) }),
      ),
    };
  }

  async #fetchConnection(leader: number) {
    const { host, port } = this.#cluster.addressOf(leader);
    return this.#fetching.at({ host, port });
  }

  #read(
    response: FetchAnswer,
    asked: ReadonlyMap<number, bigint>,
    positions: ReadonlyMap<number, bigint>,
  ): FetchedPartition[] {
    if (response.errorCode !== 0) throw this.#failure(response.errorCode);
    const fetched: FetchedPartition[] = [];
    for (const part of response.responses.flatMap((topic) => topic.partitions)) {
      const partition = part.partitionIndex;
      const from = positions.get(partition);
      // The caller moved on elsewhere while this answer was on its way.
      if (from === undefined || asked.get(partition) !== from) continue;
      if (part.errorCode !== 0) throw this.#failure(part.errorCode, partition);
      const source = { topic: this.#topic, partition, from };
      fetched.push({ partition, ...committedRecords(source, part.records, part.abortedTransactions) });
    }
    return fetched;
  }

  #failure(errorCode: number, partition?: number): KafkaFailure {
    this.#cluster.forgetTopic(this.#topic);
    const what = partition === undefined ? this.#topic : `${this.#topic}-${partition}`;
    return failureOfCode(errorCode, what, { topic: this.#topic, ...(partition === undefined ? {} : { partition }) });
  }

  #byLeader(metadata: TopicMetadata, positions: ReadonlyMap<number, bigint>): Map<number, Map<number, bigint>> {
    const leaders = new Map<number, Map<number, bigint>>();
    for (const [partition, offset] of positions) {
      const leader = metadata.partitions[partition]?.leader;
      if (leader === undefined || leader < 0) {
        this.#cluster.forgetTopic(this.#topic);
        const detail = { topic: this.#topic, partition };
        throw leader === undefined
          ? new KafkaFailure('UNKNOWN_TOPIC', `${this.#topic} has no partition ${partition}`, detail)
          : new KafkaFailure('UNREACHABLE', `${this.#topic}-${partition} has no leader`, detail);
      }
      const offsets = leaders.get(leader) ?? new Map<number, bigint>();
      leaders.set(leader, offsets.set(partition, offset));
    }
    return leaders;
  }
}

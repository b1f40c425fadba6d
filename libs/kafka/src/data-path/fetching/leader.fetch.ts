import { asKafkaFailure, failureOfCode, type KafkaFailure } from '../../failure.js';
import type { FetchLimits, FetchTarget } from '../data-path.js';
import { type FetchedPart, fetchMessage, fetchRequestBytes } from '../messages/fetch.js';
import type { Connection } from '../wire/connection.js';
import type { LanePartition } from './lane.partition.js';

/**
 * A fetch costs time for every partition in it, on both sides, however little comes of it: where hardly anything does,
 * fetches of many partitions begin no sooner after one another than this for each (ms), so that they stay at a tenth of a
 * core. For four partitions that is nothing, for 240 it is 7 ms.
 */
const PACE_PER_PARTITION_MS = 0.03;
const WORTH_HURRYING_BYTES = 64 * 1024;
const SHORTEST_REST_MS = 1;
/** Beyond what the broker was asked to wait. A fetch that is lost costs nothing but the time. */
const ANSWER_WITHIN_MS = 10_000;

export interface LeaderFetchOptions {
  connect(): Promise<Connection>;
  limits: FetchLimits;
  /** Of the next answer. */
  answerBytes(): number;
  /** A part of an answer that is still wanted. True: it begins with a batch that was cut off. */
  part(target: FetchTarget, partition: LanePartition, part: FetchedPart): boolean;
  /** A partition of a fetch that was not answered. */
  failed(target: FetchTarget, partition: LanePartition, failure: KafkaFailure): void;
  /** The fetch is over, with an answer or without. */
  done(answered: boolean): void;
  /** It can be used again, some time after `done`. */
  rested(): void;
}

/**
 * Fetches of one lane from one leader, one at a time. A broker fills an answer from the front of the request until it
 * is full, and a batch that is larger than allowed comes only at the very front: so each request begins behind the last
 * partition that was served, or with the one whose batch was cut off.
 */
export class LeaderFetch {
  readonly #message = fetchMessage({ part: (part) => this.#take(part) });
  #busy: Promise<void> | undefined;
  #offered: LanePartition[] = [];
  #targets: FetchTarget[] = [];
  /** The fetch under way, in its order. */
  #asked: LanePartition[] = [];
  #cursor = 0;
  #bytes = 0;
  #first: LanePartition | undefined;
  #cutOff: LanePartition | undefined;
  /** Most partitions of a request, after an answer that was too large to be read; and who comes after them. */
  #narrow = Infinity;
  #behind: LanePartition | undefined;
  #rest: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: LeaderFetchOptions) {}

  /** A partition for the next `send`. */
  offer(target: FetchTarget, partition: LanePartition): void {
    if (this.#busy !== undefined || this.#rest !== undefined) return;
    this.#offered.push(partition);
    this.#targets.push(target);
  }

  /** Fetches what was offered, unless a fetch is under way. */
  send(): void {
    if (this.#busy !== undefined || this.#closed) return;
    const offered = this.#offered;
    if (offered.length === 0) return;
    const start = Math.max(this.#first === undefined ? 0 : offered.indexOf(this.#first), 0);
    const count = Math.min(offered.length, this.#narrow);
    const asked = this.#asked;
    asked.length = 0;
    for (let i = 0; i < count; i++) {
      const at = (start + i) % offered.length;
      const partition = offered[at]!;
      const target = this.#targets[at]!;
      partition.asked = target;
      partition.fetchOffset = target.offset;
      asked.push(partition);
    }
    this.#behind = count < offered.length ? offered[(start + count) % offered.length] : undefined;
    offered.length = this.#targets.length = 0;
    this.#cursor = this.#bytes = 0;
    this.#first = this.#cutOff = undefined;
    this.#busy = this.#fetch();
  }

  /** Nothing more is fetched; resolves when nothing is under way. Ending the connections is the lane's. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    await this.#busy;
  }

  async #fetch(): Promise<void> {
    const { maxWaitMs, partitionBytes } = this.options.limits;
    const answerBytes = this.options.answerBytes();
    const partitions = this.#asked;
    const expectedBytes = fetchRequestBytes(partitions.length);
    const since = performance.now();
    let failure: KafkaFailure | undefined;
    try {
      const connection = await this.options.connect();
      const request = { maxWaitMs, answerBytes, partitionBytes, partitions };
      const withinMs = maxWaitMs + ANSWER_WITHIN_MS;
      const errorCode = await connection.ask(this.#message, request, { expectedBytes, withinMs });
      if (errorCode !== 0) failure = failureOfCode(errorCode, 'Fetch');
    } catch (error) {
      failure = asKafkaFailure(error);
    }
    this.#busy = undefined;
    const alone = partitions.length === 1;
    if (failure?.code === 'TOO_LARGE') {
      this.#narrow = Math.ceil(partitions.length / 2);
      this.#first = alone ? this.#behind : partitions[0];
    } else {
      this.#narrow *= 2;
      this.#first = this.#cutOff ?? this.#behind ?? this.#first;
    }
    for (const partition of partitions) {
      const target = partition.asked;
      partition.asked = null;
      if (failure === undefined || target === null || this.#closed) continue;
      // Which of several it was shows when fewer are asked for.
      if (failure.code !== 'TOO_LARGE' || alone) this.options.failed(target, partition, failure);
    }
    if (this.#bytes < WORTH_HURRYING_BYTES) this.#restUntil(since + partitions.length * PACE_PER_PARTITION_MS);
    this.options.done(failure === undefined);
  }

  #restUntil(time: number): void {
    const restMs = time - performance.now();
    if (restMs < SHORTEST_REST_MS || this.#closed) return;
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.options.rested();
    }, restMs);
  }

  #take(part: FetchedPart): void {
    const at = this.#find(part);
    if (at < 0) return;
    const partition = this.#asked[at]!;
    const target = partition.asked;
    if (target === null || target.offset !== partition.fetchOffset) return;
    const cutOff = this.options.part(target, partition, part);
    if (cutOff) this.#cutOff ??= partition;
    this.#bytes += part.recordsEnd - part.recordsStart;
    if (part.recordsEnd > part.recordsStart) this.#first = this.#asked[(at + 1) % this.#asked.length];
  }

  /** Parts come in the order of the request, but for those that a broker refuses: they come first. */
  #find(part: FetchedPart): number {
    const asked = this.#asked;
    for (let i = 0; i < asked.length; i++) {
      const at = (this.#cursor + i) % asked.length;
      const partition = asked[at]!;
      if (partition.partition !== part.partition || !this.#isTopic(part, partition)) continue;
      this.#cursor = at + 1;
      return at;
    }
    return -1;
  }

  #isTopic(part: FetchedPart, { topicId }: LanePartition): boolean {
    return part.bytes.compare(topicId, 0, 16, part.topicIdAt, part.topicIdAt + 16) === 0;
  }
}

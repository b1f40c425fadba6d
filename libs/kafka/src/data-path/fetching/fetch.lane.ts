import { PartitionReader } from '@citystreams/record-batch';
import { asKafkaFailure, failureOfCode, KafkaFailure, type KafkaFailureCode } from '../../failure.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Role } from '../cluster/connections.js';
import type { Fetcher, FetchHandler, FetchLimits, FetchTarget } from '../data-path.js';
import type { FetchedPart } from '../messages/fetch.js';
import { type LanePartition, LanePartitions } from './lane.partition.js';
import { LeaderFetch } from './leader.fetch.js';

/** These are told at once; anything else may be over in a moment. */
const TOLD_AT_ONCE: ReadonlySet<KafkaFailureCode> = new Set(['OFFSET_OUT_OF_RANGE', 'NOT_AUTHORIZED', 'TOO_LARGE']);
const TELL_AFTER_MS = 3_000;
const FORGET_EVERY_TURNS = 4_096;

/** Decides what is fetched from whom; `LeaderFetch` does it. */
export class FetchLane implements Fetcher {
  readonly #partitions = new LanePartitions();
  readonly #leaders = new Map<number, LeaderFetch>();
  readonly #reader: PartitionReader;
  #turns = 0;
  #turnIsDue = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly role: Role,
    private readonly handler: FetchHandler,
    private readonly limits: FetchLimits,
  ) {
    this.#reader = new PartitionReader({ maxDecompressedBytes: limits.mostDecompressedBytes });
    cluster.opened.add(this);
    this.wake();
  }

  wake(): void {
    if (this.#turnIsDue || this.#closed) return;
    this.#turnIsDue = true;
    queueMicrotask(() => this.#turn());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.cluster.opened.delete(this);
    clearTimeout(this.#timer);
    this.cluster.closeRole(this.role);
    await Promise.all([...this.#leaders.values()].map((leader) => leader.close()));
  }

  #turn(): void {
    this.#turnIsDue = false;
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    if (++this.#turns % FORGET_EVERY_TURNS === 0) this.#partitions.forgetBefore(this.#turns - FORGET_EVERY_TURNS);
    let soonest = Infinity;
    const unclear: FetchTarget[] = [];
    for (const target of this.handler.targets()) {
      const partition = this.#partitions.of(target, this.#turns);
      if (partition.asked !== null) continue;
      if (partition.fetchOffset !== target.offset) partition.recover();
      if (partition.pausedUntil > now) soonest = Math.min(soonest, partition.pausedUntil);
      else if (!this.#assign(target, partition)) unclear.push(target);
    }
    for (const leader of this.#leaders.values()) leader.send();
    if (unclear.length > 0) void this.#clarify(unclear);
    if (soonest < Infinity) this.#timer = setTimeout(() => this.wake(), soonest - now);
  }

  /** Hands a partition to its leader, unless that one is busy. False: it is not known who that is. */
  #assign(target: FetchTarget, partition: LanePartition): boolean {
    const topic = this.cluster.map.topic(target.topic);
    if (topic === undefined || topic instanceof KafkaFailure || topic.topicId !== target.topicId) return false;
    const place = topic.leaders[target.partition];
    if (place === undefined || place.leader < 0) return false;
    let leader = this.#leaders.get(place.leader);
    if (leader === undefined) {
      leader = this.#leaderFetch(place.leader);
      this.#leaders.set(place.leader, leader);
    }
    partition.leaderEpoch = place.leaderEpoch;
    leader.offer(target, partition);
    return true;
  }

  #leaderFetch(nodeId: number): LeaderFetch {
    const { handler, limits } = this;
    return new LeaderFetch({
      connect: () => this.cluster.node(nodeId, this.role, 2 * limits.answerBytes),
      limits,
      answerBytes: () => Math.min(limits.answerBytes, handler.room()),
      part: (target, partition, part) => {
        if (part.errorCode === 0) return this.#take(target, partition, part);
        const name = `${target.topic}-${target.partition}`;
        this.#trouble(target, partition, failureOfCode(part.errorCode, name, nameOf(target)));
        return false;
      },
      failed: (target, partition, failure) => this.#trouble(target, partition, failure),
      done: (answered) => {
        if (this.#closed) return;
        if (answered) this.handler.answered();
        this.wake();
      },
      rested: () => this.wake(),
    });
  }

  /** True: there is a batch that was cut off, and nothing before it. */
  #take(target: FetchTarget, partition: LanePartition, part: FetchedPart): boolean {
    if (this.#closed) return false;
    const reader = this.#reader;
    try {
      reader.open(part.bytes, part.recordsStart, part.recordsEnd, partition.fetchOffset, part.aborted);
      this.handler.take(target, reader, part.lastStableOffset);
      partition.recover();
      return reader.cutBatchBytes > 0 && reader.batchStart === part.recordsStart;
    } catch (cause) {
      const message = `${target.topic}-${target.partition} could not be taken at offset ${reader.position}`;
      const failure = new KafkaFailure('OTHER', message, { ...nameOf(target), cause });
      partition.pause(Date.now());
      this.handler.failed(target, failure);
      return false;
    }
  }

  /** Asks where partitions are, and tells of those that are nowhere. */
  async #clarify(targets: readonly FetchTarget[]): Promise<void> {
    const partitions = targets.map((target) => this.#partitions.of(target, this.#turns));
    for (const [i, target] of targets.entries()) {
      partitions[i]!.asked = target;
      partitions[i]!.fetchOffset = target.offset;
    }
    let unanswered: KafkaFailure | undefined;
    try {
      await this.cluster.refresh(new Set(targets.map(({ topic }) => topic)));
    } catch (error) {
      unanswered = asKafkaFailure(error);
    }
    if (this.#closed) return;
    for (const [i, target] of targets.entries()) {
      const partition = partitions[i]!;
      partition.asked = null;
      const failure = unanswered ?? this.#whyNowhere(target);
      if (failure !== undefined) this.#trouble(target, partition, failure);
    }
    this.wake();
  }

  #whyNowhere(target: FetchTarget): KafkaFailure | undefined {
    const { topic, partition } = target;
    const known = this.cluster.map.topic(topic);
    if (known !== undefined && !(known instanceof KafkaFailure) && known.topicId !== target.topicId) {
      const detail = { ...nameOf(target), retriable: false };
      return new KafkaFailure('UNKNOWN_TOPIC', `Topic ${topic} was deleted and created anew`, detail);
    }
    return this.cluster.map.whyNoLeader(topic, partition);
  }

  #trouble(target: FetchTarget, partition: LanePartition, failure: KafkaFailure): void {
    if (this.#closed) return;
    const atOnce = TOLD_AT_ONCE.has(failure.code);
    // Whoever it was that could not be read from: where the partition is now is asked before the next attempt.
    if (!atOnce) this.cluster.map.forget([target.topic]);
    const lasted = partition.pause(Date.now());
    if (atOnce || lasted >= TELL_AFTER_MS) this.handler.failed(target, failure);
  }
}

const nameOf = ({ topic, partition }: FetchTarget) => ({ topic, partition });

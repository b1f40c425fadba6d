import { uuidBytes } from '../wire/answer.reader.js';
import type { FetchTarget } from '../data-path.js';
import type { FetchPartition } from '../messages/fetch.js';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;

/** What a lane knows of a partition that it reads. */
export class LanePartition implements FetchPartition {
  leader = -1;
  leaderEpoch = -1;
  fetchOffset = -1;
  /** What is being found out about it: by a fetch, or by a question where it is. */
  asked: FetchTarget | null = null;
  /** Not asked before; 0: at once. */
  pausedUntil = 0;
  #pauseMs = 0;
  /** Since when it cannot be read; 0: it can. */
  #troubledSince = 0;

  constructor(
    readonly topicId: Buffer,
    readonly partition: number,
  ) {}

  /** Waits for a while, longer each time. Answers for how long (ms) it could not be read by now. */
  pause(now: number): number {
    this.#pauseMs = Math.min(Math.max(2 * this.#pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.pausedUntil = now + this.#pauseMs;
    this.#troubledSince ||= now;
    return now - this.#troubledSince;
  }

  /** It was read, or is to be read elsewhere. */
  recover(): void {
    this.pausedUntil = this.#pauseMs = this.#troubledSince = 0;
  }
}

/** The partitions of one lane by topic id and number, made when first asked for. */
export class LanePartitions {
  readonly #topics = new Map<string, { id: Buffer; partitions: LanePartition[]; seen: number }>();

  of(target: FetchTarget, turn: number): LanePartition {
    let topic = this.#topics.get(target.topicId);
    if (topic === undefined) {
      topic = { id: uuidBytes(target.topicId), partitions: [], seen: turn };
      this.#topics.set(target.topicId, topic);
    }
    topic.seen = turn;
    return (topic.partitions[target.partition] ??= new LanePartition(topic.id, target.partition));
  }

  /** Forgets topics that were not asked for since that turn. */
  forgetBefore(turn: number): void {
    for (const [id, { seen, partitions }] of this.#topics) {
      if (seen < turn && !partitions.some((one) => one.asked !== null)) this.#topics.delete(id);
    }
  }
}

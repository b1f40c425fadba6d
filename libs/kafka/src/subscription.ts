import { asKafkaFailure, handlerFailure, type KafkaFailure } from './failure.js';
import { type Assignment, GroupMember, HEARTBEAT_EVERY_MS, meansRejoin } from './group.member.js';
import type { Health } from './health.js';
import { type FetchedPartition, openPartitionReader, type PartitionReader } from './partition.reader.js';
import type { IncomingRecord, RecordPosition } from './records.js';
import { Backoff, pause } from './retry.js';
import type { KafkaSettings } from './settings.js';

export interface SubscriptionOptions {
  topics: readonly string[];
  groupId: string;
  /** Where to begin in a partition that the group has never committed. */
  fallback: 'earliest' | 'latest';
  /** One record at a time per topic, per partition in order. If it throws, the same record comes again after a pause. */
  onRecord(record: IncomingRecord): Promise<void>;
  /** Told once per distinct problem until things go well again. */
  onProblem?: (failure: KafkaFailure) => void;
}

/**
 * A member of a consumer group, read_committed. A record's position is committed after its handler, so every record is
 * handled at least once: after a crash, or when the group is rearranged, the last ones may come again.
 * Comes back by itself after lost rights, an issuer's outage or a broker's restart, and is unhealthy meanwhile.
 */
export interface Subscription {
  health(): Health;
  /** Waits for the running handler, commits what was handled and leaves the group. */
  close(): Promise<void>;
}

export function openSubscription(settings: KafkaSettings, options: SubscriptionOptions): Subscription {
  return new GroupSubscription(settings, options);
}

const WAIT_MS = 500;
const COMMIT_EVERY_MS = 500;

class GroupSubscription implements Subscription {
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #health: Health = { ok: false, reason: 'not connected yet' };
  #reported: string | undefined;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly options: SubscriptionOptions,
  ) {
    this.#running = this.#supervise();
  }

  health(): Health {
    return this.#health;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        await this.#takePart(() => {
          backoff.reset();
          this.#reported = undefined;
          this.#health = { ok: true };
        });
      } catch (error) {
        if (!signal.aborted) this.#report(asKafkaFailure(error));
      }
      await pause(backoff.next(), signal);
    }
    this.#health = { ok: false, reason: 'closed' };
  }

  async #takePart(onProgress: () => void): Promise<void> {
    const { signal } = this.#closing;
    const member = new GroupMember(this.settings, this.options.groupId, this.options.topics);
    // Joining waits for the other members; closing does not.
    const hangUp = () => void member.close();
    try {
      while (!signal.aborted) {
        signal.addEventListener('abort', hangUp, { once: true });
        const assignment = await member.join();
        signal.removeEventListener('abort', hangUp);
        const term = new Term(this.settings, this.options, member, assignment, {
          onProgress,
          onProblem: (failure) => this.#report(failure),
        });
        try {
          await term.serve(signal);
        } catch (error) {
          if (!meansRejoin(asKafkaFailure(error))) throw error;
        }
      }
    } finally {
      signal.removeEventListener('abort', hangUp);
      await member.leave();
      await member.close();
    }
  }

  #report(failure: KafkaFailure): void {
    this.#health = { ok: false, reason: `${failure.code}: ${failure.message}` };
    const problem = `${failure.code} ${failure.kafkaError ?? ''}`;
    if (this.#reported === problem) return;
    this.#reported = problem;
    this.options.onProblem?.(failure);
  }
}

/** One generation of the group: from the assignment until the group is rearranged, something fails, or we close. */
class Term {
  readonly #ending = new AbortController();
  /** Positions after handled records, not committed yet, by `topic:partition`. */
  readonly #handled = new Map<string, RecordPosition>();
  #committing: Promise<void> = Promise.resolve();
  #committedAt = Date.now();

  constructor(
    private readonly settings: KafkaSettings,
    private readonly options: SubscriptionOptions,
    private readonly member: GroupMember,
    private readonly assignment: Assignment,
    private readonly tell: { onProgress: () => void; onProblem: (failure: KafkaFailure) => void },
  ) {}

  /** Returns when the signal is aborted; throws what ended the term otherwise. What was handled is committed before. */
  async serve(signal: AbortSignal): Promise<void> {
    const end = () => this.#ending.abort();
    signal.addEventListener('abort', end, { once: true });
    const parts = [this.#heartbeats(), ...[...this.assignment.partitions].map((part) => this.#readTopic(...part))];
    // The first part to fail ends the others; each of them finishes the record it has in hand.
    const ended = await Promise.allSettled(parts.map((part) => part.finally(end)));
    signal.removeEventListener('abort', end);
    const failures = ended.flatMap((part) => (part.status === 'rejected' ? [asKafkaFailure(part.reason)] : []));
    await this.#commit().catch((error: unknown) => failures.push(asKafkaFailure(error)));
    // A lost right or an outage says more than the rearrangement that it brings about.
    const reason = failures.find((failure) => !meansRejoin(failure)) ?? failures[0];
    if (reason !== undefined) throw reason;
  }

  async #heartbeats(): Promise<void> {
    if (this.assignment.partitions.size === 0) this.tell.onProgress();
    while (!this.#ending.signal.aborted) {
      await pause(HEARTBEAT_EVERY_MS, this.#ending.signal);
      if (!this.#ending.signal.aborted) await this.member.heartbeat(this.assignment);
    }
  }

  async #readTopic(topic: string, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return this.#untilEnd();
    const reader = openPartitionReader(this.settings, { topic });
    const stop = () => void reader.close();
    this.#ending.signal.addEventListener('abort', stop, { once: true });
    try {
      const positions = await this.#startingPositions(reader, topic, partitions);
      while (!this.#ending.signal.aborted) {
        for (const { partition, records, next } of await this.#fetch(reader, positions)) {
          for (const record of records) {
            if (!(await this.#handle(record))) return;
          }
          positions.set(partition, next);
          this.#handled.set(`${topic}:${partition}`, { topic, partition, offset: next });
        }
        await this.#commit();
        this.tell.onProgress();
      }
    } catch (error) {
      // A reader that was closed under a waiting fetch is no failure.
      if (!this.#ending.signal.aborted) throw error;
    } finally {
      this.#ending.signal.removeEventListener('abort', stop);
      await reader.close();
    }
  }

  async #fetch(reader: PartitionReader, positions: Map<number, bigint>): Promise<FetchedPartition[]> {
    try {
      return await reader.fetch(positions, { maxWaitMs: WAIT_MS });
    } catch (error) {
      const failure = asKafkaFailure(error);
      if (failure.code !== 'OFFSET_OUT_OF_RANGE' || failure.partition === undefined) throw failure;
      // Retention was faster than we: what is gone is gone, and whoever subscribed wants the rest.
      this.tell.onProblem(failure);
      positions.set(failure.partition, (await reader.offsetsAt('earliest')).get(failure.partition) ?? 0n);
      return [];
    }
  }

  async #untilEnd(): Promise<void> {
    const { signal } = this.#ending;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  async #startingPositions(reader: PartitionReader, topic: string, partitions: readonly number[]) {
    const positions = await this.member.committed(topic, partitions);
    if (positions.size < partitions.length) {
      const fallback = await reader.offsetsAt(this.options.fallback);
      for (const partition of partitions) {
        if (positions.has(partition)) continue;
        const offset = fallback.get(partition) ?? 0n;
        positions.set(partition, offset);
        // Committed even if nothing comes: `latest` must mean the moment of subscribing, not that of the first restart.
        this.#handled.set(`${topic}:${partition}`, { topic, partition, offset });
      }
    }
    return positions;
  }

  /** False: the term ended before the record was handled. */
  async #handle(record: IncomingRecord): Promise<boolean> {
    const { topic, partition, offset } = record;
    const backoff = new Backoff();
    for (;;) {
      if (this.#ending.signal.aborted) return false;
      try {
        await this.options.onRecord(record);
        break;
      } catch (error) {
        this.tell.onProblem(handlerFailure(error));
        await pause(backoff.next(), this.#ending.signal);
      }
    }
    this.#handled.set(`${topic}:${partition}`, { topic, partition, offset: offset + 1n });
    if (Date.now() - this.#committedAt > COMMIT_EVERY_MS) await this.#commit();
    return true;
  }

  /** One commit at a time, so that an older position never follows a newer one. */
  #commit(): Promise<void> {
    const commit = async () => {
      const positions = [...this.#handled.values()];
      this.#handled.clear();
      this.#committedAt = Date.now();
      if (positions.length > 0) await this.member.commit(this.assignment, positions);
    };
    this.#committing = this.#committing.catch(() => undefined).then(commit);
    return this.#committing;
  }
}

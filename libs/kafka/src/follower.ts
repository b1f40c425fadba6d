import { asKafkaFailure, handlerFailure, KafkaFailure } from './failure.js';
import type { Health } from './health.js';
import { type FetchedPartition, openPartitionReader, type PartitionReader } from './partition.reader.js';
import type { IncomingRecord } from './records.js';
import { Backoff, pause } from './retry.js';
import type { KafkaSettings } from './settings.js';

interface Following {
  topic: string;
  /** Told once per distinct problem until things go well again. */
  onProblem?: (failure: KafkaFailure) => void;
}

/** For a read model in memory. */
export interface FollowerOptions extends Following {
  /** Called one record at a time, per partition in order. If it throws, the same record comes again after a pause. */
  onRecord(record: IncomingRecord): void | Promise<void>;
}

/** For a read model that outlives the process, and keeps the positions with what it made of the records. */
export interface ResumingOptions extends Following {
  /**
   * Where to go on in the topic with this id: the next offset of each partition; null: at its beginning. Asked before
   * the first record, and again with `isLost` when the topic holds what was answered no more.
   */
  resume(topicId: string, isLost: boolean): Promise<ReadonlyMap<number, bigint> | null>;
  /** Records of one partition in order, and where to go on after them. If it throws, they come again after a pause. */
  onBatch(batch: FetchedPartition, topicId: string): Promise<void>;
}

/**
 * All records of a topic from its beginning, for ever: how a process rebuilds and keeps a read model. No group, nothing
 * committed, read_committed. Comes back by itself after lost rights, an issuer's outage or a broker's restart. A topic that
 * was deleted and created anew, or whose beginning moved past the position, is read from its beginning again, so
 * `onRecord` must bear a record twice.
 */
export interface TopicFollower {
  /** Resolves once everything has been handled that was in the topic when it was first reached. Rejects when closed. */
  caughtUp(): Promise<void>;
  health(): Health;
  close(): Promise<void>;
}

export function openFollower(settings: KafkaSettings, options: FollowerOptions): TopicFollower {
  return new Follower(settings, options);
}

/** As `openFollower`, from where the caller was: what came before is not read again. */
export function openResumingFollower(settings: KafkaSettings, options: ResumingOptions): TopicFollower {
  return new Follower(settings, options);
}

const WAIT_MS = 1_000;

class Follower implements TopicFollower {
  readonly #closing = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  #health: Health = { ok: false, reason: 'not connected yet' };
  #reported: string | undefined;
  #topicId: string | undefined;
  #positions: Map<number, bigint> | undefined;
  #isLost = false;
  #target: Map<number, bigint> | undefined;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly options: FollowerOptions | ResumingOptions,
  ) {
    this.#caughtUp.promise.catch(() => undefined);
    this.#running = this.#supervise();
  }

  caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  health(): Health {
    return this.#health;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#caughtUp.reject(new KafkaFailure('OTHER', `The follower of ${this.options.topic} is closed`));
    await this.#running;
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff();
    while (!signal.aborted) {
      let reader: PartitionReader | undefined;
      const stop = () => void reader?.close();
      try {
        reader = openPartitionReader(this.settings, { topic: this.options.topic });
        signal.addEventListener('abort', stop, { once: true });
        await this.#follow(reader, () => backoff.reset());
      } catch (error) {
        if (!signal.aborted) this.#report(asKafkaFailure(error));
      } finally {
        signal.removeEventListener('abort', stop);
        await reader?.close();
      }
      await pause(backoff.next(), signal);
    }
    this.#health = { ok: false, reason: 'closed' };
  }

  async #follow(reader: PartitionReader, onProgress: () => void): Promise<void> {
    const topicId = await reader.topicId();
    if (topicId !== this.#topicId) this.#positions = undefined;
    this.#topicId = topicId;
    this.#positions ??= await this.#begin(reader, topicId);
    this.#target ??= await reader.offsetsAt('latest');
    this.#checkTarget();
    while (!this.#closing.signal.aborted) {
      for (const batch of await this.#fetch(reader)) {
        await this.#take(batch, topicId, this.#positions);
        if (this.#closing.signal.aborted) return;
        this.#positions.set(batch.partition, batch.next);
      }
      this.#checkTarget();
      this.#health = { ok: true };
      this.#reported = undefined;
      onProgress();
    }
  }

  async #begin(reader: PartitionReader, topicId: string): Promise<Map<number, bigint>> {
    const positions = await reader.offsetsAt('earliest');
    if ('onRecord' in this.options) return positions;
    const { options } = this;
    const kept = await handling(() => options.resume(topicId, this.#isLost));
    this.#isLost = false;
    for (const [partition, next] of kept ?? []) if (positions.has(partition)) positions.set(partition, next);
    return positions;
  }

  async #take(batch: FetchedPartition, topicId: string, positions: Map<number, bigint>): Promise<void> {
    const { options } = this;
    if ('onBatch' in options) {
      // Also without a record: control batches move the position, which is to be kept.
      if (batch.next > (positions.get(batch.partition) ?? 0n)) await handling(() => options.onBatch(batch, topicId));
      return;
    }
    for (const record of batch.records) {
      await handling(() => options.onRecord(record));
      positions.set(batch.partition, record.offset + 1n);
      if (this.#closing.signal.aborted) return;
    }
  }

  async #fetch(reader: PartitionReader) {
    try {
      return await reader.fetch(this.#positions ?? new Map(), { maxWaitMs: WAIT_MS });
    } catch (error) {
      const failure = asKafkaFailure(error);
      if (failure.code === 'OFFSET_OUT_OF_RANGE') {
        this.#positions = undefined;
        this.#isLost = true;
      }
      throw failure;
    }
  }

  #checkTarget(): void {
    for (const [partition, end] of this.#target ?? []) {
      if ((this.#positions?.get(partition) ?? 0n) < end) return;
    }
    this.#caughtUp.resolve();
  }

  #report(failure: KafkaFailure): void {
    this.#health = { ok: false, reason: `${failure.code}: ${failure.message}` };
    const problem = `${failure.code} ${failure.kafkaError ?? ''}`;
    if (this.#reported === problem) return;
    this.#reported = problem;
    this.options.onProblem?.(failure);
  }
}

async function handling<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw handlerFailure(error);
  }
}

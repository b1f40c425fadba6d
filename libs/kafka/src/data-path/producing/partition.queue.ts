import { nextSequence, type SealedBatch } from '@citystreams/record-batch';
import type { KafkaFailure } from '../../failure.js';
import type { ProducerIdentity } from '../messages/init.producer.id.js';

/** A batch that got its sequence number. It keeps it however often it is sent. */
/** In flight, or refused and to be sent again. */
export interface Outgoing {
  readonly batch: SealedBatch;
  readonly sequence: number;
  readonly records: Buffer;
  /** Of the batch when it was handed in: what it counts for in `pendingBytes`. */
  readonly bytes: number;
}

interface Waiting {
  readonly batch: SealedBatch;
  readonly bytes: number;
}

/** Kafka keeps the last five batches of a producer in each partition to know one that comes again. */
const MOST_IN_FLIGHT = 4;
/** A transaction before this one is over after two or three milliseconds; a new leader takes longer. */
const FIRST_PAUSE_MS = 2;
const PAUSE_GROWTH = 1.3;
const LONGEST_PAUSE_MS = 100;

/**
 * The batches of one partition within one transaction, in order.
 *
 * At most one is in flight until the partition has acknowledged one in this transaction, because until then a broker may
 * refuse it alone (the transaction before is still being ended) and would take the batch behind it for a gap. The same
 * after any refusal: what was refused goes first, one at a time, in the order of the sequence numbers.
 */
export class PartitionQueue {
  readonly #waiting: Waiting[] = [];
  readonly #again: Outgoing[] = [];
  #inFlight = 0;
  #acknowledged = false;
  #sequence = 0;
  #pauseMs = 0;
  #pausedUntil = 0;
  #stalledSince = 0;
  /** Why it has to wait; undefined: it does not. */
  stalledBy: KafkaFailure | undefined;
  /** The broker that has its batches in flight: none goes to another one before these are answered. */
  node = -1;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#again.length === 0 && this.#inFlight === 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** For how long (ms) nothing was taken by now. */
  stalledFor(now: number): number {
    return this.#stalledSince === 0 ? 0 : now - this.#stalledSince;
  }

  push(batch: SealedBatch, bytes: number): void {
    this.#waiting.push({ batch, bytes });
  }

  /** 0: something can be sent now. Infinity: not before an answer has come. Else the time (ms) from when on. */
  sendableFrom(now: number): number {
    if (this.#waiting.length === 0 && this.#again.length === 0) return Infinity;
    const most = this.#acknowledged && this.#again.length === 0 ? MOST_IN_FLIGHT : 1;
    if (this.#inFlight >= most) return Infinity;
    return this.#pausedUntil > now ? this.#pausedUntil : 0;
  }

  /** Bytes of the next batch, about. */
  get nextBytes(): number {
    return this.#again[0]?.bytes ?? this.#waiting[0]?.bytes ?? 0;
  }

  /** The next batch, numbered, for this broker; call `sendableFrom` first. */
  take(identity: ProducerIdentity, node: number): Outgoing | undefined {
    this.node = node;
    const again = this.#again.shift();
    if (again !== undefined) {
      this.#inFlight++;
      return again;
    }
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    this.#inFlight++;
    const sequence = this.#sequence;
    this.#sequence = nextSequence(sequence, next.batch.recordCount);
    const records = next.batch.finish({ ...identity, sequence, transactional: true });
    return { ...next, sequence, records };
  }

  acknowledged(): void {
    this.#inFlight--;
    this.#acknowledged = true;
    this.#pauseMs = this.#stalledSince = 0;
    this.stalledBy = undefined;
  }

  /** It goes again, after a pause that grows. */
  refused(outgoing: Outgoing, failure: KafkaFailure, now: number): void {
    this.#inFlight--;
    this.#acknowledged = false;
    // Numbers wrap around after 2^31 records of one transaction in one partition: that many do not fit in memory.
    const at = this.#again.findIndex(({ sequence }) => sequence > outgoing.sequence);
    this.#again.splice(at < 0 ? this.#again.length : at, 0, outgoing);
    this.stall(failure, now);
  }

  /** It has to wait, a little longer each time. */
  stall(failure: KafkaFailure, now: number): void {
    this.#pauseMs = Math.min(Math.max(PAUSE_GROWTH * this.#pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#pausedUntil = now + this.#pauseMs;
    this.#stalledSince ||= now;
    this.stalledBy = failure;
  }

  /** A batch came back that nobody will send again. */
  givenUp(): void {
    this.#inFlight--;
  }

  /** True: a batch before this one was refused, so that this one had to be. */
  isBehindRefused({ sequence }: Outgoing): boolean {
    return this.#again.some((one) => one.sequence < sequence);
  }

  /** What is not in flight, given up. */
  drop(): (Waiting | Outgoing)[] {
    return [...this.#again.splice(0), ...this.#waiting.splice(0)];
  }
}

import type { ByteView, EventScanner } from '@citystreams/avro';
import type { QuarantineReason, StreamName } from '@citystreams/contracts';
import type { FetchTarget } from '@citystreams/kafka';
import type { RecordCursor } from '@citystreams/record-batch';
import type { Slot } from './slot.js';

/** How one writer version is read: its scanner, and the projector of each of the reading's slots. */
export interface VersionPlan {
  readonly schemaId: number;
  readonly scanner: EventScanner;
  readonly views: readonly (ByteView | null)[];
  /** Records up to this offset were refused because of their id, and lie in quarantine. -1: none. */
  readonly refusedUpTo: number;
}

/** Decides about records that are no plain events; asked for them only. */
export interface Judge {
  /** How this version is read, or what becomes of the record. Throws `ViewFault`. */
  planFor(reading: Reading, schemaId: number, record: RecordCursor): VersionPlan | QuarantineReason | 'WAIT';
  /** The record is no event, and goes to no view. */
  poisoned(reading: Reading, reason: QuarantineReason, record: RecordCursor): void;
  /** These bytes of the source, from this offset on, are no record, or no batch of them. */
  unreadable(reading: Reading, bytes: Buffer, offset: number): void;
}

/** Never an offset: nothing that is under way for a reading counts any more. */
const DISOWNED = -1;

/**
 * One walk along one source partition, for the views in its slots. It is its own fetch target: `offset` is what it reads
 * next.
 */
export class Reading implements FetchTarget {
  readonly topic: string;
  readonly slots: Slot[] = [];
  /** The version read last, which nearly every record has too. */
  plan: VersionPlan | null = null;
  /** Where committed data ended when the broker last answered, and the time of the record read last. */
  endOffset = 0;
  lastTimestamp = 0;
  /** Not fetched before this time of the monotonic clock. */
  restsUntil = 0;
  /** It stands before a record whose schema may still be announced. */
  isWaiting = false;
  readonly #plans = new Map<number, VersionPlan>();

  constructor(
    readonly kind: 'shared' | 'catch-up' | 'ejected',
    readonly stream: StreamName,
    readonly topicId: string,
    readonly partition: number,
    public offset: number,
    readonly judge: Judge,
  ) {
    this.topic = stream;
  }

  /** The plan of a version; made once, until `replan`. */
  planned(schemaId: number): VersionPlan | undefined {
    return this.#plans.get(schemaId);
  }

  keep(plan: VersionPlan): VersionPlan {
    this.#plans.set(plan.schemaId, plan);
    return plan;
  }

  /** Slots or versions are others than before. */
  replan(): void {
    this.#plans.clear();
    this.plan = null;
  }

  attach(slot: Slot): void {
    if (!this.slots.includes(slot)) this.slots.push(slot);
    this.replan();
  }

  detach(slot: Slot): void {
    const index = this.slots.indexOf(slot);
    if (index >= 0) this.slots.splice(index, 1);
    this.replan();
  }

  /** Takes it out of use: an answer that is under way is not taken. */
  end(): void {
    this.offset = DISOWNED;
  }

  get hasEnded(): boolean {
    return this.offset === DISOWNED;
  }
}

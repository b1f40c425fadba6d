import type { PartitionTrouble, Ulid } from '@citystreams/contracts';
import type { LedgerState, PartitionLedger } from '../seats/partition.ledger.js';
import type { Redrive, RedriveState } from '../redrives/redrive.js';
import type { Seat } from '../seats/seat.js';
import { CommittedCounts } from './counts.js';
import type { DeskPlace } from './desk.place.js';
import { OwnReadings } from './own.readings.js';
import { type Judge, Reading } from './reading.js';
import type { Slot } from './slot.js';

/** Why the partition does not go on, and since when; it is tried again, or waits for an order. */
export interface DeskTrouble {
  readonly code: PartitionTrouble;
  readonly detail: string;
  /** True: only an order, or another assignment, brings it on. */
  readonly isFinal: boolean;
}

/** What one transaction commits of a partition. */
export interface DeskChange {
  readonly place: DeskPlace;
  /** Null: every seat of `after` is committed, not only those that changed. */
  readonly before: LedgerState | null;
  readonly after: LedgerState;
  readonly redrive: RedriveState | null;
}

/**
 * Everything that this process does with one source partition: the shared reading, and the readings of views that are
 * not with it, each walking on its own. What they have read is in the ledger; who reads for a view follows from its seat.
 */
export class PartitionDesk {
  readonly shared: Reading;
  /** Where the shared reading was taken up. */
  readonly openedAt: number;
  /** Of views that are catching up or ejected. */
  readonly own = new OwnReadings((kind, offset) => this.#reading(kind, offset));
  readonly slots = new Map<Ulid, Slot>();
  readonly counts = new CommittedCounts();
  /** The order that is being carried out here. */
  redrive: Redrive | null = null;
  /** Views whose seat here was looked for in what is committed. */
  readonly lookedUp = new Set<Ulid>();
  /** Views whose seat is gone, and when it was last known (milliseconds): only a later order brings them on. */
  readonly lost = new Map<Ulid, number>();
  trouble: DeskTrouble | null = null;
  /** Longest value that the quarantine takes; known once it refused one. */
  mostQuarantinedBytes = Infinity;
  /** Whether the source has answered since the partition was taken up. */
  isRead = false;
  /** The shared reading stands still until then (monotonic clock), so that a view can catch up with it. */
  holdsUntil = 0;
  /** Every seat is to be committed again, whether it changed or not: a group that is quiet is forgotten by its broker. */
  isRestating = false;
  /** No other hold before this. */
  mayHoldFrom = 0;

  constructor(
    readonly place: DeskPlace,
    readonly ledger: PartitionLedger,
    private readonly judge: Judge,
    /** Somebody ordered to begin anew here: what was committed for views counts no more. */
    readonly isAnew = false,
  ) {
    this.shared = this.#reading('shared', ledger.shared);
    this.openedAt = ledger.shared;
  }

  /** Lets the reading that its seat names read for a view; none for a view that is stopped. */
  seat(view: Ulid, slot: Slot): void {
    const seat = this.ledger.seats.get(view);
    this.#detach(view);
    if (seat === undefined) return void this.slots.delete(view);
    this.slots.set(view, slot);
    if (seat.state === 'adopted') this.shared.attach(slot);
    else if (seat.state === 'ejected') this.own.open('ejected', seat.position, slot);
    else if (seat.state === 'catching-up') this.own.open('catch-up', seat.position, slot);
  }

  /** Takes a view that cannot go on out of whatever reads for it, at its position. */
  eject(view: Ulid): void {
    const seat = this.ledger.seats.get(view);
    if (seat === undefined || seat.state === 'stopped') return;
    this.ledger.eject(view);
    const slot = this.slots.get(view);
    if (slot !== undefined) this.seat(view, slot);
  }

  /** An ejected view got on: it may be taken over again. */
  recover(view: Ulid): void {
    const slot = this.slots.get(view);
    this.ledger.recover(view);
    this.ledger.adopt(view);
    if (slot !== undefined) this.seat(view, slot);
  }

  /** Stops the view at its position; nobody reads for it any more. */
  stop(view: Ulid, generation: number): void {
    this.ledger.stop(view, generation);
    this.#detach(view);
  }

  #detach(view: Ulid): void {
    const slot = this.slots.get(view);
    if (slot !== undefined) this.shared.detach(slot);
    this.own.close(view);
  }

  /** The shared reading takes a view over that has caught up with it. False: it has not. */
  adopt(view: Ulid): boolean {
    const slot = this.slots.get(view);
    if (slot === undefined || !this.ledger.adopt(view)) return false;
    this.seat(view, slot);
    return true;
  }

  /** The views that events of the quarantine may be handed to. */
  *running(): Iterable<{ slot: Slot; seat: Seat }> {
    for (const [view, slot] of this.slots) {
      const seat = this.ledger.seats.get(view);
      if (seat?.state === 'adopted' || seat?.state === 'catching-up') yield { slot, seat };
    }
  }

  /** Whether a transaction has something to commit here. */
  get isDirty(): boolean {
    return this.isRestating || this.ledger.isDirty || this.redrive?.state.isDirty === true;
  }

  /** Counts and positions of one transaction. */
  snapshot(): DeskChange {
    this.counts.snapshot();
    for (const slot of this.slots.values()) slot.counts.snapshot();
    const { place, ledger, redrive } = this;
    return {
      place,
      before: this.isRestating ? null : ledger.lastCommitted,
      after: ledger.snapshot(),
      redrive: redrive?.state.isDirty === true ? redrive.state.snapshot() : null,
    };
  }

  committed(): void {
    this.ledger.committed();
    this.isRestating = false;
    this.redrive?.state.committed();
    this.counts.commit();
    for (const slot of this.slots.values()) slot.counts.commit();
  }

  /** Everything goes back to what is committed; readings go on from there. */
  rewind(): void {
    this.ledger.rewind();
    this.redrive?.state.rewind();
    this.counts.rewind();
    this.holdsUntil = 0;
    const slots = [...this.slots];
    for (const [, slot] of slots) slot.counts.rewind();
    this.shared.offset = this.ledger.shared;
    for (const [view] of slots) this.#detach(view);
    for (const [view, slot] of slots) this.seat(view, slot);
  }

  #reading(kind: Reading['kind'], offset: number): Reading {
    const { stream, topicId, partition } = this.place;
    return new Reading(kind, stream, topicId, partition, offset, this.judge);
  }
}

import type { Ulid } from '@citystreams/contracts';
import { Revertible } from '../transactions/revertible.js';
import type { Seat } from './seat.js';

/** Positions of everything that reads one source partition. Never changed, only replaced. */
export interface LedgerState {
  /** Where the shared reading is. */
  readonly shared: number;
  /**
   * By schema id, the last offset at which it was refused because nobody had announced it for this stream. It may be
   * announced later; a view that catches up then knows which of its records lie in quarantine.
   */
  readonly refused: Readonly<Record<string, number>>;
  /** Offset in the orders' topic of the last order to begin anew that was carried out here, or came in vain; -1: none. */
  readonly order: number;
  readonly seats: ReadonlyMap<Ulid, Seat>;
}

/**
 * Who reads one source partition, and how far: as it is in hand, and as the last transaction committed it.
 *
 * What is in hand becomes committed all at once, with the records written meanwhile (`snapshot`, then `committed`), or
 * is given up all at once (`rewind`). One transaction moves the shared position and every seat, so a view passes from
 * its own reading to the shared one in the instant their positions meet: no reader of what is committed can ever find
 * it with both or with neither. A view never reads beyond the shared reading, which judges each record first.
 *
 * Pure: no clock, no I/O.
 */
export class PartitionLedger {
  readonly #state: Revertible<LedgerState>;
  #isStored: boolean;

  /** `isStored`: false when `opening` is a decision that no transaction has carried yet. */
  constructor(opening: LedgerState, isStored: boolean) {
    this.#state = new Revertible(opening);
    this.#isStored = isStored;
  }

  get shared(): number {
    return this.#state.inHand.shared;
  }

  get seats(): ReadonlyMap<Ulid, Seat> {
    return this.#state.inHand.seats;
  }

  get lastCommitted(): LedgerState {
    return this.#state.lastCommitted;
  }

  /** Whether any transaction has carried the partition's position. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** Whether a transaction has something to commit here. */
  get isDirty(): boolean {
    return !this.#isStored || this.#state.isDirty;
  }

  get order(): number {
    return this.#state.inHand.order;
  }

  get refused(): Readonly<Record<string, number>> {
    return this.#state.inHand.refused;
  }

  /** The next source offset that the view has not seen; null without a seat. */
  positionOf(view: Ulid): number | null {
    const seat = this.seats.get(view);
    if (seat === undefined) return null;
    return seat.state === 'adopted' ? this.shared : seat.position;
  }

  /** The shared reading, and every adopted view with it, has handled all below `to`. */
  readShared(to: number): void {
    if (to < this.shared) throw new RangeError('a reading does not go back');
    if (to !== this.shared) this.#set({ shared: to });
  }

  /** The shared reading put the record at this offset into quarantine because of its schema's id. */
  refuse(schemaId: number, offset: number): void {
    this.#set({ refused: withRefused(this.refused, schemaId, offset) });
  }

  /** An order to begin anew came while the partition was read as it should: it has no effect, now or later. */
  passOver(order: number): void {
    if (order > this.order) this.#set({ order });
  }

  /** The view's own reading has handled all below `to`. */
  readAlone(view: Ulid, to: number): void {
    const seat = this.#seatOf(view);
    if (seat.state !== 'catching-up' && seat.state !== 'ejected') throw new RangeError('the view has no own reading');
    if (to < seat.position || (to > this.shared && to > seat.position)) {
      throw new RangeError('a view reads forward, and not beyond the shared reading');
    }
    if (to !== seat.position) this.#put(view, { ...seat, position: to });
  }

  /** Gives a view the seat that is committed for it, or that the first router's position amounts to. */
  restore(view: Ulid, seat: Seat): void {
    if (this.seats.has(view)) throw new RangeError('the view has a seat');
    this.#state.amend((state) => ({ ...state, seats: new Map(state.seats).set(view, seat) }));
  }

  /** Gives a view another seat than the one that is committed, if any is: somebody ordered to begin anew. */
  seatAnew(view: Ulid, seat: Seat): void {
    if (this.seats.has(view)) throw new RangeError('the view has a seat');
    this.#put(view, seat);
  }

  /** Seats a view, or one that was stopped again: all from offset `at` on is meant for it. */
  begin(view: Ulid, at: number, generation: number): void {
    const before = this.seats.get(view);
    if (before !== undefined && before.state !== 'stopped') throw new RangeError('the view has a seat');
    if (before !== undefined && at < before.position) throw new RangeError('a view never sees an offset twice');
    // What lay between the stop and a later beginning was never meant for it; without such a gap it goes on as before.
    const from = before !== undefined && at === before.position ? before.from : at;
    this.#put(view, { state: 'catching-up', position: at, from, generation, since: at });
    this.adopt(view);
  }

  /** Hands a view that has caught up to the shared reading. False: it has not. */
  adopt(view: Ulid): boolean {
    const seat = this.#seatOf(view);
    if (seat.state !== 'catching-up' || seat.position !== this.shared) return false;
    this.#put(view, { ...seat, state: 'adopted' });
    return true;
  }

  /** From here on nothing is written to the view; one without a seat is recorded as stopped where the shared reading is. */
  stop(view: Ulid, generation: number): void {
    const at = this.positionOf(view) ?? this.shared;
    const seat = this.seats.get(view);
    const since = seat?.state === 'stopped' && seat.generation === generation ? seat.since : at;
    this.#put(view, { state: 'stopped', position: at, from: seat?.from ?? at, generation, since });
  }

  /** Takes a view out of whatever reads for it: its own reading goes on where it is. */
  eject(view: Ulid): void {
    const seat = this.#seatOf(view);
    if (seat.state === 'stopped') throw new RangeError('the view is stopped');
    this.#put(view, { ...seat, state: 'ejected', position: this.positionOf(view) ?? seat.position });
  }

  /** An ejected view reads well again. */
  recover(view: Ulid): void {
    const seat = this.#seatOf(view);
    if (seat.state === 'ejected') this.#put(view, { ...seat, state: 'catching-up' });
  }

  /** Another generation of the view's announcement is in force from its position on. */
  regenerate(view: Ulid, generation: number): void {
    const seat = this.#seatOf(view);
    if (seat.generation !== generation) {
      this.#put(view, { ...seat, generation, since: this.positionOf(view) ?? seat.position });
    }
  }

  /** Everything in hand, for one transaction. More may happen before that is committed. */
  snapshot(): LedgerState {
    return this.#state.snapshot();
  }

  /** The transaction that carried the snapshot is committed; answers what is committed now. */
  committed(): LedgerState {
    this.#isStored = true;
    return this.#state.committed();
  }

  /** Gives up what no transaction has committed. */
  rewind(): void {
    this.#state.rewind();
  }

  #seatOf(view: Ulid): Seat {
    const seat = this.seats.get(view);
    if (seat === undefined) throw new RangeError('the view has no seat');
    return seat;
  }

  #put(view: Ulid, seat: Seat): void {
    this.#set({ seats: new Map(this.seats).set(view, seat) });
  }

  #set(change: Partial<LedgerState>): void {
    this.#state.set({ ...this.#state.inHand, ...change });
  }
}

/** How many refused schema ids a partition remembers: about 3,000 bytes of what is stored with its position. */
const MOST_REFUSED = 128;

/** The ids with one more, the one longest not met left out when there are too many. */
export function withRefused(
  refused: Readonly<Record<string, number>>,
  schemaId: number,
  offset: number,
): Record<string, number> {
  const all = Object.entries<number>({ ...refused, [schemaId]: offset });
  return Object.fromEntries(all.sort(([, a], [, b]) => b - a).slice(0, MOST_REFUSED));
}

/** Views whose seats are others than before. */
export function changedSeats(before: LedgerState | null, after: LedgerState): [Ulid, Seat][] {
  return [...after.seats].filter(([view, seat]) => before?.seats.get(view) !== seat);
}

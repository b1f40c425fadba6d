import type { Ulid } from '@citystreams/contracts';
import type { FetchHandler, FetchTarget, KafkaFailure } from '@citystreams/kafka';
import { type PartitionReader, RecordBatchError } from '@citystreams/record-batch';
import { ViewFault } from '../projection/view.fault.js';
import { Redrive } from '../redrives/redrive.js';
import type { LaneHost } from './lane.host.js';
import type { PartitionDesk } from './partition.desk.js';
import { Reading } from './reading.js';
import { RecordWalk } from './record.walk.js';

/** A view that is no farther behind is waited for: about a tenth of a second of reading. */
const NEAR_EVENTS = 20_000;
/** How long the shared reading waits for one, and how long it does not wait again when that was in vain. */
const HOLD_MS = 2_000;
const NO_HOLD_MS = 10_000;

/**
 * The readings of views that are not with the shared reading, and the redrives of quarantines. Views of one partition take turns, an answer each. None
 * reads beyond the shared reading; the one that meets it is taken over there. When one is near, the shared reading
 * stands still for it a moment, or a busy partition would be chased for ever.
 */
export class CatchUpLane implements FetchHandler {
  readonly #walk = new RecordWalk();
  /** By partition, the view that was read for last. */
  readonly #turns = new WeakMap<PartitionDesk, Ulid>();

  constructor(private readonly host: LaneHost) {}

  targets(): readonly FetchTarget[] {
    if (!this.host.mayRead()) return [];
    const now = Date.now();
    const targets: FetchTarget[] = [];
    for (const desk of this.host.desks()) {
      const { redrive, trouble, alone } = desk;
      if (trouble?.isFinal === true) continue;
      const next = alone.size === 0 ? undefined : this.#next(desk, now);
      if (next !== undefined) targets.push(next);
      if (redrive !== null && !redrive.state.inHand.isDone && redrive.restsUntil <= now) targets.push(redrive);
    }
    return targets;
  }

  take(target: FetchTarget, records: PartitionReader, endOffset: number): void {
    if (target instanceof Redrive) return this.#redrive(target, records);
    const found = this.#deskOf(target);
    if (found === undefined || !this.host.mayRead()) return;
    const { desk, reading, view } = found;
    this.#turns.set(desk, view);
    reading.endOffset = endOffset;
    try {
      this.#moveTo(desk, reading, view, this.#walk.walk(reading, records, desk.ledger.shared, Date.now()));
    } catch (error) {
      if (error instanceof ViewFault) return this.host.viewFailed(desk, error);
      if (error instanceof RecordBatchError) {
        this.#moveTo(desk, reading, view, Math.min(records.position, desk.ledger.shared));
      }
      throw error;
    }
  }

  failed(target: FetchTarget, failure: KafkaFailure): void {
    if (target instanceof Redrive) return target.failed(failure);
    const found = this.#deskOf(target);
    if (found !== undefined) this.host.sourceFailed(found.desk, failure);
  }

  answered(): void {
    // What was taken is told as it is taken.
  }

  #redrive(redrive: Redrive, records: PartitionReader): void {
    const desk = this.host.desk(redrive.stream, redrive.partition);
    if (desk?.redrive !== redrive || !this.host.mayRead()) return;
    try {
      redrive.take(records, new Date());
      if (redrive.state.isDirty) this.host.moved();
    } catch (error) {
      if (error instanceof ViewFault) return this.host.viewFailed(desk, error);
      throw error;
    }
  }

  /** The reading after the one whose turn was last, of those that have something to read. */
  #next(desk: PartitionDesk, now: number): Reading | undefined {
    const last = this.#turns.get(desk);
    let first: Reading | undefined;
    let isAfterLast = false;
    for (const [view, reading] of desk.alone) {
      const isDue = reading.restsUntil <= now && reading.offset < desk.ledger.shared;
      if (isDue && isAfterLast) return reading;
      if (isDue) first ??= reading;
      if (view === last) isAfterLast = true;
    }
    return first;
  }

  #deskOf(target: FetchTarget): { desk: PartitionDesk; reading: Reading; view: Ulid } | undefined {
    if (!(target instanceof Reading) || target.hasEnded) return undefined;
    const view = target.slots[0]?.view;
    const desk = this.host.desk(target.stream, target.partition);
    if (desk === undefined || view === undefined || desk.alone.get(view) !== target) return undefined;
    return { desk, reading: target, view };
  }

  #moveTo(desk: PartitionDesk, reading: Reading, view: Ulid, position: number): void {
    if (position === reading.offset) return;
    for (const { counts } of reading.slots) counts.inHand.read += this.#walk.events;
    desk.ledger.readAlone(view, position);
    reading.offset = position;
    this.host.moved();
    if (!desk.adopt(view)) return this.#holdFor(desk, desk.ledger.shared - position);
    desk.holdsUntil = 0;
    this.host.wake();
  }

  #holdFor(desk: PartitionDesk, behind: number): void {
    const now = Date.now();
    if (behind > NEAR_EVENTS || now < desk.mayHoldFrom) return;
    desk.holdsUntil = now + HOLD_MS;
    desk.mayHoldFrom = now + HOLD_MS + NO_HOLD_MS;
  }
}

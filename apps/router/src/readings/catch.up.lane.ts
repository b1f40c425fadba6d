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

/** Of so many turns on a partition, one is not the hindmost reading's. */
const TURNS = 4;

/**
 * The readings of views that are not with the shared reading, and the redrives of quarantines. Readings of one partition
 * take turns, an answer each; the hindmost has most of them, and reads up to where the next one is: there they become
 * one, so that what several views need is mostly read once. None reads beyond the shared reading; those that meet it are
 * taken over there. When one is near, the shared reading stands still for it a moment, or a busy partition would be
 * chased for ever.
 */
export class CatchUpLane implements FetchHandler {
  readonly #walk = new RecordWalk();
  /** How many answers were taken of each partition. */
  readonly #turns = new WeakMap<PartitionDesk, number>();

  constructor(private readonly host: LaneHost) {}

  targets(): readonly FetchTarget[] {
    if (!this.host.mayFetch()) return [];
    const now = performance.now();
    const targets: FetchTarget[] = [];
    for (const desk of this.host.desks()) {
      const { redrive, trouble, own } = desk;
      if (trouble?.isFinal === true) continue;
      const next = own.areNone ? undefined : this.#next(desk, now);
      if (next !== undefined) targets.push(next);
      if (redrive !== null && !redrive.state.inHand.isDone && redrive.restsUntil <= now) targets.push(redrive);
    }
    return targets;
  }

  room(): number {
    return this.host.room();
  }

  take(target: FetchTarget, records: PartitionReader, endOffset: number): void {
    if (target instanceof Redrive) return this.#redrive(target, records);
    const found = this.#deskOf(target);
    if (found === undefined || !this.host.mayTake()) return;
    const { desk, reading } = found;
    this.host.came(records.byteLength);
    this.#turns.set(desk, (this.#turns.get(desk) ?? 0) + 1);
    reading.endOffset = endOffset;
    const { shared } = desk.ledger;
    const limit = reading.kind === 'catch-up' ? desk.own.nextAhead(reading, shared) : shared;
    try {
      this.#moveTo(desk, reading, this.#walk.walk(reading, records, limit, Date.now()));
    } catch (error) {
      if (error instanceof ViewFault) return this.host.viewFailed(desk, error);
      if (error instanceof RecordBatchError) this.#moveTo(desk, reading, Math.min(records.position, limit));
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
    if (desk?.redrive !== redrive || !this.host.mayTake()) return;
    try {
      redrive.take(records, new Date());
      if (redrive.state.isDirty) this.host.moved();
    } catch (error) {
      if (error instanceof ViewFault) return this.host.viewFailed(desk, error);
      throw error;
    }
  }

  /** The reading whose turn it is, of those that have something to read. */
  #next(desk: PartitionDesk, now: number): Reading | undefined {
    const due: Reading[] = [];
    for (const reading of desk.own.all()) {
      if (reading.restsUntil <= now && reading.offset < desk.ledger.shared) due.push(reading);
    }
    due.sort((a, b) => a.offset - b.offset);
    const turn = this.#turns.get(desk) ?? 0;
    return turn % TURNS === 0 ? due[(turn / TURNS) % due.length] : due[0];
  }

  #deskOf(target: FetchTarget): { desk: PartitionDesk; reading: Reading } | undefined {
    if (!(target instanceof Reading) || target.hasEnded) return undefined;
    const desk = this.host.desk(target.stream, target.partition);
    return desk?.own.has(target) === true ? { desk, reading: target } : undefined;
  }

  #moveTo(desk: PartitionDesk, reading: Reading, position: number): void {
    if (position === reading.offset) return;
    for (const { view, counts } of reading.slots) {
      counts.inHand.read += this.#walk.events;
      desk.ledger.readAlone(view, position);
    }
    reading.offset = position;
    this.host.moved();
    if (position < desk.ledger.shared) {
      desk.own.merge(reading);
      if (reading.kind === 'catch-up') this.#holdFor(desk, desk.ledger.shared - position);
      return;
    }
    for (const { view } of [...reading.slots]) desk.adopt(view);
    desk.holdsUntil = 0;
    this.host.wake();
  }

  #holdFor(desk: PartitionDesk, behind: number): void {
    const now = performance.now();
    if (behind > NEAR_EVENTS || now < desk.mayHoldFrom) return;
    desk.holdsUntil = now + HOLD_MS;
    desk.mayHoldFrom = now + HOLD_MS + NO_HOLD_MS;
  }
}

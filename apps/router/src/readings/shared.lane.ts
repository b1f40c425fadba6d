import type { FetchHandler, FetchTarget, KafkaFailure } from '@citystreams/kafka';
import { type PartitionReader, RecordBatchError } from '@citystreams/record-batch';
import { ViewFault } from '../projection/view.fault.js';
import type { LaneHost } from './lane.host.js';
import type { PartitionDesk } from './partition.desk.js';
import { Reading } from './reading.js';
import { RecordWalk } from './record.walk.js';

const NO_LIMIT = Infinity;

/** The shared readings of all partitions: each record of a stream is read once for all views that are up to date. */
export class SharedLane implements FetchHandler {
  readonly #walk = new RecordWalk();

  constructor(private readonly host: LaneHost) {}

  targets(): readonly FetchTarget[] {
    if (!this.host.mayFetch()) return [];
    const now = performance.now();
    const targets: FetchTarget[] = [];
    for (const { shared, trouble, holdsUntil } of this.host.desks()) {
      if (trouble?.isFinal !== true && holdsUntil <= now && shared.restsUntil <= now) targets.push(shared);
    }
    return targets;
  }

  room(): number {
    return this.host.room();
  }

  take(target: FetchTarget, records: PartitionReader, endOffset: number): void {
    const desk = this.#deskOf(target);
    if (desk === undefined || !this.host.mayTake()) return;
    const reading = desk.shared;
    this.host.came(records.byteLength);
    reading.endOffset = endOffset;
    const wasWaiting = reading.isWaiting;
    reading.isWaiting = false;
    try {
      this.#moveTo(desk, this.#walk.walk(reading, records, NO_LIMIT, Date.now()));
      desk.isRead = true;
      if (reading.isWaiting !== wasWaiting) this.host.waitingChanged(desk);
      if (desk.trouble !== null) this.host.sourceFailed(desk, null);
    } catch (error) {
      if (error instanceof ViewFault) return this.host.viewFailed(desk, error);
      // What was handed out before the fault is handled; the fault itself is met again, and told by `failed`.
      if (error instanceof RecordBatchError) this.#moveTo(desk, records.position);
      throw error;
    }
  }

  failed(target: FetchTarget, failure: KafkaFailure): void {
    const desk = this.#deskOf(target);
    if (desk !== undefined) this.host.sourceFailed(desk, failure);
  }

  answered(): void {
    // What was taken is told as it is taken.
  }

  #deskOf(target: FetchTarget): PartitionDesk | undefined {
    if (!(target instanceof Reading) || target.hasEnded) return undefined;
    const desk = this.host.desk(target.stream, target.partition);
    return desk?.shared === target ? desk : undefined;
  }

  #moveTo(desk: PartitionDesk, position: number): void {
    const { shared } = desk;
    if (position === shared.offset) return;
    const { events } = this.#walk;
    desk.counts.inHand.read += events;
    for (const { counts } of shared.slots) {
      counts.inHand.read += events;
      counts.inHand.readShared += events;
    }
    desk.ledger.readShared(position);
    shared.offset = position;
    this.host.moved();
  }
}

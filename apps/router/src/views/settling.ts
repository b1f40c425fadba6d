import type { Ulid, ViewMessage } from '@citystreams/contracts';
import type { OrdersDirectory } from '../directory/orders.directory.js';
import type { ReportsDirectory } from '../directory/reports.directory.js';
import { isWanted, nextTermChange, type ViewsDirectory } from '../directory/views.directory.js';
import { ViewFault } from '../projection/view.fault.js';
import type { ViewProgram } from '../projection/view.program.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { Slot } from '../readings/slot.js';
import type { Output } from '../transactions/outputs.js';
import type { ViewPrograms } from './view.programs.js';
import type { ViewTroubles } from './view.troubles.js';

export interface SettlingDeps {
  readonly views: ViewsDirectory;
  readonly reports: ReportsDirectory;
  readonly orders: OrdersDirectory;
  readonly programs: ViewPrograms;
  readonly troubles: ViewTroubles;
  readonly openOutput: (topic: string, partition: number) => Output;
  readonly onFault: (fault: ViewFault) => void;
  readonly onOver: (view: Ulid) => void;
}

/** A view that has to be given a seat, or that is to be tried again: that takes asking Kafka. */
export interface SeatWish {
  readonly desk: PartitionDesk;
  readonly view: Ulid;
}

/**
 * Compares what is announced with what is read, and closes the gap between two records: who is not wanted any more
 * stops at the offset that is next, what changed is in force from there. Runs after every announcement, whenever a term
 * begins or ends, and every second.
 */
export class Settling {
  constructor(private readonly deps: SettlingDeps) {}

  /** Answers the views that need a seat or another try, and when a term changes next. */
  settle(desks: Iterable<PartitionDesk>, now: number): { wishes: SeatWish[]; nextChange: number } {
    const wishes: SeatWish[] = [];
    let nextChange = Infinity;
    const programs = new Map<Ulid, ViewProgram | null>();
    for (const desk of desks) {
      for (const view of this.deps.views.ofStream(desk.place.stream)) {
        nextChange = Math.min(nextChange, nextTermChange(view, now));
        if (this.#settle(desk, view, now, programs)) wishes.push({ desk, view: view.view });
      }
    }
    return { wishes, nextChange };
  }

  /** Seats a view whose seat is in the ledger. */
  seat(desk: PartitionDesk, view: ViewMessage, program: ViewProgram): void {
    const slot = desk.slots.get(view.view) ?? new Slot(program, this.deps.openOutput(view.topic, desk.place.partition));
    slot.program = program;
    desk.seat(view.view, slot);
  }

  /** The view's program, once for all its partitions; null when it cannot be made now. */
  program(view: ViewMessage): ViewProgram | null {
    try {
      return this.deps.programs.of(view);
    } catch (error) {
      if (!(error instanceof ViewFault)) throw error;
      this.deps.onFault(error);
      return null;
    }
  }

  /** An ejected view's own reading may go on; with nothing to read there is nothing left to fail. */
  tryAgain(desk: PartitionDesk, view: Ulid): void {
    const reading = desk.own.of(view);
    if (reading === undefined) return;
    if (reading.offset < desk.ledger.shared) {
      reading.restsUntil = 0;
      return;
    }
    desk.recover(view);
    this.deps.onOver(view);
  }

  /** True: the view needs a seat, or is to be tried again. */
  #settle(desk: PartitionDesk, view: ViewMessage, now: number, programs: Map<Ulid, ViewProgram | null>): boolean {
    const { ledger } = desk;
    const id = view.view;
    const seat = ledger.seats.get(id);
    const wanted = isWanted(view, now);
    if (!desk.lookedUp.has(id)) return wanted || !this.#isToldStopped(desk, view);
    if (!wanted) {
      if (seat?.state !== 'stopped' || seat.generation < view.generation) desk.stop(id, view.generation);
      desk.lost.delete(id);
      this.deps.onOver(id);
      return false;
    }
    if (desk.lost.has(id)) return this.#beginLost(desk, view);
    if (seat === undefined || seat.state === 'stopped') return this.deps.troubles.mayTry(id);
    if (seat.state === 'ejected' && !this.deps.troubles.mayTry(id)) return false;
    if (!programs.has(id)) programs.set(id, this.program(view));
    const program = programs.get(id) ?? null;
    if (program === null) {
      // It must not go on under what was in force before; what it has seen so far stays.
      if (seat.state !== 'ejected') desk.eject(id);
      return false;
    }
    ledger.regenerate(id, view.generation);
    const slot = desk.slots.get(id);
    if (slot === undefined || slot.program !== program) this.seat(desk, view, program);
    return seat.state === 'ejected' && desk.own.of(id)?.restsUntil === Infinity;
  }

  /** A view whose seat is gone begins where somebody has ordered it since. */
  #beginLost(desk: PartitionDesk, { view, generation }: ViewMessage): false {
    const { partition, topicId } = desk.place;
    const order = this.deps.orders.beginningOf(view, partition, desk.lost.get(view) ?? 0);
    if (order === undefined || order.topicId !== topicId) return false;
    desk.lost.delete(view);
    desk.ledger.begin(view, Number(order.offset), generation);
    this.deps.onOver(view);
    return false;
  }

  /** Nothing is left to do for it, and nothing of it has to be known. */
  #isToldStopped(desk: PartitionDesk, view: ViewMessage): boolean {
    const report = this.deps.reports.ofView(view.view, desk.place.partition);
    return report?.state === 'stopped' && report.generation >= view.generation;
  }
}

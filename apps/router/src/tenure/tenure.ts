import type { StreamName } from '@citystreams/contracts';
import type { Assignment } from '@citystreams/kafka';
import type { DeskPlace } from '../readings/desk.place.js';
import type { DeskTrouble, PartitionDesk } from '../readings/partition.desk.js';

/** A partition of this process that cannot be opened, and why. */
export interface StuckPartition extends DeskTrouble, DeskPlace {
  /** The last order to begin anew that was carried out here. */
  readonly order: number;
}

/**
 * What this process holds under one assignment, from its positions being read until the group takes it back. Nothing of
 * one tenure is ever used in another.
 */
export class Tenure {
  /** True from the moment on at which nothing more may be committed with its generation. */
  isOver = false;
  readonly #desks = new Map<string, PartitionDesk>();
  readonly #stuck = new Map<string, StuckPartition>();

  constructor(readonly assignment: Assignment) {}

  desks(): Iterable<PartitionDesk> {
    return this.#desks.values();
  }

  desk(stream: StreamName, partition: number): PartitionDesk | undefined {
    return this.#desks.get(`${stream}/${partition}`);
  }

  stuck(): Iterable<StuckPartition> {
    return this.#stuck.values();
  }

  open(desk: PartitionDesk): void {
    const name = `${desk.place.stream}/${desk.place.partition}`;
    this.#stuck.delete(name);
    this.#desks.set(name, desk);
  }

  leaveStuck(partition: StuckPartition): void {
    this.#stuck.set(`${partition.stream}/${partition.partition}`, partition);
  }

  /** Gives up everything that is not committed. */
  rewind(): void {
    for (const desk of this.#desks.values()) desk.rewind();
  }
}

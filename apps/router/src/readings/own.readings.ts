import type { Ulid } from '@citystreams/contracts';
import type { Reading } from './reading.js';
import type { Slot } from './slot.js';

/**
 * The readings of one partition's views that are not with the shared reading. Views that catch up and are at the same
 * offset have one reading together; a view that was ejected has its own, so that it fails alone.
 */
export class OwnReadings {
  readonly #readings = new Set<Reading>();
  readonly #byView = new Map<Ulid, Reading>();

  constructor(private readonly make: (kind: 'catch-up' | 'ejected', offset: number) => Reading) {}

  get areNone(): boolean {
    return this.#readings.size === 0;
  }

  all(): Iterable<Reading> {
    return this.#readings;
  }

  of(view: Ulid): Reading | undefined {
    return this.#byView.get(view);
  }

  has(reading: Reading): boolean {
    return this.#readings.has(reading);
  }

  open(kind: 'catch-up' | 'ejected', offset: number, slot: Slot): void {
    let reading = kind === 'ejected' ? undefined : this.#catchingUpAt(offset, null);
    if (reading === undefined) {
      reading = this.make(kind, offset);
      // It waits until somebody says that it may be tried again.
      if (kind === 'ejected') reading.restsUntil = Infinity;
      this.#readings.add(reading);
    }
    reading.attach(slot);
    this.#byView.set(slot.view, reading);
  }

  close(view: Ulid): void {
    const reading = this.#byView.get(view);
    if (reading === undefined) return;
    this.#byView.delete(view);
    for (const slot of reading.slots.filter((one) => one.view === view)) reading.detach(slot);
    if (reading.slots.length > 0) return;
    reading.end();
    this.#readings.delete(reading);
  }

  /** Makes it one with another that catches up and is at the same offset, if there is one. */
  merge(reading: Reading): void {
    const other = reading.kind === 'catch-up' ? this.#catchingUpAt(reading.offset, reading) : undefined;
    if (other === undefined) return;
    for (const slot of reading.slots) {
      other.attach(slot);
      this.#byView.set(slot.view, other);
    }
    reading.end();
    this.#readings.delete(reading);
  }

  /** The offset of the nearest reading ahead that catches up too; `end`: there is none before that. */
  nextAhead(reading: Reading, end: number): number {
    let nearest = end;
    for (const other of this.#readings) {
      if (other.kind === 'catch-up' && other.offset > reading.offset && other.offset < nearest) nearest = other.offset;
    }
    return nearest;
  }

  #catchingUpAt(offset: number, except: Reading | null): Reading | undefined {
    for (const reading of this.#readings) {
      if (reading.kind === 'catch-up' && reading.offset === offset && reading !== except) return reading;
    }
    return undefined;
  }
}

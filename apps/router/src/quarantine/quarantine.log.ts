import type { QuarantineReason } from '@citystreams/contracts';
import type { DeskPlace } from '../readings/desk.place.js';

/** A partition's findings of one kind are told at most so often. */
const EVERY_MS = 5_000;

interface Untold {
  count: number;
  lastOffset: number;
}

/**
 * Says what went into quarantine: the first of each kind at once, then how many more, so that a publisher who sends
 * nothing else does not fill the log.
 */
export class QuarantineLog {
  readonly #untold = new Map<string, Untold>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly say: (line: string) => void) {}

  note({ stream, partition }: DeskPlace, reason: QuarantineReason, offset: number): void {
    const name = `${stream} ${partition}: ${reason}`;
    const untold = this.#untold.get(name);
    if (untold !== undefined) {
      untold.count++;
      untold.lastOffset = offset;
      return;
    }
    this.#untold.set(name, { count: 0, lastOffset: offset });
    this.say(`${stream} ${partition}/${offset} is quarantined: ${reason}`);
    this.#timer ??= setTimeout(() => this.flush(), EVERY_MS).unref();
  }

  /** Tells what was kept back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [name, { count, lastOffset }] of this.#untold) {
      if (count > 0) this.say(`${name}: ${count} more are quarantined, the last at ${lastOffset}`);
    }
    this.#untold.clear();
  }
}

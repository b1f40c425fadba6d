/**
 * Where random schemas, events and views take their choices from: a seeded generator for the fuzzer, recorded bytes for
 * property tests, which then can make a failing case smaller. 0 is always the simplest choice.
 */
export interface Tape {
  /** A whole number from 0 up to, not including, `n`. */
  below(n: number): number;
}

/** The same choices for the same seed (mulberry32). */
export class SeededTape implements Tape {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
}

/** Choices read from bytes; after the last one every choice is 0. */
export class RecordedTape implements Tape {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  below(n: number): number {
    let value = 0;
    for (let weight = 1; weight < n; weight *= 256) {
      value += (this.bytes[this.at] ?? 0) * weight;
      this.at += 1;
    }
    return value % n;
  }
}

export function pick<T>(tape: Tape, from: readonly T[]): T {
  const chosen = from[tape.below(from.length)];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
}

/** True once in `n` times; false is the simpler choice. */
export const once = (tape: Tape, n: number): boolean => tape.below(n) === n - 1;

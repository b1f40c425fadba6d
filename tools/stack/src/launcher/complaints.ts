/**
 * How much of what services complain about is shown: the same words once in a while, and never a flood. What is left
 * out is counted, and stands in the logs. Pure: words and the time in, a decision out.
 */
export interface Complaints {
  /** Whether to show it. */
  take(part: string, text: string, now: number): boolean;
  /** How many were left out since this was last asked, once a stretch is over; 0: nothing to say. */
  leftOut(now: number): number;
}

/** The same words again within this time are not repeated, and not counted either. */
const REPEAT_MS = 10_000;
const STRETCH_MS = 10_000;
const MOST_IN_A_STRETCH = 6;
const MOST_REMEMBERED = 500;

export function countComplaints(): Complaints {
  const told = new Map<string, number>();
  let began = Number.NEGATIVE_INFINITY;
  let shown = 0;
  let left = 0;

  /** Numbers and ids differ from line to line of what is one trouble. */
  function isRepeated(part: string, text: string, now: number): boolean {
    const key = `${part} ${text.replace(/[0-9A-Z]{26}|[0-9a-f]{8,}|\d+/gi, '#')}`;
    const last = told.get(key);
    if (last !== undefined && now - last < REPEAT_MS) return true;
    if (told.size >= MOST_REMEMBERED) told.clear();
    told.set(key, now);
    return false;
  }

  return {
    take(part, text, now) {
      if (isRepeated(part, text, now)) return false;
      if (now - began >= STRETCH_MS) {
        began = now;
        shown = 0;
      }
      shown += 1;
      if (shown <= MOST_IN_A_STRETCH) return true;
      left += 1;
      return false;
    },
    leftOut(now) {
      if (now - began < STRETCH_MS) return 0;
      const count = left;
      left = 0;
      return count;
    },
  };
}

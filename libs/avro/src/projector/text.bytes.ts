/** Masks on UTF-8 as it lies in an event: well-formed, because the scanner has looked. */
import { HIDDEN } from '../masks/leaf.rule.js';
import type { Scratch } from './scratch.js';

const HIDDEN_BYTES = Buffer.from(HIDDEN);

/** Position after the first `count` characters, at most `end`. */
function afterCharacters(b: Uint8Array, start: number, end: number, count: number): number {
  let p = start;
  for (let left = count; left > 0 && p < end; left -= 1) {
    const lead = b[p]!;
    p += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  }
  return p;
}

/** Position of the last `count` characters. */
function beforeCharacters(b: Uint8Array, start: number, end: number, count: number): number {
  let p = end;
  for (let left = count; left > 0 && p > start; left -= 1) {
    p -= 1;
    while ((b[p]! & 0xc0) === 0x80) p -= 1;
  }
  return p;
}

export function writePrefix(b: Uint8Array, start: number, end: number, count: number, to: Scratch): void {
  const z = afterCharacters(b, start, end, count);
  to.number(z - start);
  to.copy(b, start, z);
}

/** First and last characters with `***` between; only `***` where these would be the whole text. */
export function writePartial(
  b: Uint8Array,
  start: number,
  end: number,
  first: number,
  last: number,
  to: Scratch,
): void {
  const whole = afterCharacters(b, start, end, first + last) === end;
  const head = whole ? start : afterCharacters(b, start, end, first);
  const tail = whole ? end : beforeCharacters(b, start, end, last);
  to.number(head - start + HIDDEN_BYTES.length + end - tail);
  to.copy(b, start, head);
  to.copy(HIDDEN_BYTES, 0, HIDDEN_BYTES.length);
  to.copy(b, tail, end);
}

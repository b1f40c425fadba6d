import type { Bytes } from '../batch-layout.js';

/** From here on a native copy beats the loop. */
const LONG_RUN = 80;

/**
 * Copies `from[start..end)` to `to` at `at`, and answers the position after it. Short runs go four bytes at a time: the
 * loop takes 0.4 ns a byte, a call of `Buffer.copy` 35 ns for anything up to 400 bytes.
 */
export function copyRun(from: Bytes, start: number, end: number, to: Bytes, at: number): number {
  if (end - start >= LONG_RUN) {
    from.bytes.copy(to.bytes, at, start, end);
    return at + end - start;
  }
  const source = from.view;
  const target = to.view;
  let p = start;
  for (; p + 4 <= end; p += 4, at += 4) target.setInt32(at, source.getInt32(p));
  for (; p < end; p++, at++) target.setUint8(at, source.getUint8(p));
  return at;
}

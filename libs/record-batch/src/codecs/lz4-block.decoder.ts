import type { Bytes } from '../batch-layout.js';
import { MALFORMED, NO_ROOM } from './decoded.js';

/**
 * Decodes one LZ4 block `input[p..end)` to `output[q..limit)`; matches reach back to `floor` at most. Answers the end
 * of what was written, `MALFORMED` or `NO_ROOM`. Reads nothing outside the block, writes nothing at or after `limit`.
 *
 *     token          high 4 bits: literals, low 4 bits: match length - 4; 15: more bytes follow, each 255 one more
 *     [length bytes] literals
 *     uint16 LE      distance back to the match; the last sequence ends after its literals
 *     [length bytes]
 *
 * Copies go four bytes at a time where there is room to overshoot. As fast as the WebAssembly decoders to be had, which
 * abort on malformed input without giving their memory back, and after some thousand aborts fail on good input too.
 */
export function decodeLz4Block(
  input: Bytes,
  p: number,
  end: number,
  output: Bytes,
  q: number,
  limit: number,
  floor: number,
): number {
  const { bytes: from, view: fromView } = input;
  const { bytes: to, view: toView } = output;
  for (;;) {
    if (p >= end) return MALFORMED;
    const token = from[p++]!;

    let count = token >>> 4;
    if (count === 15) {
      let more = 255;
      while (more === 255) {
        if (p >= end) return MALFORMED;
        more = from[p++]!;
        count += more;
      }
    }
    if (count > end - p) return MALFORMED;
    if (count > limit - q) return NO_ROOM;
    const literalsEnd = p + count;
    if (literalsEnd + 4 <= end && q + count + 4 <= limit) {
      let a = p;
      for (let b = q; a < literalsEnd; a += 4, b += 4) toView.setInt32(b, fromView.getInt32(a, true), true);
      q += count;
      p = literalsEnd;
    } else {
      while (p < literalsEnd) to[q++] = from[p++]!;
    }
    if (p === end) return q;

    if (end - p < 2) return MALFORMED;
    const distance = from[p]! | (from[p + 1]! << 8);
    p += 2;
    if (distance === 0 || distance > q - floor) return MALFORMED;
    count = (token & 15) + 4;
    if (count === 19) {
      let more = 255;
      while (more === 255) {
        if (p >= end) return MALFORMED;
        more = from[p++]!;
        count += more;
      }
    }
    if (count > limit - q) return NO_ROOM;
    const matchEnd = q + count;
    if (distance >= 4 && matchEnd + 4 <= limit) {
      for (let b = q; b < matchEnd; b += 4) toView.setInt32(b, toView.getInt32(b - distance, true), true);
    } else if (distance === 1) {
      to.fill(to[q - 1]!, q, matchEnd);
    } else {
      for (let b = q; b < matchEnd; b++) to[b] = to[b - distance]!;
    }
    q = matchEnd;
  }
}

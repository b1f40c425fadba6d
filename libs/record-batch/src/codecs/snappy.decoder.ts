import type { Bytes } from '../batch-layout.js';
import { MALFORMED } from './decoded.js';

/**
 * One raw snappy block:
 *
 *     uvarint  decoded length
 *     tag, low 2 bits:
 *       0  literal: length - 1 in the high 6 bits; 60..63: in the next 1..4 bytes, LE; then the bytes
 *       1  copy: bits 2-4 length - 4, bits 5-7 and the next byte the distance
 *       2  copy: high 6 bits length - 1, 2 bytes LE distance
 *       3  the same with 4 bytes
 *
 * Xerial's framing of it, what Java clients write:
 *
 *     0  82 'SNAPPY' 00    8  int32 version    12  int32 lowest compatible version    16  blocks: int32 length, raw
 */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;
/** Three bytes make 64 at most; a length beyond that is a lie, told before anything is set aside for it. */
const MOST_PER_BYTE = 22;

function isXerial({ bytes }: Bytes, start: number, end: number): boolean {
  return end - start >= XERIAL_HEADER && bytes.compare(XERIAL, 0, XERIAL.length, start, start + XERIAL.length) === 0;
}

/** The decoded length of a raw block, or `MALFORMED`. */
function lengthOf({ bytes }: Bytes, start: number, end: number): number {
  let length = 0;
  let scale = 1;
  for (let p = start; p < end && p < start + 5; p++, scale *= 128) {
    length += (bytes[p]! & 127) * scale;
    if (bytes[p]! < 128) return length <= (end - start) * MOST_PER_BYTE ? length : MALFORMED;
  }
  return MALFORMED;
}

/** Decodes a raw block to exactly `output[q..limit)`. */
function decodeBlock(input: Bytes, start: number, end: number, output: Bytes, q: number, limit: number): number {
  const { bytes: from, view: fromView } = input;
  const { bytes: to, view: toView } = output;
  const floor = q;
  let p = start;
  while (from[p]! > 127) p++;
  p++;
  while (p < end) {
    const tag = from[p++]!;
    const kind = tag & 3;
    let count = (tag >>> 2) + 1;
    if (kind === 0) {
      if (count > 60) {
        const extra = count - 60;
        if (extra > end - p) return MALFORMED;
        count = from.readUIntLE(p, extra) + 1;
        p += extra;
      }
      if (count > end - p || count > limit - q) return MALFORMED;
      const literalsEnd = p + count;
      if (literalsEnd + 4 <= end && q + count + 4 <= limit) {
        for (let a = p, b = q; a < literalsEnd; a += 4, b += 4) toView.setInt32(b, fromView.getInt32(a, true), true);
      } else {
        for (let a = p, b = q; a < literalsEnd; ) to[b++] = from[a++]!;
      }
      p = literalsEnd;
      q += count;
      continue;
    }
    const distanceBytes = kind === 3 ? 4 : kind;
    if (distanceBytes > end - p) return MALFORMED;
    let distance = kind === 3 ? fromView.getUint32(p, true) : kind === 2 ? fromView.getUint16(p, true) : from[p]!;
    p += distanceBytes;
    if (kind === 1) {
      distance |= (tag >>> 5) << 8;
      count = ((tag >>> 2) & 7) + 4;
    }
    if (distance === 0 || distance > q - floor || count > limit - q) return MALFORMED;
    const matchEnd = q + count;
    if (distance >= 4 && matchEnd + 4 <= limit) {
      for (; q < matchEnd; q += 4) toView.setInt32(q, toView.getInt32(q - distance, true), true);
      q = matchEnd;
    } else {
      for (; q < matchEnd; q++) to[q] = to[q - distance]!;
    }
  }
  return q === limit ? q : MALFORMED;
}

/** How many bytes come out of `input[start..end)`, raw or framed, by what it says itself; or `MALFORMED`. */
export function snappyLength(input: Bytes, start: number, end: number): number {
  if (!isXerial(input, start, end)) return lengthOf(input, start, end);
  let total = 0;
  for (let p = start + XERIAL_HEADER; p < end; ) {
    if (end - p < 4) return MALFORMED;
    const block = p + 4;
    p = block + input.view.getUint32(p);
    if (p > end) return MALFORMED;
    const length = lengthOf(input, block, p);
    if (length === MALFORMED) return MALFORMED;
    total += length;
  }
  return total;
}

/** Decodes what `snappyLength` has gone through; answers that length, or `MALFORMED`. */
export function decodeSnappy(input: Bytes, start: number, end: number, output: Bytes): number {
  if (!isXerial(input, start, end)) return decodeBlock(input, start, end, output, 0, lengthOf(input, start, end));
  let q = 0;
  for (let p = start + XERIAL_HEADER; p < end; ) {
    const block = p + 4;
    p = block + input.view.getUint32(p);
    q = decodeBlock(input, block, p, output, q, q + lengthOf(input, block, p));
    if (q === MALFORMED) return MALFORMED;
  }
  return q;
}

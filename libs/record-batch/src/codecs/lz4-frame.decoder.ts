import type { Bytes } from '../batch-layout.js';
import { MALFORMED, NO_ROOM } from './decoded.js';
import { decodeLz4Block } from './lz4-block.decoder.js';

/**
 * LZ4 frames, one or more in a row (little-endian):
 *
 *     uint32  magic
 *     byte    FLG: 7-6 version = 1, 5 blocks are independent, 4 blocks carry checksums, 3 content size is there,
 *             2 content checksum is there, 0 dictionary id is there (refused)
 *     byte    BD: 6-4 largest block, 4 = 64 KiB, 5 = 256 KiB, 6 = 1 MiB, 7 = 4 MiB
 *     [8]     content size
 *     byte    header checksum
 *     blocks: uint32 length, highest bit set: stored as it is; then the bytes; then [4] checksum. Length 0 ends them
 *     [4]     content checksum
 *
 * The xxHash checksums are passed over: the batch's CRC32C was checked over the same bytes.
 */
const FRAME_MAGIC = 0x184d2204;
const VERSION_BITS = 0b1100_0000;
const VERSION_1 = 0b0100_0000;
const INDEPENDENT = 1 << 5;
const BLOCK_CHECKSUM = 1 << 4;
const CONTENT_SIZE = 1 << 3;
const CONTENT_CHECKSUM = 1 << 2;
const DICTIONARY = 1;
const STORED = 0x8000_0000;
const SHORTEST_FRAME = 11;
/** A match length byte stands for 255 bytes at most. */
const MOST_PER_BYTE = 255;

interface Frame {
  /** First block's length field, or `MALFORMED`. */
  blocks: number;
  flags: number;
  largestBlock: number;
  contentSize: number | null;
}

function readFrame({ bytes, view }: Bytes, p: number, end: number): Frame {
  const bad: Frame = { blocks: MALFORMED, flags: 0, largestBlock: 0, contentSize: null };
  if (end - p < SHORTEST_FRAME || view.getUint32(p, true) !== FRAME_MAGIC) return bad;
  const flags = bytes[p + 4]!;
  const size = (bytes[p + 5]! >>> 4) & 7;
  if ((flags & VERSION_BITS) !== VERSION_1 || (flags & DICTIONARY) !== 0 || size < 4) return bad;
  const largestBlock = 1 << (8 + 2 * size);
  if ((flags & CONTENT_SIZE) === 0) return { blocks: p + 7, flags, largestBlock, contentSize: null };
  if (end - p < SHORTEST_FRAME + 8) return bad;
  return { blocks: p + 15, flags, largestBlock, contentSize: Number(view.getBigUint64(p + 6, true)) };
}

/**
 * No more than this many bytes come out of `input[start..end)`. Honest for what compressors write: it counts full
 * blocks, and all of them are full but the last. `MALFORMED` when the frames do not add up.
 */
export function lz4FramesBound(input: Bytes, start: number, end: number): number {
  let bound = 0;
  let p = start;
  while (p < end) {
    const frame = readFrame(input, p, end);
    if (frame.blocks === MALFORMED) return MALFORMED;
    p = frame.blocks;
    for (;;) {
      if (end - p < 4) return MALFORMED;
      const word = input.view.getUint32(p, true);
      p += 4;
      if (word === 0) break;
      const length = word % STORED;
      if (length > end - p) return MALFORMED;
      bound += word >= STORED ? length : Math.min(frame.largestBlock, length * MOST_PER_BYTE);
      p += length + ((frame.flags & BLOCK_CHECKSUM) === 0 ? 0 : 4);
    }
    if ((frame.flags & CONTENT_CHECKSUM) !== 0) p += 4;
    if (p > end) return MALFORMED;
  }
  return bound;
}

/**
 * Decodes frames that `lz4FramesBound` has gone through to `output[0..limit)`. Answers how many bytes came out,
 * `MALFORMED`, or `NO_ROOM` when more than `limit` would.
 */
export function decodeLz4Frames(input: Bytes, start: number, end: number, output: Bytes, limit: number): number {
  let p = start;
  let q = 0;
  while (p < end) {
    const frame = readFrame(input, p, end);
    const frameStart = q;
    p = frame.blocks;
    for (;;) {
      const word = input.view.getUint32(p, true);
      p += 4;
      if (word === 0) break;
      const length = word % STORED;
      const most = Math.min(limit, q + frame.largestBlock);
      if (word >= STORED) {
        if (length > most - q) return most === limit ? NO_ROOM : MALFORMED;
        input.bytes.copy(output.bytes, q, p, p + length);
        q += length;
      } else {
        const floor = (frame.flags & INDEPENDENT) === 0 ? frameStart : q;
        const decoded = decodeLz4Block(input, p, p + length, output, q, most, floor);
        if (decoded < 0) return decoded === NO_ROOM && most < limit ? MALFORMED : decoded;
        q = decoded;
      }
      p += length + ((frame.flags & BLOCK_CHECKSUM) === 0 ? 0 : 4);
    }
    if ((frame.flags & CONTENT_CHECKSUM) !== 0) p += 4;
    if (frame.contentSize !== null && frame.contentSize !== q - frameStart) return MALFORMED;
  }
  return q;
}

import { constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import fc from 'fast-check';
import { bytesOf, CODEC_NUMBERS } from '../batch-layout.js';
import { plainCompress, VARIANTS } from '../hostile/plain.writer.js';
import { Decompressor, NotDecompressed } from './decompressor.js';

const { gzip, snappy, lz4, zstd } = CODEC_NUMBERS;
const BOUND = 200_000;

/** Between other bytes, so that whoever leaves the region is seen. */
function decompressed(codec: number, region: Buffer, bound = BOUND): Buffer {
  const around = Buffer.alloc(9, 0x11);
  const input = bytesOf(Buffer.concat([around, region, around]));
  const { output, length } = new Decompressor(bound).decompress(codec, input, 9, 9 + region.length);
  return Buffer.from(output.bytes.subarray(0, length));
}
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof NotDecompressed) return error.refusal;
    throw error;
  }
  return 'nothing';
}
/** Repetitive enough for every kind of match. */
const content = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('a', 'ab', 'abc', 'abcd', 'abcdefghij')), {
    maxLength: 60,
  })
  .map((parts) => Buffer.concat(parts.flatMap((part) => [Buffer.from(part), Buffer.from(part)])));

describe('every codec', () => {
  test.each([
    ['gzip', gzip],
    ['snappy', snappy],
    ['lz4', lz4],
    ['zstd', zstd],
  ])('%s gives back what was compressed, in every variant', (_, codec) => {
    const property = fc.property(content, fc.nat(VARIANTS - 1), (bytes, variant) => {
      expect(decompressed(codec, plainCompress(codec, bytes, variant)).equals(bytes)).toBe(true);
    });
    fc.assert(property, { numRuns: 300 });
    const large = Buffer.alloc(BOUND, 'quite long, and the same again and again; ');
    expect(decompressed(codec, plainCompress(codec, large, 0)).equals(large)).toBe(true);
    const random = Buffer.from(Array.from({ length: 70_000 }, (_v, i) => Math.imul(i, 2_654_435_761) >>> 24));
    expect(decompressed(codec, plainCompress(codec, random, 0)).equals(random)).toBe(true);
  });

  test.each([
    ['gzip', gzip, gzipSync(Buffer.alloc(BOUND + 1))],
    ['snappy, raw', snappy, snappyCompress(Buffer.alloc(BOUND + 1))],
    ['snappy, framed', snappy, plainCompress(snappy, Buffer.alloc(BOUND + 1), 1)],
    ['lz4', lz4, lz4Compress(Buffer.alloc(BOUND + 1))],
    ['zstd', zstd, zstdCompressSync(Buffer.alloc(BOUND + 1))],
  ])('%s is refused for a byte more than the bound', (_, codec, bomb) => {
    expect(refusal(() => decompressed(codec, bomb))).toBe('DECOMPRESSED_SIZE');
    expect(decompressed(codec, bomb, BOUND + 1).length).toBe(BOUND + 1);
  });

  test.each([
    ['gzip', gzip, 0],
    ['snappy, raw', snappy, 0],
    ['snappy, framed', snappy, 1],
    ['lz4', lz4, 0],
    ['zstd', zstd, 0],
  ])('%s is refused when its end is missing', (_, codec, variant) => {
    const whole = plainCompress(codec, Buffer.from('some words, some words, and some other words'), variant);
    for (let length = variant === 1 ? 17 : 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      const answer = refusal(() => decompressed(codec, cut));
      // No frame at all is an empty sequence of frames; the records that should be there are missed later.
      expect(answer).toBe(codec === lz4 && length === 0 ? 'nothing' : 'COMPRESSED_DATA');
    }
  });

  test('an unknown one is refused', () => {
    expect(refusal(() => decompressed(5, Buffer.alloc(4)))).toBe('CODEC');
  });

  test('buffers are used again, and what a former batch left does not come out', () => {
    const decompressor = new Decompressor(BOUND);
    const long = bytesOf(lz4Compress(Buffer.alloc(1000, 'x')));
    const short = bytesOf(lz4Compress(Buffer.from('y')));
    const first = decompressor.decompress(lz4, long, 0, long.bytes.length);
    const second = decompressor.decompress(lz4, short, 0, short.bytes.length);
    expect(second.output).toBe(first.output);
    expect(second.length).toBe(1);
  });
});

describe('zstd', () => {
  const framed = async (windowLog: number) => {
    const compress = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } });
    compress.write('little');
    compress.end();
    return Buffer.concat((await compress.toArray()) as Buffer[]);
  };

  test('little content is read whatever window its frame asks for, up to 128 MiB', async () => {
    expect(decompressed(zstd, await framed(27)).toString()).toBe('little');
    const frame = await framed(27);
    // The window's size lies behind the magic and the descriptor: 2^(10 + its high five bits).
    frame[5] = (28 - 10) << 3;
    expect(refusal(() => decompressed(zstd, frame))).toBe('COMPRESSED_DATA');
  });
});

describe('snappy', () => {
  const NO_BLOCK = Buffer.from('82534e41505059000000000100000001', 'hex');
  test.each([
    ['a length that so few bytes cannot have', Buffer.from([255, 255, 255, 255, 15, 0, 0])],
    ['a length of more than five bytes', Buffer.from([128, 128, 128, 128, 128, 1, 0])],
    ['fewer bytes than its length', Buffer.from([3, 0, 65])],
    ['more bytes than its length', Buffer.from([1, 4, 65, 66])],
    ['a copy from before its beginning', Buffer.from([8, 0, 65, 1, 2])],
    ['a copy from nowhere', Buffer.from([8, 0, 65, 1, 0])],
    ['a literal beyond its end', Buffer.from([9, 60 << 2, 200, 65])],
    ['a block beyond the frame', Buffer.concat([NO_BLOCK, Buffer.from([0, 0, 0, 9, 1, 0, 65])])],
    ['half a block length', Buffer.concat([NO_BLOCK, Buffer.from([0, 0])])],
  ])('is refused for %s', (_, bytes) => {
    expect(refusal(() => decompressed(snappy, bytes))).toBe('COMPRESSED_DATA');
  });

  test('copies of all three widths, and long literals, are read', () => {
    const literal = Buffer.concat([Buffer.from([61 << 2, 255, 0]), Buffer.alloc(256, 'abcdefgh')]);
    const copies = Buffer.from([1 | (3 << 2), 8, 2 | (7 << 2), 8, 0, 3 | (7 << 2), 8, 0, 0, 0]);
    const expected = Buffer.alloc(256 + 7 + 8 + 8);
    literal.copy(expected, 0, 3);
    for (let i = 256; i < expected.length; i++) expected[i] = expected[i - 8]!;
    const preamble = Buffer.from([(expected.length & 127) | 128, expected.length >> 7]);
    expect(decompressed(snappy, Buffer.concat([preamble, literal, copies]))).toEqual(expected);
  });
});

describe('lz4', () => {
  const frame = (flags: number, size: number, ...rest: number[]) =>
    Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, size << 4, ...rest]);
  /** A block of the one literal A, then the end. */
  const A = [2, 0, 0, 0, 0x10, 65, 0, 0, 0, 0];

  test('frames in a row, stored blocks and checksums are read', () => {
    const checked = frame(0x60 | 0x10 | 0x04, 4, 0, 2, 0, 0, 0, 0x10, 65, 9, 9, 9, 9, 0, 0, 0, 0, 8, 8, 8, 8);
    const stored = frame(0x60, 4, 0, 2, 0, 0, 128, 66, 67, 0, 0, 0, 0);
    const sized = frame(0x68, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, ...A);
    expect(decompressed(lz4, Buffer.concat([checked, stored, sized])).toString()).toBe('ABCA');
  });

  test('a match reaches into the block before only where blocks are linked', () => {
    const blocks = [...A.slice(0, 6), 5, 0, 0, 0, 0x00, 1, 0, 0x10, 66, 0, 0, 0, 0];
    expect(decompressed(lz4, frame(0x40, 4, 0, ...blocks)).toString()).toBe('AAAAAB');
    expect(refusal(() => decompressed(lz4, frame(0x60, 4, 0, ...blocks)))).toBe('COMPRESSED_DATA');
  });

  test.each([
    ['another magic', Buffer.concat([Buffer.alloc(4), frame(0x60, 4, 0, ...A).subarray(4)])],
    ['another version', frame(0x20, 4, 0, ...A)],
    ['a dictionary', frame(0x61, 4, 1, 1, 1, 1, 0, ...A)],
    ['blocks of no known size', frame(0x60, 3, 0, ...A)],
    ['a content size that is not so', frame(0x68, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, ...A)],
    ['a block beyond the frame', frame(0x60, 4, 0, 200, 0, 0, 0, 0x10, 65, 0, 0, 0, 0)],
    ['no end of its blocks', frame(0x60, 4, 0, ...A.slice(0, 6))],
    ['a match from before its beginning', frame(0x60, 4, 0, 6, 0, 0, 0, 0x10, 65, 2, 0, 0x10, 66, 0, 0, 0, 0)],
    ['a match from nowhere', frame(0x60, 4, 0, 6, 0, 0, 0, 0x10, 65, 0, 0, 0x10, 66, 0, 0, 0, 0)],
    ['bytes after it that are no frame', Buffer.concat([frame(0x60, 4, 0, ...A), Buffer.from('junk, junk, junk')])],
    [
      'a block of more than blocks may have',
      frame(0x60, 4, 0, 12, 1, 0, 0, 0x1f, 65, 1, 0, ...Array(262).fill(255), 0, 0x10, 66, 0, 0, 0, 0),
    ],
  ])('is refused for %s', (_, bytes) => {
    expect(refusal(() => decompressed(lz4, bytes))).toBe('COMPRESSED_DATA');
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { varint } from '../hostile/plain.writer.js';
import { VarintReader } from '../reading/varint.reader.js';
import { putInt, putLong, sizeOfInt, sizeOfLong } from './varint.writer.js';

const EDGES = [7, 14, 21, 28, 31, 32, 35, 42, 49, 52].flatMap((bits) => [2 ** bits, 2 ** (bits - 1)]);
const edges = [0, ...EDGES, Number.MAX_SAFE_INTEGER]
  .flatMap((edge) => [edge - 1, edge, edge + 1, -edge, 1 - edge, -1 - edge])
  .filter((value) => Number.isSafeInteger(value))
  .map((value) => value + 0);
const int32 = fc.oneof(fc.integer(), fc.constantFrom(...edges.filter((value) => value === (value | 0))));
const long = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges));

function reading(bytes: Buffer): VarintReader {
  const reader = new VarintReader(() => {
    throw new RangeError('malformed');
  });
  reader.bytes = bytes;
  reader.end = bytes.length;
  return reader;
}

describe('varints', () => {
  test.each([
    ['ints', int32, putInt, sizeOfInt, 'int'],
    ['longs', long, putLong, sizeOfLong, 'long'],
  ] as const)(
    '%s are written as specified, in as many bytes as foretold, and read back',
    (_, values, put, size, read) => {
      const property = fc.property(values, (value) => {
        const bytes = Buffer.alloc(12, 0xff);
        const end = put(bytes, 1, value);
        const expected = varint(BigInt(value));
        expect(bytes.subarray(1, end)).toEqual(expected);
        expect(size(value)).toBe(expected.length);
        const reader = reading(expected);
        expect(reader[read]()).toBe(value);
        expect(reader.at).toBe(expected.length);
      });
      fc.assert(property, { numRuns: 2000 });
    },
  );

  test('longs that a number does not hold are read as infinite', () => {
    expect(reading(varint(2n ** 53n - 1n)).long()).toBe(Number.MAX_SAFE_INTEGER);
    expect(reading(varint(-(2n ** 53n))).long()).toBe(Number.MIN_SAFE_INTEGER - 1);
    for (const value of [2n ** 53n, 2n ** 63n - 1n]) expect(reading(varint(value)).long()).toBe(Infinity);
    for (const value of [-(2n ** 53n) - 1n, -(2n ** 63n)]) expect(reading(varint(value)).long()).toBe(-Infinity);
  });

  test('padded ones are read, as other readers do', () => {
    expect(reading(Buffer.from([0x82, 0x80, 0])).int()).toBe(1);
    expect(reading(Buffer.from([0x83, 0x80, 0])).long()).toBe(-2);
  });
});

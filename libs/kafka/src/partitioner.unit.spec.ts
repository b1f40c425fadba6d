import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { murmur2, partitionOfKey } from './partitioner.js';

describe('the partition of a key', () => {
  // From the Java client's own tests.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %p as Java does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  test('is one of the partitions, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 200 }), (bytes, count) => {
        const partition = partitionOfKey(Buffer.from(bytes), count);
        return Number.isInteger(partition) && partition >= 0 && partition < count;
      }),
    );
  });
});

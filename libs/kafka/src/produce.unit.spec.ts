import { describe, expect, test } from '@jest/globals';
import { batchLength, sequenceAfter } from './produce.js';
import type { OutgoingRecord } from './records.js';

const record = (bytes: number): OutgoingRecord => ({
  topic: 'a.b',
  key: null,
  value: Buffer.alloc(bytes),
  headers: [],
});

describe('a batch', () => {
  test('ends before the record that would make it too large', () => {
    const records = [record(200_000), record(200_000), record(200_000)];
    expect(batchLength(records, 0)).toBe(2);
    expect(batchLength(records, 2)).toBe(1);
  });

  test('holds at least one record, however large', () => {
    expect(batchLength([record(5_000_000), record(1)], 0)).toBe(1);
  });
});

test('sequence numbers begin again after the largest 32-bit one', () => {
  expect(sequenceAfter(0x7fffffff - 1, 3)).toBe(1);
  expect(sequenceAfter(5, 3)).toBe(8);
});

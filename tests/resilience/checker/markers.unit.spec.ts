import { describe, expect, test } from '@jest/globals';
import { type LogBatch, MarkerReader } from './markers.js';

const DATA = 16;
const CONTROL = 16 | 32;
const marker = (type: number): Buffer => Buffer.from([0, 0, 0, type]);

function batch(firstOffset: number, attributes: number, producerId: number, keys: readonly Buffer[]): LogBatch {
  const records = keys.map((key, offsetDelta) => ({ offsetDelta, timestampDelta: 1n, key, value: null, headers: [] }));
  return {
    firstOffset: BigInt(firstOffset),
    attributes,
    producerId: BigInt(producerId),
    firstTimestamp: 100n,
    maxTimestamp: 200n,
    records,
  };
}

function visibilities(...batches: LogBatch[]): string[] {
  const reader = new MarkerReader(3);
  for (const one of batches) reader.add(one);
  return reader.records.map((r) => `${r.offset} ${r.visibility}`);
}

const key = Buffer.from('k');

describe('a record is visible', () => {
  test('at once when it is not part of a transaction', () => {
    expect(visibilities(batch(0, 0, -1, [key]))).toEqual(['0 committed']);
  });

  test('when its own producer commits, and not when another does', () => {
    expect(
      visibilities(
        batch(0, DATA, 1, [key]),
        batch(1, DATA, 2, [key, key]),
        batch(3, CONTROL, 1, [marker(1)]),
        batch(4, CONTROL, 2, [marker(0)]),
        batch(5, DATA, 2, [key]),
      ),
    ).toEqual(['0 committed', '1 aborted', '2 aborted', '5 pending']);
  });

  test('again after an earlier transaction of the same producer was aborted', () => {
    expect(
      visibilities(
        batch(0, DATA, 1, [key]),
        batch(1, CONTROL, 1, [marker(0)]),
        batch(2, DATA, 1, [key]),
        batch(3, CONTROL, 1, [marker(1)]),
      ),
    ).toEqual(['0 aborted', '2 committed']);
  });
});

test("the time of a record is the broker's where the topic says so", () => {
  const reader = new MarkerReader(0);
  reader.add(batch(0, 8, -1, [key]));
  reader.add(batch(1, 0, -1, [key]));
  expect(reader.records.map((r) => r.timestamp)).toEqual([200n, 101n]);
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { advance, appendedSince, type Checkpoint, missingRows, PartitionShrank } from './resume.js';

const PARTITIONS = 3;
const ends = (log: number[][]): Map<number, bigint> =>
  new Map(log.map((rows, partition) => [partition, BigInt(rows.length)]));

/** What one life of the feed does: batches that go through, then a kill in the middle of one. */
const life = fc.record({
  batches: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  killedBatch: fc.integer({ min: 0, max: 6 }),
  /** How many of the killed batch's records each partition got before the end. */
  reached: fc.array(fc.nat(6), { minLength: PARTITIONS, maxLength: PARTITIONS }),
  /** Killed after the acknowledgement but before the checkpoint was written. */
  acknowledged: fc.boolean(),
});

describe('a resumed feed', () => {
  test('neither repeats nor loses a row, whatever was appended before each kill', () => {
    const partitions = fc.array(fc.nat(PARTITIONS - 1), { minLength: 60, maxLength: 60 });
    const earlier = fc.array(fc.nat(4), { minLength: PARTITIONS, maxLength: PARTITIONS });
    fc.assert(
      fc.property(partitions, earlier, fc.array(life, { minLength: 1, maxLength: 6 }), (partitionOf, before, lives) => {
        // The topic held something before the feed began.
        const log = before.map((count) => Array.from({ length: count }, () => -1));
        let stored: Checkpoint = { row: 0, ends: ends(log) };
        const total = partitionOf.length;

        const rowsFrom = (row: number, count: number) =>
          partitionOf.slice(row, row + count).map((partition, i) => ({ partition, row: row + i }));

        for (const { batches, killedBatch, reached, acknowledged } of lives) {
          const appended = appendedSince(stored, ends(log));
          for (const size of batches) {
            const rows = rowsFrom(stored.row, size);
            for (const { partition, row } of missingRows(rows, appended)) log[partition]?.push(row);
            stored = advance(
              stored,
              rows.map(({ partition }) => partition),
            );
          }
          const missing = missingRows(rowsFrom(stored.row, killedBatch), appended);
          const left = acknowledged ? reached.map(() => total) : [...reached];
          for (const { partition, row } of missing) {
            if ((left[partition] ?? 0) === 0) continue;
            left[partition] = (left[partition] ?? 0) - 1;
            log[partition]?.push(row);
          }
        }
        const appended = appendedSince(stored, ends(log));
        for (const { partition, row } of missingRows(rowsFrom(stored.row, total), appended)) log[partition]?.push(row);

        for (const [partition, rows] of log.entries()) {
          const expected = [...partitionOf.keys()].filter((row) => partitionOf[row] === partition);
          expect(rows.slice(before[partition])).toEqual(expected);
        }
        expect(appended.size).toBe(0);
      }),
    );
  });

  test('notices a partition that lost its end', () => {
    const stored: Checkpoint = { row: 9, ends: new Map([[0, 5n]]) };
    expect(() => appendedSince(stored, new Map([[0, 4n]]))).toThrow(PartitionShrank);
  });
});

import { describe, expect, test } from '@jest/globals';
import { plainBatch, plainMarker } from '../hostile/plain.writer.js';
import type { AbortedTransaction } from './aborted.ranges.js';
import { PartitionReader } from './partition.reader.js';

const [P, Q] = [11n, 22n];
const TRANSACTIONAL = 16;
const data = (offset: number, producerId: bigint, count = 1, attributes = TRANSACTIONAL) =>
  plainBatch(
    Array.from({ length: count }, () => ({})),
    { baseOffset: offset, producerId, attributes },
  );
const abort = (offset: number, producerId: bigint) => plainMarker('abort', offset, producerId);
const commit = (offset: number, producerId: bigint) => plainMarker('commit', offset, producerId);
const from = (firstOffset: number, producerId: bigint): AbortedTransaction => ({ producerId, firstOffset });

/** The offsets that come out, and where to go on. */
function read(batches: Buffer[], aborted: AbortedTransaction[] | null, position = 0) {
  const reader = new PartitionReader();
  const answer = Buffer.concat(batches);
  reader.open(answer, 0, answer.length, position, aborted);
  const offsets: number[] = [];
  while (reader.nextBatch()) while (reader.records.next()) offsets.push(reader.records.offset);
  return { offsets, position: reader.position };
}

describe('transactions', () => {
  test('markers never come out, and the position passes them', () => {
    expect(read([data(0, P), commit(1, P)], [])).toEqual({ offsets: [0], position: 2 });
  });

  test('what was aborted never comes out, and the position passes it', () => {
    expect(read([data(0, P, 3), abort(3, P)], [from(0, P)])).toEqual({ offsets: [], position: 4 });
  });

  test('the abort of one producer leaves the others alone, and records outside transactions too', () => {
    const batches = [data(0, P), data(1, Q), data(2, P), data(3, P, 1, 0), commit(4, Q), abort(5, P)];
    expect(read(batches, [from(0, P)])).toEqual({ offsets: [1, 3], position: 6 });
  });

  test('a producer’s committed transactions before, between and after its aborted ones come out', () => {
    const batches = [
      ...[data(0, P), commit(1, P)],
      ...[data(2, P), data(3, Q), data(4, P), abort(5, P)],
      ...[data(6, P), commit(7, P)],
      ...[data(8, P), abort(9, P)],
      ...[data(10, P), commit(11, P), commit(12, Q)],
    ];
    const aborted = [from(2, P), from(8, P)];
    expect(read(batches, aborted)).toEqual({ offsets: [0, 3, 6, 10], position: 13 });
    expect(read(batches, aborted.toReversed()).offsets).toEqual([0, 3, 6, 10]);
  });

  test('a range whose marker is not in the answer is open to its end', () => {
    expect(read([data(0, P), data(1, Q), data(2, P)], [from(0, P)])).toEqual({ offsets: [1], position: 3 });
  });

  test('a range that began before the answer counts from its first batch on', () => {
    const batches = [data(10, P, 5), abort(15, P), data(16, P), commit(17, P)];
    expect(read(batches, [from(2, P)], 12)).toEqual({ offsets: [16], position: 18 });
  });

  test('a range does not reach back before its first offset', () => {
    expect(read([data(0, P), commit(1, P), data(2, P), abort(3, P)], [from(2, P)]).offsets).toEqual([0]);
  });

  test('nothing of one answer’s list is left for the next', () => {
    const reader = new PartitionReader();
    const batch = data(0, P);
    reader.open(batch, 0, batch.length, 0, [from(0, P)]);
    expect(reader.nextBatch()).toBe(false);
    reader.open(batch, 0, batch.length, 0, []);
    expect(reader.nextBatch()).toBe(true);
  });

  test('without a list (reading uncommitted) everything but markers comes out', () => {
    expect(read([data(0, P), abort(1, P)], null)).toEqual({ offsets: [0], position: 2 });
  });

  test('a checksum is asked for of markers and aborted batches too', () => {
    const marker = abort(1, P);
    marker[22] = 0;
    expect(() => read([data(0, P), marker], [from(0, P)])).toThrow('CRC at offset 1');
  });
});

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openFlights } from './flights.js';
import { readRowGroup, type RowGroup } from './row-group.js';

const ROWS = 7;
const AIRPORTS = ['LAS', 'SZX'];

/** A file of seven rows in groups of three; notes which groups were read. */
function smallFile() {
  const reads: number[] = [];
  const read = async (_path: string, row: number): Promise<RowGroup> => {
    const rowStart = Math.floor((row % ROWS) / 3) * 3;
    const rowEnd = Math.min(rowStart + 3, ROWS);
    reads.push(rowStart);
    const numbers = Array.from({ length: rowEnd - rowStart }, (_, i) => rowStart + i);
    return {
      ...{ rows: ROWS, rowStart, rowEnd },
      date: Float64Array.from(numbers, (n) => n * 1000),
      delay: Int32Array.from(numbers, (n) => n - 3),
      distance: Int32Array.from(numbers),
      origin: { words: AIRPORTS, which: Uint16Array.from(numbers, (n) => n % 2) },
      destination: { words: AIRPORTS, which: Uint16Array.from(numbers, (n) => (n + 1) % 2) },
    };
  };
  return { flight: openFlights('', read), reads };
}

describe('flights', () => {
  test('follow each other through the file, which is read once, and begin again with numbers that go on', async () => {
    const { flight, reads } = smallFile();
    const distances: number[] = [];
    for (let id = 0; id < 9; id++) {
      const { flightId, distance } = await flight(id);
      expect(flightId).toBe(id);
      distances.push(distance);
    }
    expect(distances).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1]);
    expect(reads).toEqual([0, 3, 6, 0]);
  });

  test('are the same wherever the feed is taken up', async () => {
    expect(await smallFile().flight(ROWS + 4)).toEqual({
      flightId: 11,
      date: 4000,
      delay: 1,
      distance: 4,
      origin: 'LAS',
      destination: 'SZX',
    });
  });
});

test('the file holds three million flights', async () => {
  const data = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data/flights-3m.parquet');
  const group = await readRowGroup(data, 3_000_000);
  expect(group).toMatchObject({ rows: 3_000_000, rowStart: 0, rowEnd: 272_727 });
  expect(await openFlights(data, async () => group)(0)).toEqual({
    flightId: 0,
    date: Date.UTC(2001, 0, 1, 0, 1),
    delay: 33,
    distance: 2176,
    origin: 'LAS',
    destination: 'PHL',
  });
}, 20_000);

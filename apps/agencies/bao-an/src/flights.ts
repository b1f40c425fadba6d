import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FlightMovement } from '@citystreams/contracts';
import type { readRowGroup, RowGroup, Words } from './row-group.js';

/** Any flight by its number. After the file's last row comes its first again, and the numbers go on. */
export type Flights = (flightId: number) => Promise<Omit<FlightMovement, 'ingestedAt'>>;

/** Keeps one row group of the file: numbers are asked for in their order, one after the other. */
export function openFlights(path: string, read: typeof readRowGroup = readInThread): Flights {
  let group: RowGroup | undefined;
  return async (flightId) => {
    if (group === undefined || !isIn(group, flightId)) group = await read(path, flightId);
    const { date, delay, distance, origin, destination, rowStart } = group;
    const at = (flightId % group.rows) - rowStart;
    return {
      flightId,
      date: date[at]!,
      delay: delay[at]!,
      distance: distance[at]!,
      origin: wordAt(origin, at),
      destination: wordAt(destination, at),
    };
  };
}

const isIn = ({ rows, rowStart, rowEnd }: RowGroup, flightId: number): boolean =>
  flightId % rows >= rowStart && flightId % rows < rowEnd;
const wordAt = ({ words, which }: Words, at: number): string => words[which[at]!]!;

/** Where a heap of our own would grow to what decoding once needed, and stay so for long. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

async function readInThread(path: string, row: number): Promise<RowGroup> {
  const worker = new Worker(new URL('./row-group.worker.js', import.meta.url), {
    workerData: { path, row },
    resourceLimits: LIMITS,
  });
  const [group] = (await once(worker, 'message')) as [RowGroup];
  return group;
}

/** Memory over many events: the source is filled piece by piece, topics keep little, and resident memory is written down. */
import { setTimeout } from 'node:timers/promises';
import type { Candidate } from '../candidates/candidate.js';
import { fillSource } from '../candidates/source.js';
import { cpuSeconds, residentMiB } from '../measuring/process.meter.js';
import type { StandOptions } from '../stand/stand.js';
import { onPreparedStand, SEED_EVENTS } from './prepared.js';
import { whileRunning } from './running.js';

export interface MemoryPlan {
  readonly candidate: Candidate;
  readonly views: number;
  readonly events: number;
  /** Events written before the candidate has read what came before. */
  readonly piece: number;
}

export interface MemoryPoint {
  readonly events: number;
  readonly residentMiB: number;
  /** Highest since the point before. */
  readonly residentMaxMiB: number;
  readonly cpuPerMillion: number;
}

/** Of each partition, also of the views: twice what a piece writes to the source. */
const KEPT_BYTES = 1 << 28;
const LOOK_EVERY_MS = 200;

export function memoryOver(plan: MemoryPlan, options: StandOptions): Promise<MemoryPoint[]> {
  const how = { views: plan.views, commitMs: 100, codec: 'none', retentionBytes: KEPT_BYTES } as const;
  return onPreparedStand([plan.candidate], how, options, (task) =>
    whileRunning(plan.candidate, task, async ({ running, reached }) => {
      const pids = running.processes.map(({ pid }) => pid);
      const resident = () => pids.reduce((sum, pid) => sum + residentMiB(pid), 0);
      const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
      const points: MemoryPoint[] = [];
      for (let first = SEED_EVENTS; first < plan.events; first += plan.piece) {
        const before = cpu();
        await fillSource(task.stand, { first, count: plan.piece, codec: 'none' });
        const highest = highestWhile(resident, reached(first + plan.piece));
        const residentMaxMiB = await highest;
        const point = {
          events: first + plan.piece,
          residentMiB: resident(),
          residentMaxMiB,
          cpuPerMillion: ((cpu() - before) / plan.piece) * 1e6,
        };
        options.say(
          `${point.events} events  ${Math.round(point.residentMiB)} MiB (at most ${Math.round(residentMaxMiB)})  cpu ${point.cpuPerMillion.toFixed(2)}`,
        );
        points.push(point);
      }
      return points;
    }),
  );
}

async function highestWhile(read: () => number, work: Promise<void>): Promise<number> {
  let highest = read();
  let done = false;
  const working = work.finally(() => (done = true));
  while (!done) {
    highest = Math.max(highest, read());
    await Promise.race([working, setTimeout(LOOK_EVERY_MS)]);
  }
  await working;
  return highest;
}

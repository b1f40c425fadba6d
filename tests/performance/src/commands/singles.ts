/** Measurements of one candidate for itself. */
import { parseArgs } from 'node:util';
import { candidateNamed } from '../candidates/by-name.js';
import { firstEvent } from '../experiments/first-event.js';
import { manyViews } from '../experiments/many-views.js';
import { memoryOver } from '../experiments/memory.js';
import { type ThroughputRound, throughputRound } from '../experiments/throughput.js';
import { writeResult } from '../report/result.file.js';
import { COMMON, numbers, standOf } from './arguments.js';

const COMMIT_MS = 100;

/** `memory [--candidate router] [--views 16] [--events 20000000] [--piece 1000000]` */
export async function memory(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      candidate: { type: 'string', default: 'router' },
      views: { type: 'string', default: '16' },
      events: { type: 'string', default: '20000000' },
      piece: { type: 'string', default: '1000000' },
    },
  });
  const plan = {
    candidate: candidateNamed(values.candidate, COMMIT_MS),
    views: Number(values.views),
    events: Number(values.events),
    piece: Number(values.piece),
  };
  const points = await memoryOver(plan, standOf(values));
  writeResult(values.out, 'memory', { candidate: values.candidate, views: plan.views, points });
}

/** `first-event [--candidates router,streams] [--views 1] [--rounds 10]` */
export async function firstEvents(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      candidates: { type: 'string', default: 'router,streams' },
      views: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '10' },
    },
  });
  const seconds: Record<string, number[]> = {};
  for (const name of values.candidates.split(',')) {
    const candidate = candidateNamed(name, COMMIT_MS);
    seconds[name] = await firstEvent(candidate, Number(values.views), Number(values.rounds), standOf(values));
  }
  writeResult(values.out, 'first-event', { seconds });
}

/** `many-views [--streams 60] [--views 5] [--idle 30]` */
export async function many(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      streams: { type: 'string', default: '60' },
      views: { type: 'string', default: '5' },
      idle: { type: 'string', default: '30' },
    },
  });
  const plan = {
    streams: Number(values.streams),
    viewsPerStream: Number(values.views),
    idleSeconds: Number(values.idle),
  };
  writeResult(values.out, 'many-views', { plan, ...(await manyViews(plan, standOf(values))) });
}

/** `scaling [--views 1,4] [--events 3000000] [--rounds 5]`: one router process and two, in turn, each on its own broker. */
export async function scaling(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      views: { type: 'string', default: '1,4' },
      events: { type: 'string', default: '3000000' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const rounds: ThroughputRound[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const views of numbers(values.views)) {
      for (const name of ['router', 'router-2']) {
        const plan = {
          views,
          events: Number(values.events),
          candidates: [candidateNamed(name, COMMIT_MS)],
          codec: 'none' as const,
          commitMs: COMMIT_MS,
          checkedRounds: 1,
        };
        rounds.push(await throughputRound(plan, round, standOf(values)));
        writeResult(values.out, 'scaling', { rounds });
      }
    }
  }
}

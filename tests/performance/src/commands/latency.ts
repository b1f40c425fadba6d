import { parseArgs } from 'node:util';
import { candidateNamed } from '../candidates/by-name.js';
import { latencyRound, type LatencyRun } from '../experiments/latency.js';
import { writeResult } from '../report/result.file.js';
import { COMMON, numbers, standOf } from './arguments.js';

/** `latency [--candidates router,streams] [--commit-ms 20,100] [--rounds 3] [--rate 5000] [--warm-up 10] [--seconds 12]` */
export async function latency(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      candidates: { type: 'string', default: 'router,streams' },
      'commit-ms': { type: 'string', default: '20,100' },
      rounds: { type: 'string', default: '3' },
      rate: { type: 'string', default: '5000' },
      'warm-up': { type: 'string', default: '10' },
      seconds: { type: 'string', default: '12' },
    },
  });
  const runs: (LatencyRun & { round: number })[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const commitMs of numbers(values['commit-ms'])) {
      const plan = {
        candidates: values.candidates.split(',').map((name) => candidateNamed(name, commitMs)),
        commitMs,
        perSecond: Number(values.rate),
        warmUpSeconds: Number(values['warm-up']),
        seconds: Number(values.seconds),
      };
      runs.push(...(await latencyRound(plan, standOf(values))).map((run) => ({ ...run, round })));
      writeResult(values.out, 'latency', { perSecond: plan.perSecond, runs });
    }
  }
}

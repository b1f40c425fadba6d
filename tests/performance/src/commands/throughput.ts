import { parseArgs } from 'node:util';
import { candidateNamed } from '../candidates/by-name.js';
import { type ThroughputRound, throughputRound } from '../experiments/throughput.js';
import { writeResult } from '../report/result.file.js';
import { codecNamed, COMMON, numbers, standOf, say } from './arguments.js';

/**
 * `router [--views 1,4,16] [--events 3000000,1000000,1000000] [--rounds 5] [--candidates router,streams,plain,copy]
 * [--codec none|lz4] [--commit-ms 100] [--checked-rounds 1]`
 */
export async function throughput(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      views: { type: 'string', default: '1,4,16' },
      events: { type: 'string', default: '3000000,1000000,1000000' },
      rounds: { type: 'string', default: '5' },
      candidates: { type: 'string', default: 'router,streams,plain,copy' },
      codec: { type: 'string', default: 'none' },
      'commit-ms': { type: 'string', default: '100' },
      'checked-rounds': { type: 'string', default: '1' },
    },
  });
  const commitMs = Number(values['commit-ms']);
  const events = numbers(values.events);
  const rounds: ThroughputRound[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [index, views] of numbers(values.views).entries()) {
      const plan = {
        views,
        events: events[index] ?? events.at(-1) ?? 0,
        // The copier writes one topic: with several views there is nothing to compare it with.
        candidates: values.candidates
          .split(',')
          .filter((name) => name !== 'copy' || views === 1)
          .map((name) => candidateNamed(name, commitMs)),
        codec: codecNamed(values.codec),
        commitMs,
        checkedRounds: Number(values['checked-rounds']),
      };
      say(`round ${round + 1} of ${values.rounds}: ${views} views, ${plan.events} events, ${plan.codec}`);
      rounds.push(await throughputRound(plan, round, standOf(values)));
      writeResult(values.out, 'throughput', { rounds });
    }
  }
}

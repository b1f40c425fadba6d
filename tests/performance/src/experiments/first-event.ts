/** How long after its start a candidate has routed its first event, committed and readable. */
import type { Candidate } from '../candidates/candidate.js';
import { fillSource } from '../candidates/source.js';
import type { StandOptions } from '../stand/stand.js';
import { onPreparedStand, SEED_EVENTS } from './prepared.js';
import { whileRunning } from './running.js';

const EVENTS = 1_000;

/** Seconds from the start of the process, one figure for each round; each start is one after a clean stop. */
export function firstEvent(
  candidate: Candidate,
  views: number,
  rounds: number,
  options: StandOptions,
): Promise<number[]> {
  return onPreparedStand([candidate], { views, commitMs: 100, codec: 'none' }, options, async (task) => {
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const first = SEED_EVENTS + round * EVENTS;
      await fillSource(task.stand, { first, count: EVENTS, codec: 'none' });
      const startedAt = performance.now();
      await whileRunning(candidate, task, async ({ reached }) => {
        await reached(first + 1);
        seconds.push((performance.now() - startedAt) / 1000);
        await reached(first + EVENTS);
      });
      options.say(`${candidate.name} round ${round + 1}: ${seconds.at(-1)?.toFixed(2)} s`);
    }
    return seconds;
  });
}

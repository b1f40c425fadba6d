/**
 * `npm run soak`: every scenario with random seeds, for as long as asked.
 *
 *   npm run soak -- --minutes 60                      all scenarios in turn until an hour is over
 *   npm run soak -- --seeds 3                         each scenario with three seeds
 *   npm run soak -- --scenario late-end --seed 17     one again
 *   npm run soak -- --defences                        each defence taken out of the router, with its recorded seed
 *
 * One line per play on the screen and in `tests/resilience/results/plays.tsv`. Ends with 1 if anything did not hold.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFENCES } from '../defences/defences.js';
import { SCENARIOS, scenarioOf } from '../scenarios/index.js';
import { Worlds } from '../worlds.js';
import { RESULTS, say, tell } from './table.js';

const MOST_SEED = 1_000_000_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seeds: { type: 'string' },
    seed: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
    defences: { type: 'boolean' },
  },
});
const worlds = new Worlds(join(RESULTS, 'logs'));
const counts = new Map<string, number>();

async function soak(): Promise<void> {
  const names = (values.scenario ?? []).flatMap((word) => word.split(','));
  const scenarios = names.length === 0 ? [...SCENARIOS] : names.map(scenarioOf);
  const seeds = values.seed?.flatMap((word) => word.split(',').map(Number));
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes);
  const until = performance.now() + minutes * 60_000;
  const endless = values.minutes === undefined ? 1 : Number.POSITIVE_INFINITY;
  const rounds = seeds?.length ?? (values.seeds === undefined ? endless : Number(values.seeds));
  // Scenarios of one world after the other: opening one costs seconds.
  scenarios.sort((a, b) => a.world.localeCompare(b.world));
  for (let round = 0; round < rounds; round += 1)
    for (const scenario of scenarios) {
      if (performance.now() >= until) return;
      const result = await worlds.play(scenario, seeds?.[round] ?? randomInt(MOST_SEED));
      tell(result, result.verdict);
      count(result.verdict);
    }
}

/** A defence that is missing must be missed: the checker has to say so. */
async function withoutDefences(): Promise<void> {
  for (const { name, edits, scenario, seed, told } of DEFENCES) {
    const result = await worlds.play(scenarioOf(scenario), seed, edits);
    const verdict = result.kinds.some((kind) => told.includes(kind)) ? 'CAUGHT' : 'MISSED';
    tell(result, verdict, name);
    count(verdict);
  }
}

const count = (verdict: string): void => void counts.set(verdict, (counts.get(verdict) ?? 0) + 1);

const stop = (): void => void worlds.close().finally(() => process.exit(130));
process.once('SIGINT', stop).once('SIGTERM', stop);
try {
  await (values.defences === true ? withoutDefences() : soak());
} finally {
  await worlds.close();
}
say([...counts].map(([verdict, n]) => `${n} ${verdict}`).join(', '));
if ([...counts.keys()].some((verdict) => verdict !== 'HELD' && verdict !== 'CAUGHT')) process.exitCode = 1;

/**
 * `npm run soak`: every scenario with random seeds, for as long as asked.
 *
 *   npm run soak -- --minutes 60                      all scenarios in turn until an hour is over
 *   npm run soak -- --seeds 3                         each scenario with three seeds
 *   npm run soak -- --scenario late-end --seed 17     one again
 *
 * One line per play on the screen and in `tests/resilience/results/plays.tsv`. Ends with 1 if anything did not hold.
 */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Result } from '../run-scenario.js';
import { SCENARIOS } from '../scenarios/index.js';
import type { Scenario } from '../scenarios/scenario.js';
import { ROOT } from '../world/files.js';
import { Worlds } from '../worlds.js';

const RESULTS = join(ROOT, 'tests', 'resilience', 'results');
const COLUMNS = [
  'at',
  'commit',
  'scenario',
  'seed',
  'verdict',
  'seconds',
  'events',
  'written',
  'aborted',
  'first trouble',
];
const MOST_SEED = 1_000_000_000;

interface Wishes {
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[] | null;
  readonly rounds: number;
  readonly until: number;
}

function wishesOf(argv: string[]): Wishes {
  const { values } = parseArgs({
    args: argv,
    options: {
      minutes: { type: 'string' },
      seeds: { type: 'string' },
      seed: { type: 'string', multiple: true },
      scenario: { type: 'string', multiple: true },
    },
  });
  const names = (values.scenario ?? []).flatMap((word) => word.split(','));
  const unknown = names.filter((name) => !SCENARIOS.some((s) => s.name === name));
  if (unknown.length > 0)
    throw new RangeError(`no scenario ${unknown.join(', ')}; there are ${SCENARIOS.map((s) => s.name).join(', ')}`);
  const seeds = values.seed?.flatMap((word) => word.split(',').map(Number)) ?? null;
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  return {
    scenarios: names.length === 0 ? SCENARIOS : SCENARIOS.filter((s) => names.includes(s.name)),
    seeds,
    rounds:
      seeds?.length ??
      (values.seeds === undefined ? (minutes === null ? 1 : Number.POSITIVE_INFINITY) : Number(values.seeds)),
    until: minutes === null ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000,
  };
}

function rowOf(result: Result, commit: string): string[] {
  const { scenario, seed, verdict, seconds, judgement, trouble } = result;
  const counts = [judgement?.events, judgement?.written, judgement?.aborted].map((n) => String(n ?? '-'));
  const first = (trouble[0] ?? '').replaceAll(/\s+/g, ' ').slice(0, 200);
  return [new Date().toISOString(), commit, scenario, String(seed), verdict, seconds.toFixed(1), ...counts, first];
}

function record(row: readonly string[]): void {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, 'plays.tsv');
  if (!existsSync(file)) appendFileSync(file, `${COLUMNS.join('\t')}\n`);
  appendFileSync(file, `${row.join('\t')}\n`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function tell(result: Result, row: readonly string[]): void {
  const [, , scenario = '', seed = '', verdict = '', seconds = '', events = ''] = row;
  say([scenario.padEnd(30), seed.padStart(9), verdict.padEnd(9), seconds.padStart(6), events.padStart(6)].join('  '));
  if (result.verdict === 'HELD') return;
  for (const { what, proof } of result.effects) say(`    + ${what}: ${proof}`);
  for (const line of result.trouble) say(`    ! ${line}`);
}

async function main(): Promise<void> {
  const wishes = wishesOf(process.argv.slice(2));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const worlds = new Worlds();
  const counts = new Map<string, number>();
  const stop = (): void => void worlds.close().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // Scenarios of one world after the other: opening one costs seconds.
  const inTurn = [...wishes.scenarios].sort((a, b) => a.world.localeCompare(b.world));
  try {
    for (let round = 0; round < wishes.rounds && performance.now() < wishes.until; round += 1)
      for (const scenario of inTurn) {
        if (performance.now() >= wishes.until) break;
        const seed = wishes.seeds?.[round] ?? randomInt(MOST_SEED);
        const result = await worlds.play(scenario, seed);
        const row = rowOf(result, commit);
        tell(result, row);
        record(row);
        counts.set(result.verdict, (counts.get(result.verdict) ?? 0) + 1);
      }
  } finally {
    await worlds.close();
  }
  say([...counts].map(([verdict, n]) => `${n} ${verdict}`).join(', '));
  if ([...counts.keys()].some((verdict) => verdict !== 'HELD')) process.exitCode = 1;
}

await main();

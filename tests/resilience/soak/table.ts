/** The lines of a soak: on the screen and, for good, in `results/plays.tsv`; times that plays took in `results/measures.tsv`. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../run-scenario.js';
import { ROOT } from '../world/files.js';

export const RESULTS = join(ROOT, 'tests', 'resilience', 'results');

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
  'without',
  'first trouble',
] as const;
const MEASURE_COLUMNS = ['at', 'commit', 'scenario', 'seed', 'what', 'ms'] as const;
const LONGEST_TROUBLE = 200;

const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `without`: the defence that the routers lacked, or nothing. `verdict`: what is made of the play. */
export function tell(result: Result, verdict: string, without = ''): void {
  const { scenario, seed, seconds, judgement, trouble, measures } = result;
  const counts = [judgement?.events, judgement?.written, judgement?.aborted].map((n) => String(n ?? '-'));
  const first = (trouble[0] ?? '').replaceAll(/\s+/g, ' ').slice(0, LONGEST_TROUBLE);
  const took = seconds.toFixed(1);
  const play = [new Date().toISOString(), commit(), scenario, String(seed)];
  record('plays.tsv', COLUMNS, [...play, verdict, took, ...counts, without, first]);
  for (const { what, ms } of measures) record('measures.tsv', MEASURE_COLUMNS, [...play, what, ms.toFixed(0)]);

  const columns = [
    scenario.padEnd(30),
    String(seed).padStart(9),
    verdict.padEnd(9),
    took.padStart(6),
    counts[0]?.padStart(6),
  ];
  say([...columns, without].join('  '));
  for (const { what, ms } of measures) say(`    = ${what}: ${ms.toFixed(0)} ms`);
  if (verdict === 'HELD') return;
  for (const { what, proof } of result.effects) say(`    + ${what}: ${proof}`);
  for (const line of verdict === 'CAUGHT' ? trouble.slice(0, 1) : trouble) say(`    ! ${line}`);
}

function record(name: string, columns: readonly string[], row: readonly string[]): void {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, name);
  if (!existsSync(file)) appendFileSync(file, `${columns.join('\t')}\n`);
  appendFileSync(file, `${row.join('\t')}\n`);
}

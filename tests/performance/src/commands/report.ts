import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LatencyRun } from '../experiments/latency.js';
import type { MemoryPoint } from '../experiments/memory.js';
import type { ThroughputRound } from '../experiments/throughput.js';
import { cpuBars } from '../report/bars.svg.js';
import { latencyTable, memoryTable, throughputTables } from '../report/markdown.js';
import { spreadOf } from '../report/statistics.js';
import { summarise } from '../report/throughput.summary.js';
import { say } from './arguments.js';

interface Result {
  readonly experiment: string;
  readonly rounds?: readonly ThroughputRound[];
  readonly runs?: readonly LatencyRun[];
  readonly points?: readonly MemoryPoint[];
  readonly seconds?: Readonly<Record<string, readonly number[]>>;
}

/** `report result.json... [--plot bars.svg]`: Markdown of all results, one plot of the throughput. */
export async function report(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { plot: { type: 'string' } } });
  const results = positionals.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Result);
  for (const result of results) say(`${markdownOf(result)}\n`);
  const rounds = results.flatMap(({ experiment, rounds }) => (experiment === 'throughput' ? (rounds ?? []) : []));
  if (values.plot === undefined) return;
  mkdirSync(dirname(resolve(values.plot)), { recursive: true });
  writeFileSync(values.plot, cpuBars(summarise(rounds)));
}

function markdownOf({ rounds, runs, points, seconds, ...rest }: Result): string {
  if (rounds !== undefined) return throughputTables(summarise(rounds));
  if (runs !== undefined) return latencyTable(runs);
  if (points !== undefined) return memoryTable(points);
  if (seconds !== undefined) {
    const lines = Object.entries(seconds).map(([name, all]) => {
      const { median, least, most, count } = spreadOf(all);
      return `- ${name}: ${median.toFixed(2)} s (${least.toFixed(2)} to ${most.toFixed(2)}, ${count} starts)`;
    });
    return lines.join('\n');
  }
  return `\`\`\`json\n${JSON.stringify(rest, null, 1)}\n\`\`\``;
}

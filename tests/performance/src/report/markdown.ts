/** Results as Markdown tables. */
import type { LatencyRun } from '../experiments/latency.js';
import type { MemoryPoint } from '../experiments/memory.js';
import { type Spread, spreadOf } from './statistics.js';
import type { CandidateSummary, ViewsSummary } from './throughput.summary.js';

type Cells = readonly string[];

function table(head: Cells, rows: readonly Cells[]): string {
  const line = (cells: Cells): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const figure = (value: number): string => (value >= 10 ? value.toFixed(1) : value.toFixed(2));
const withRange = ({ median, least, most }: Spread): string =>
  `**${figure(median)}** (${figure(least)}-${figure(most)})`;
const thousands = (value: number): string => Math.round(value).toLocaleString('en-GB');
const times = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)}x`);

export function throughputTables(summaries: readonly ViewsSummary[]): string {
  return summaries.map((summary) => `${titleOf(summary)}\n\n${throughputTable(summary)}`).join('\n\n');
}

function titleOf({ views, codec, tls, commitMs, events, rounds, meanValueBytes }: ViewsSummary): string {
  const count = views === 1 ? '1 view' : `${views} views`;
  const compressed = codec === 'none' ? 'uncompressed' : codec;
  const transport = tls ? ', TLS' : '';
  return `**${count}**, ${compressed}${transport}, commit every ${commitMs} ms, ${thousands(events)} events of ${meanValueBytes} bytes, ${rounds} rounds.`;
}

const throughputTable = ({ candidates }: ViewsSummary): string =>
  table(
    [
      'candidate',
      'CPU s per M events, second half',
      'all of the run',
      'x router',
      'events/s, whole run',
      'second half',
      'router x',
      'broker CPU',
      'RSS MiB',
      'output',
    ],
    candidates.map((c: CandidateSummary) => [
      c.candidate,
      withRange(c.cpuWarm),
      figure(c.cpuAll.median),
      times(c.cpuTimes),
      thousands(c.rateAll.median),
      thousands(c.rateWarm.median),
      times(c.rateTimes),
      figure(c.brokerCpuWarm.median),
      thousands(c.residentMaxMiB.median),
      c.hashes.length === 0 ? '-' : `${c.hashes.join(' and ')} (${thousands(c.records ?? 0)})`,
    ]),
  );

export function latencyTable(runs: readonly LatencyRun[]): string {
  const groups = Map.groupBy(runs, ({ commitMs, candidate }) => `${String(commitMs).padStart(6)} ${candidate}`);
  const rows = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => latencyRow(group));
  return table(['commit ms', 'candidate', 'p50 ms', 'p90', 'p99', 'max', 'CPU s over the probe', 'rounds'], rows);
}

function latencyRow(group: readonly LatencyRun[]): string[] {
  const median = (of: (run: LatencyRun) => number): string => figure(spreadOf(group.map(of)).median);
  const [first] = group;
  return [
    String(first?.commitMs ?? ''),
    first?.candidate ?? '',
    median((r) => r.p50),
    median((r) => r.p90),
    median((r) => r.p99),
    median((r) => r.max),
    median((r) => r.cpu),
    String(group.length),
  ];
}

export const memoryTable = (points: readonly MemoryPoint[]): string =>
  table(
    ['events so far', 'RSS MiB', 'at most since', 'CPU s per M events'],
    points.map((p) => [
      thousands(p.events),
      thousands(p.residentMiB),
      thousands(p.residentMaxMiB),
      figure(p.cpuPerMillion),
    ]),
  );

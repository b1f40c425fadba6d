/** Several rounds as one row for each candidate: medians, spread, and what it costs beside the router in the same round. */
import type { ThroughputRound } from '../experiments/throughput.js';
import type { RunFigures } from '../measuring/watch.js';
import { type Spread, spreadOf } from './statistics.js';

export interface CandidateSummary {
  readonly candidate: string;
  readonly cpuWarm: Spread;
  readonly cpuAll: Spread;
  readonly brokerCpuWarm: Spread;
  readonly rateAll: Spread;
  readonly rateWarm: Spread;
  readonly residentMaxMiB: Spread;
  /** Times the router's CPU, and the router's rate as times this one's: medians over rounds. Null beside no router. */
  readonly cpuTimes: number | null;
  readonly rateTimes: number | null;
  /** Of the rounds in which it was looked at; more than one would be an error in itself. */
  readonly hashes: readonly string[];
  readonly records: number | null;
}

export interface ViewsSummary {
  readonly views: number;
  readonly codec: string;
  readonly tls: boolean;
  readonly commitMs: number;
  readonly events: number;
  readonly rounds: number;
  readonly meanValueBytes: number;
  readonly candidates: readonly CandidateSummary[];
}

const ROUTER = /^router/;

export function summarise(rounds: readonly ThroughputRound[]): ViewsSummary[] {
  const groups = Map.groupBy(rounds, ({ views, codec, tls, commitMs }) => `${views} ${codec} ${tls} ${commitMs}`);
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) throw new RangeError('no rounds');
    const names = [...new Set(group.flatMap(({ runs }) => runs.map(({ candidate }) => candidate)))].toSorted(byOrder);
    return {
      views: first.views,
      codec: first.codec,
      tls: first.tls,
      commitMs: first.commitMs,
      events: Math.max(...first.runs.map(({ figures }) => figures.events)),
      rounds: group.length,
      meanValueBytes: first.meanValueBytes,
      candidates: names.map((name) => summaryOf(name, group)),
    };
  });
}

function summaryOf(name: string, rounds: readonly ThroughputRound[]): CandidateSummary {
  const mine = rounds.flatMap(({ runs }) => runs.filter(({ candidate }) => candidate === name));
  const spread = (of: (figures: RunFigures) => number): Spread => spreadOf(mine.map(({ figures }) => of(figures)));
  const outputs = mine.flatMap(({ output }) => output ?? []);
  return {
    candidate: name,
    cpuWarm: spread((f) => f.cpuWarm),
    cpuAll: spread((f) => f.cpuAll),
    brokerCpuWarm: spread((f) => f.brokerCpuWarm),
    rateAll: spread((f) => f.rateAll),
    rateWarm: spread((f) => f.rateWarm),
    residentMaxMiB: spread((f) => f.residentMaxMiB),
    cpuTimes: timesRouter(name, rounds, (mine, router) => mine.cpuWarm / router.cpuWarm),
    rateTimes: timesRouter(name, rounds, (mine, router) => router.rateAll / mine.rateAll),
    hashes: [...new Set(outputs.map(({ hash }) => hash))],
    records: outputs[0]?.records ?? null,
  };
}

function timesRouter(
  name: string,
  rounds: readonly ThroughputRound[],
  ratio: (mine: RunFigures, router: RunFigures) => number,
): number | null {
  const ratios = rounds.flatMap(({ runs }) => {
    const mine = runs.find(({ candidate }) => candidate === name);
    const router = runs.find(({ candidate }) => candidate === 'router');
    return mine === undefined || router === undefined ? [] : [ratio(mine.figures, router.figures)];
  });
  return ratios.length === 0 ? null : spreadOf(ratios).median;
}

/** The router first, the others by name. */
function byOrder(a: string, b: string): number {
  const [x, y] = [ROUTER.test(a) ? 0 : 1, ROUTER.test(b) ? 0 : 1];
  return x - y || (a < b ? -1 : 1);
}

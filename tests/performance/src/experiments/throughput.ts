/**
 * CPU, wall clock and memory of the router and its peers over the same events, in turn. Each round has a broker of its
 * own; the order of the candidates moves on by one each round, so that nobody always comes after the same neighbour.
 */
import { StreamName } from '@citystreams/contracts';
import type { Candidate, Codec, Task } from '../candidates/candidate.js';
import { copyPeer, TUNED } from '../candidates/peers.js';
import { fillSource } from '../candidates/source.js';
import type { Stand, StandOptions } from '../stand/stand.js';
import { makeStream, removeTopics } from '../stand/topics.js';
import { benchViews } from '../workload/workload.js';
import { onPreparedStand, SEED_EVENTS } from './prepared.js';
import { type CandidateRun, runCandidate } from './run-candidate.js';

export interface ThroughputPlan {
  readonly views: number;
  readonly events: number;
  readonly candidates: readonly Candidate[];
  readonly codec: Codec;
  readonly commitMs: number;
  /** Outputs are compared by hash in this many rounds, beginning with the first. */
  readonly checkedRounds: number;
}

export interface ThroughputRound {
  readonly round: number;
  readonly views: number;
  readonly codec: Codec;
  readonly tls: boolean;
  readonly commitMs: number;
  readonly meanValueBytes: number;
  /** In the order in which they ran. */
  readonly runs: readonly CandidateRun[];
}

const WARM_UP = StreamName.parse('bench.warm-up');
const WARM_UP_EVENTS = 200_000;
const COMMIT_MS = 100;

export function throughputRound(plan: ThroughputPlan, round: number, options: StandOptions): Promise<ThroughputRound> {
  const { candidates, views, codec, commitMs, events } = plan;
  return onPreparedStand(candidates, plan, options, async (task) => {
    const { stand } = task;
    await warmUp(stand, codec);
    const filled = await fillSource(stand, { first: SEED_EVENTS, count: events - SEED_EVENTS, codec });
    const runs: CandidateRun[] = [];
    for (const candidate of rotated(candidates, round)) {
      const run = await runCandidate(candidate, task, { total: events, withOutput: round < plan.checkedRounds });
      options.say(lineOf(run));
      runs.push(run);
      await removeTopics(stand, task.views.map(candidate.topicOf));
    }
    compareOutputs(runs);
    return { round, views, codec, tls: options.tls, commitMs, ...filled, runs };
  });
}

/** The broker's own code gets warm on events that nobody measures. */
async function warmUp(stand: Stand, codec: Codec): Promise<void> {
  const copier = copyPeer('warm-up', TUNED.plain(COMMIT_MS));
  const task: Task = { stand, source: WARM_UP, views: benchViews(1), commitMs: COMMIT_MS, codec, size: {} };
  await makeStream(stand, WARM_UP);
  await fillSource(stand, { source: WARM_UP, first: 0, count: WARM_UP_EVENTS, codec });
  await copier.prepare(task);
  await runCandidate(copier, task, { total: WARM_UP_EVENTS, withOutput: false });
  await removeTopics(stand, [WARM_UP, ...task.views.map(copier.topicOf)]);
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** The copier does not project, so its output is its own. @throws Error when two others do not agree */
function compareOutputs(runs: readonly CandidateRun[]): void {
  const outputs = runs.filter(({ candidate, output }) => candidate !== 'copy' && output !== null);
  if (new Set(outputs.map(({ output }) => output?.hash)).size <= 1) return;
  const views = outputs.map(({ candidate, output }) => `${candidate} ${output?.records} ${output?.views.join(' ')}`);
  throw new Error(`outputs differ:\n${views.join('\n')}`);
}

function lineOf({ candidate, figures, output }: CandidateRun): string {
  const { cpuWarm, cpuAll, rateAll, rateWarm, residentMaxMiB, brokerCpuWarm } = figures;
  return [
    candidate.padEnd(10),
    `cpu ${cpuWarm.toFixed(2)} (all ${cpuAll.toFixed(2)})`,
    `broker ${brokerCpuWarm.toFixed(2)}`,
    `${Math.round(rateAll)}/s (warm ${Math.round(rateWarm)}/s)`,
    `${Math.round(residentMaxMiB)} MiB`,
    output === null ? '' : `${output.records} records ${output.hash}`,
  ].join('  ');
}

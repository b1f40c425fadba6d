/** From publishing to a read_committed consumer of the view, at a steady rate, one candidate after the other. */
import type { Candidate } from '../candidates/candidate.js';
import { runJava } from '../candidates/java.js';
import { cpuSeconds } from '../measuring/process.meter.js';
import type { StandOptions } from '../stand/stand.js';
import { onPreparedStand, SEED_EVENTS } from './prepared.js';
import { whileRunning } from './running.js';

export interface LatencyPlan {
  readonly candidates: readonly Candidate[];
  readonly commitMs: number;
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface LatencyRun {
  readonly candidate: string;
  readonly commitMs: number;
  readonly samples: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** CPU seconds of the candidate over the whole probe, warm-up included. */
  readonly cpu: number;
}

export function latencyRound(plan: LatencyPlan, options: StandOptions): Promise<LatencyRun[]> {
  const how = { views: 1, commitMs: plan.commitMs, codec: 'none' } as const;
  return onPreparedStand(plan.candidates, how, options, async (task) => {
    const { perSecond, warmUpSeconds, seconds } = plan;
    const published = (warmUpSeconds + seconds) * perSecond;
    const runs: LatencyRun[] = [];
    for (const [index, candidate] of plan.candidates.entries()) {
      const first = SEED_EVENTS + index * published;
      const run = await whileRunning(candidate, task, async ({ running, reached }) => {
        await reached(first);
        const cpu = () => running.processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
        const before = cpu();
        const [view] = task.views;
        const measured = await runJava<Omit<LatencyRun, 'candidate' | 'commitMs' | 'cpu'>>(
          task.stand,
          `probe-${candidate.name}`,
          'probe',
          {
            source: task.source,
            group: 'bench.probe',
            commitMs: 0,
            views: view === undefined ? [] : [{ view, topic: candidate.topicOf(view) }],
            tuning: { 'producer.linger.ms': 0, 'consumer.fetch.min.bytes': 1 },
            role: { first, perSecond, warmUpSeconds, seconds },
          },
        );
        return { candidate: candidate.name, commitMs: plan.commitMs, ...measured, cpu: cpu() - before };
      });
      const { p50, p90, p99, max } = run;
      options.say(
        `${candidate.name.padEnd(10)} commit ${plan.commitMs} ms  p50 ${p50}  p90 ${p90}  p99 ${p99}  max ${max}  cpu ${run.cpu.toFixed(1)} s`,
      );
      runs.push(run);
    }
    return runs;
  });
}

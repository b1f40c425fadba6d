/** One candidate, once: start, watch until everything is committed, stop, look at what came out. */
import type { Candidate, Task } from '../candidates/candidate.js';
import { codecOf, dump, type Output } from '../candidates/source.js';
import { figuresOf, type RunFigures, type Sample, watch } from '../measuring/watch.js';
import { whileRunning } from './running.js';

export interface CandidateRun {
  readonly candidate: string;
  readonly figures: RunFigures;
  /** Null where it was not asked for. */
  readonly output: Output | null;
  /** Resident memory over time, one sample a second. */
  readonly memory: readonly { seconds: number; residentMiB: number }[];
}

/** @param o.total events that the source holds */
export async function runCandidate(
  candidate: Candidate,
  task: Task,
  o: { total: number; withOutput: boolean },
): Promise<CandidateRun> {
  const startedAt = performance.now();
  const { from, samples } = await whileRunning(candidate, task, async ({ running, progress }) => {
    const already = await progress.committed();
    const watched = {
      pids: running.processes.map(({ pid }) => pid),
      brokerPid: task.stand.brokerPid,
      progress,
      exited: Promise.race(running.processes.map(({ exited }) => exited)),
    };
    return { from: already, samples: await watch(watched, startedAt, already, o.total) };
  });
  const topics = task.views.map((view) => ({ view, topic: candidate.topicOf(view) }));
  const written = codecOf(task.stand, topics[0]?.topic ?? '');
  if (written !== task.codec) throw new Error(`${candidate.name} wrote ${written}, not ${task.codec}`);
  return {
    candidate: candidate.name,
    figures: figuresOf(samples, from),
    output: o.withOutput ? await dump(task.stand, candidate.name, topics) : null,
    memory: everySecond(samples),
  };
}

function everySecond(samples: readonly Sample[]): { seconds: number; residentMiB: number }[] {
  const kept: { seconds: number; residentMiB: number }[] = [];
  for (const { seconds, residentMiB } of samples) {
    if (seconds - (kept.at(-1)?.seconds ?? -1) >= 1) kept.push({ seconds, residentMiB });
  }
  return kept;
}

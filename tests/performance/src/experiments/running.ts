/** A candidate that runs while something is done to it. */
import { readFileSync } from 'node:fs';
import type { Candidate, Running, Task } from '../candidates/candidate.js';
import { openProgress, type Progress } from '../measuring/progress.js';
import { until } from '../stand/until.js';

const CATCH_UP_MS = 180_000;
const GRACE_MS = 20_000;
const TAIL = 1_500;

export interface Runner {
  readonly running: Running;
  readonly progress: Progress;
  /** Resolves when so many events of the source are committed. @throws Error when it ends first */
  reached(total: number): Promise<void>;
}

/** Starts it, hands it over, stops it, however the work ends. */
export async function whileRunning<T>(
  candidate: Candidate,
  task: Task,
  work: (runner: Runner) => Promise<T>,
): Promise<T> {
  const running = await candidate.start(task);
  let ended = false;
  for (const { exited } of running.processes) void exited.then(() => (ended = true));
  try {
    const progress = await openProgress(task.stand, task.source, running.groups);
    try {
      return await work({
        running,
        progress,
        async reached(total) {
          const there = async () => ended || (await progress.committed()) >= total;
          await until(`${candidate.name} has committed ${total} events`, CATCH_UP_MS, there);
          if (ended) throw new Error(`${candidate.name} ended by itself`);
        },
      });
    } finally {
      await progress.close();
    }
  } catch (cause) {
    const said = running.logFiles.map((file) => readFileSync(file, 'utf8').slice(-TAIL)).join('\n');
    throw new Error(`${candidate.name} failed. It said last:\n${said}`, { cause });
  } finally {
    await Promise.all(running.processes.map((child) => child.stop(GRACE_MS)));
  }
}

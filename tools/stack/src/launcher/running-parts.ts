import { setTimeout as delay } from 'node:timers/promises';
import { type RunningPart, stopInOrder } from './stopping.js';

/** Everything that was started, so that all of it ends, also when the start itself is broken off. */
export interface RunningParts {
  /** Counts from the moment its start begins: a stop waits for it a little, then leaves it to its fate. */
  add(starting: Promise<RunningPart>): Promise<void>;
  /** Something runs, or is being started. */
  readonly any: boolean;
  /** Runs at the very end, last added first: locks, files. */
  atEnd(release: () => void): void;
  /** In order, within ten seconds. Idempotent. @returns names of what had to be killed */
  stop(): Promise<readonly string[]>;
  /** At once. */
  kill(): void;
}

const STARTING_MS = 1_500;

export function keepRunningParts(): RunningParts {
  const running: RunningPart[] = [];
  const starting = new Set<Promise<unknown>>();
  const releases: (() => void)[] = [];
  let stopping: Promise<readonly string[]> | undefined;

  function release(): void {
    for (const each of releases.splice(0).toReversed()) each();
  }

  async function stop(): Promise<readonly string[]> {
    if (starting.size > 0) await Promise.race([Promise.allSettled(starting), delay(STARTING_MS, null, { ref: false })]);
    const killed = await stopInOrder(running, Date.now);
    release();
    return killed;
  }

  return {
    async add(part) {
      starting.add(part);
      try {
        const started = await part;
        running.push(started);
        // It came up after the rest was stopped.
        if (stopping !== undefined) await started.stop(0);
      } finally {
        starting.delete(part);
      }
    },
    get any() {
      return running.length + starting.size > 0;
    },
    atEnd: (work) => void releases.push(work),
    stop: () => (stopping ??= stop()),
    kill() {
      for (const part of running) part.kill();
      release();
    },
  };
}

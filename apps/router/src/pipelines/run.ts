/**
 * Keeps one pipeline running: starts it again after a failure, ever more patiently, and ends when it is told to.
 * A fenced pipeline means that another router holds the same work: the process must end, not fight.
 */
import { isFenced, type Positions } from './pipeline.js';

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;
/** A run that lasted this long starts over with the shortest wait. */
const STEADY_MS = 30_000;

export interface Run {
  /** Asks it to stop; resolves when it has, to the positions it committed last (null: it never got so far). */
  stop(): Promise<Positions | null>;
}

export interface RunOptions {
  attempt(signal: AbortSignal): Promise<Positions>;
  onFailure(error: unknown): void;
  onFenced(error: unknown): void;
}

export function keepRunning({ attempt, onFailure, onFenced }: RunOptions): Run {
  const stopping = new AbortController();
  const { signal } = stopping;

  const done = (async () => {
    let backoff = FIRST_BACKOFF_MS;
    let last: Positions | null = null;
    while (!signal.aborted) {
      const startedAt = Date.now();
      try {
        last = await attempt(signal);
      } catch (error) {
        if (isFenced(error)) {
          onFenced(error);
          return last;
        }
        onFailure(error);
        if (Date.now() - startedAt > STEADY_MS) backoff = FIRST_BACKOFF_MS;
        await patience(backoff, signal);
        backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS);
      }
    }
    return last;
  })();

  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

function patience(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

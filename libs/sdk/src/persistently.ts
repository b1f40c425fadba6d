import { setTimeout as sleep } from 'node:timers/promises';

export interface Persistence {
  /** False: it will not get better, throw it. */
  worthIt: (error: unknown) => boolean;
  onFailure: (error: unknown) => void;
  signal: AbortSignal;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Repeats `work`, with pauses that double up to five seconds, until it succeeds, is hopeless, or the signal is aborted: then its
 * reason is thrown.
 */
export async function persistently<T>(work: () => Promise<T>, { worthIt, onFailure, signal }: Persistence): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!worthIt(error)) throw error;
      onFailure(error);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

import { asKafkaFailure, KafkaFailure } from './failure.js';

export interface RetryOptions {
  /** No new attempt begins later than this. */
  withinMs: number;
  firstPauseMs?: number;
  longestPauseMs?: number;
  signal?: AbortSignal;
  /** Default: the failure's own `retriable`. */
  worthIt?: (failure: KafkaFailure) => boolean;
}

/** Repeats `work` while its failure is worth it; then throws the last failure. */
export async function retrying<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const backoff = new Backoff(options.firstPauseMs ?? 50, options.longestPauseMs ?? 1_000);
  const deadline = Date.now() + options.withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const failure = asKafkaFailure(error);
      const again = options.worthIt?.(failure) ?? failure.retriable;
      if (!again || Date.now() >= deadline || options.signal?.aborted === true) throw failure;
      await pause(backoff.next(), options.signal);
    }
  }
}

/** Pauses that double up to a ceiling, each shortened by up to a quarter so that clients do not return in step. */
export class Backoff {
  #pause: number;

  constructor(
    private readonly first = 100,
    private readonly longest = 5_000,
  ) {
    this.#pause = first;
  }

  next(): number {
    const pause = this.#pause;
    this.#pause = Math.min(pause * 2, this.longest);
    return pause * (0.75 + Math.random() / 4);
  }

  reset(): void {
    this.#pause = this.first;
  }
}

/** Ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Settles as the given promise does, or after `ms`, whichever comes first. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  await Promise.race([work.then(() => undefined), pause(ms, stop.signal)]).finally(() => stop.abort());
}

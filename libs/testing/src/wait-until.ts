/** Slow machines set it above 1: every patience of every test is multiplied by it. */
const FACTOR = Number(process.env['CITYSTREAMS_TEST_TIME_FACTOR'] ?? 1) || 1;
const INTERVAL_MS = 25;

/** A patience in the time of this machine. */
export const patience = (ms: number): number => ms * FACTOR;

/**
 * Asks again and again until the predicate holds. What it throws counts as "not yet" and is the cause of the error at
 * the end. @throws Error naming what was waited for
 */
export async function waitUntil(
  description: string,
  predicate: () => boolean | Promise<boolean>,
  { timeoutMs = 10_000, intervalMs = INTERVAL_MS }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<void> {
  const patient = patience(timeoutMs);
  const until = performance.now() + patient;
  let cause: unknown;
  for (;;) {
    try {
      if (await predicate()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= until) {
      throw new Error(`waited ${patient} ms in vain: ${description}`, cause === undefined ? {} : { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

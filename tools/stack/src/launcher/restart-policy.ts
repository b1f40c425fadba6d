/** When a process that died by itself is started again. Pure: deaths and the time in, a decision out. */

export interface Restart {
  readonly afterMs: number;
  /** It dies too often: people have to look, and it is tried again only now and then, in case they mended it. */
  readonly failing: boolean;
}

const WINDOW_MS = 60_000;
const MOST_DEATHS = 5;
const FIRST_MS = 200;
const LONGEST_MS = 5_000;
const FAILING_MS = 15_000;

/**
 * @param deaths times of all its deaths in ms, this one included, oldest first
 * @param failedBefore it was failing already and has not been back since
 */
export function afterDeath(deaths: readonly number[], now: number, failedBefore = false): Restart {
  const recent = deaths.filter((at) => at > now - WINDOW_MS).length;
  if (recent >= MOST_DEATHS || failedBefore) return { afterMs: FAILING_MS, failing: true };
  return { failing: false, afterMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, recent - 1)) };
}

/** When a process that died by itself is started again. Pure: deaths and the time in, a decision out. */

export type Restart = { readonly again: true; readonly afterMs: number } | { readonly again: false };

const WINDOW_MS = 60_000;
const MOST_DEATHS = 5;
const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/** @param deaths times of all its deaths in ms, this one included, oldest first */
export function afterDeath(deaths: readonly number[], now: number): Restart {
  const recent = deaths.filter((at) => at > now - WINDOW_MS).length;
  if (recent >= MOST_DEATHS) return { again: false };
  return { again: true, afterMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, recent - 1)) };
}

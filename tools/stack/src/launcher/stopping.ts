import { setTimeout as delay } from 'node:timers/promises';
import { type Part, STOP_ORDER } from './parts.js';

/** Something that runs and can be ended: one process, Kafka, PostgreSQL. */
export interface RunningPart {
  readonly name: string;
  readonly part: Part;
  /** Asks it to stop, kills it after the grace; resolves when it is gone. Idempotent. */
  stop(graceMs: number): Promise<void>;
  /** At once, without cleaning up. */
  kill(): void;
}

/** Most that one step may take while the others still wait, and all of them together. */
const STEP_MS = 4_000;
const TOTAL_MS = 9_000;
/** Left to each later step, so that one hanging step cannot eat what Kafka needs to close its logs. */
const RESERVE_MS = 600;

/**
 * Stops everything in order, within ten seconds. Steps that are late are killed, so this always ends.
 * @returns names of what had to be killed
 */
export async function stopInOrder(running: readonly RunningPart[], now: () => number): Promise<string[]> {
  const deadline = now() + TOTAL_MS;
  const killed: string[] = [];
  for (const [index, step] of STOP_ORDER.entries()) {
    const parts = running.filter(({ part }) => step.includes(part));
    if (parts.length === 0) continue;
    const later = STOP_ORDER.length - 1 - index;
    const graceMs = Math.max(RESERVE_MS, Math.min(STEP_MS, deadline - now() - later * RESERVE_MS));
    await Promise.all(
      parts.map(async (part) => {
        if (await endsWithin(part.stop(graceMs), graceMs + 100)) return;
        killed.push(part.name);
        part.kill();
      }),
    );
  }
  return killed;
}

async function endsWithin(ending: Promise<void>, ms: number): Promise<boolean> {
  const patience = new AbortController();
  const late = delay(ms, false, { signal: patience.signal }).catch(() => false);
  // A stop that fails is as little done as one that hangs: it is killed.
  const ended = await Promise.race([ending.then(() => true).catch(() => false), late]);
  patience.abort();
  return ended;
}

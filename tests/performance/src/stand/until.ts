import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** Waits for a condition. @throws Error that names it when it does not come true in time */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`within ${withinMs / 1000} s it did not come true that ${what}`);
    await setTimeout(LOOK_EVERY_MS);
  }
}

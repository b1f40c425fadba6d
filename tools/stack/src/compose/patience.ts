/** Waiting for the servers: with `docker compose restart` everything starts at once, whatever depends on what. */
import { setTimeout as delay } from 'node:timers/promises';

const ANSWER_MS = 90_000;
const POLL_MS = 500;

/** @throws Error naming `what`, if it does not hold in time */
export async function untilAnswers(what: string, answers: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + ANSWER_MS;
  while (!(await answers())) {
    if (Date.now() > until) throw new Error(`${what} does not answer after ${ANSWER_MS / 1000} s`);
    await delay(POLL_MS);
  }
}

/** Whether a service of ours says that it is ready. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(POLL_MS * 4) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

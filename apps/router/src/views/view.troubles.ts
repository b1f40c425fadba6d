/** Views that cannot go on, why, and when each is tried again. */
import type { Ulid } from '@citystreams/contracts';
import type { ViewFault, ViewFaultCode } from '../projection/view.fault.js';

export interface ViewTrouble {
  readonly view: Ulid;
  readonly code: ViewFaultCode;
  readonly detail: string;
  readonly since: number;
  /** Not tried again before. */
  readonly retryAt: number;
  readonly tries: number;
}

const FIRST_RETRY_MS = 500;
/** What is only late is asked for often; a try of what was refused costs everybody a transaction. */
const LONGEST_RETRY_MS: Record<ViewFaultCode, number> = {
  SCHEMA_MISSING: 0,
  TOPIC_MISSING: 1_000,
  NOT_COMPILED: 30_000,
  PROJECTION: 30_000,
  TOPIC_REFUSED: 30_000,
  POSITION_LOST: 30_000,
};

export class ViewTroubles {
  readonly #troubles = new Map<Ulid, ViewTrouble>();

  all(): ViewTrouble[] {
    return [...this.#troubles.values()];
  }

  of(view: Ulid): ViewTrouble | undefined {
    return this.#troubles.get(view);
  }

  /** Whether the view may be tried at this time. */
  mayTry(view: Ulid, now: number): boolean {
    return (this.#troubles.get(view)?.retryAt ?? 0) <= now;
  }

  /** True when this is news: another reason than before, or the first. */
  add(fault: ViewFault, now: number): boolean {
    const before = this.#troubles.get(fault.view);
    const tries = (before?.tries ?? 0) + 1;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LONGEST_RETRY_MS[fault.code]);
    this.#troubles.set(fault.view, {
      view: fault.view,
      code: fault.code,
      detail: fault.message,
      since: before?.since ?? now,
      retryAt: now + pause,
      tries,
    });
    return before?.detail !== fault.message;
  }

  /** True when there was one. */
  over(view: Ulid): boolean {
    return this.#troubles.delete(view);
  }
}

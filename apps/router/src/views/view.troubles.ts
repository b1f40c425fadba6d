/** Views that cannot go on, why, and when each is tried again. */
import type { Ulid, ViewTroubleCode } from '@citystreams/contracts';
import type { ViewFault } from '../projection/view.fault.js';

export interface ViewTrouble {
  readonly view: Ulid;
  readonly code: ViewTroubleCode;
  readonly detail: string;
  readonly since: number;
  /** Not tried again before. */
  readonly retryAt: number;
  readonly tries: number;
  readonly isTold: boolean;
}

const FIRST_RETRY_MS = 500;
/** What is only late is asked for often; a try of what was refused costs everybody a transaction. */
const LONGEST_RETRY_MS: Record<ViewTroubleCode, number> = {
  SCHEMA_MISSING: 0,
  TOPIC_MISSING: 1_000,
  NOT_COMPILED: 30_000,
  PROJECTION: 30_000,
  TOPIC_REFUSED: 30_000,
  POSITION_LOST: 30_000,
};
/** Right after an announcement a topic or a schema is often a moment late, and nobody needs to read of it. */
const TOLD_AFTER_MS: Record<ViewTroubleCode, number> = {
  SCHEMA_MISSING: 5_000,
  TOPIC_MISSING: 5_000,
  NOT_COMPILED: 0,
  PROJECTION: 0,
  TOPIC_REFUSED: 0,
  POSITION_LOST: 0,
};

export class ViewTroubles {
  readonly #troubles = new Map<Ulid, ViewTrouble>();

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  all(): ViewTrouble[] {
    return [...this.#troubles.values()];
  }

  of(view: Ulid): ViewTrouble | undefined {
    return this.#troubles.get(view);
  }

  /** Whether the view may be tried now. */
  mayTry(view: Ulid): boolean {
    return (this.#troubles.get(view)?.retryAt ?? 0) <= this.now();
  }

  /** True when it is to be told: once for each reason, and not before it has lasted as long as what is late may be. */
  add({ view, code, message: detail }: ViewFault): boolean {
    const now = this.now();
    const before = this.#troubles.get(view);
    const tries = (before?.tries ?? 0) + 1;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LONGEST_RETRY_MS[code]);
    const since = before?.since ?? now;
    const wasTold = before?.isTold === true && before.detail === detail;
    const isTold = wasTold || now - since >= TOLD_AFTER_MS[code];
    this.#troubles.set(view, { view, code, detail, since, retryAt: now + pause, tries, isTold });
    return isTold && !wasTold;
  }

  /** True when there was one, and it was told. */
  over(view: Ulid): boolean {
    const isTold = this.#troubles.get(view)?.isTold === true;
    this.#troubles.delete(view);
    return isTold;
  }
}

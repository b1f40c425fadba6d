import type { Finding, ProblemCode } from '@citystreams/contracts';

export interface ProblemOptions {
  /** What the caller can do about it. */
  action?: string;
  /** Every single thing that is wrong. */
  problems?: readonly Finding[];
  /** Headers of the answer, such as `retry-after`. */
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/**
 * An answer that is a refusal. `detail` and `problems` reach the caller as written, so they hold nothing secret; the
 * status belongs to the code.
 */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly action: string | undefined;
  readonly problems: readonly Finding[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.detail = detail;
    this.action = options.action;
    this.problems = options.problems;
    this.headers = options.headers ?? {};
  }
}

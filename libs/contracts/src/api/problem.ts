/**
 * Errors as every HTTP surface of ours tells them: RFC 9457 problem details with a stable `code`.
 * The status belongs to the code: a new code does not compile until it has one.
 */
import { z } from 'zod';

export const PROBLEM_STATUS = {
  VALIDATION_FAILED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  STREAM_EXISTS: 409,
  STATE_CONFLICT: 409,
  PAUSES_USED_UP: 409,
  NOT_DISPUTABLE: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  STALE_ETAG: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  CONTRACT_INVALID: 422,
  CONTRACT_INCOMPATIBLE: 422,
  FIELD_UNKNOWN: 422,
  MASK_INVALID: 422,
  PREDICATE_INVALID: 422,
  POLICY_FORBIDS: 422,
  NOT_NARROWER: 422,
  NO_DECIDER: 422,
  PRINCIPAL_UNKNOWN: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UPSTREAM_UNAVAILABLE: 502,
  UNAVAILABLE: 503,
} as const;
export type ProblemCode = keyof typeof PROBLEM_STATUS;

export const Finding = z.object({
  /** Where: a JSON path in the body, a field of a contract, or a parameter. */
  field: z.string(),
  message: z.string(),
  /** What to write instead. */
  fix: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  /** Which occurrence of an `INTERNAL` this is; the log repeats it. */
  instance: z.string().optional(),
  /** What the caller can do about it. */
  action: z.string().optional(),
  problems: z.array(Finding).optional(),
});
export type Problem = z.infer<typeof Problem>;

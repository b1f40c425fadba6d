/** How much of the evidence somebody asks for. */
import { Ulid } from '@citystreams/contracts';
import { z } from 'zod';

const limit = z.coerce.number().int().min(1).max(200).default(50);
const after = z.coerce
  .number('must be the `next` of the page before')
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .default(0);

export const AuditAsked = z.strictObject({
  /** Records that follow this number. */
  after,
  limit,
  /** Of this request, entitlement, suspension, ... alone. */
  object: z.string().max(200).optional(),
  /** Everything that belongs to this subscription request. */
  request: Ulid.optional(),
});
export type AuditAsked = z.infer<typeof AuditAsked>;

export const HeadsAsked = z.strictObject({ after, limit });
export type HeadsAsked = z.infer<typeof HeadsAsked>;

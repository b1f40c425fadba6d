/**
 * The evidence chain as it is kept, shown and exported. Its format is a promise to readers who do not run our code:
 * docs/decisions/0012-evidence-chain.md says how each digest is made.
 */
import { z } from 'zod';
import { Ulid } from '../names.js';

/** What can be recorded. Names are added, never changed: old records keep theirs for ever. */
export const AuditAction = z.enum([
  'request.submitted',
  'request.decided',
  'request.asked',
  'request.answered',
  'request.countered',
  'request.accepted',
  'request.declined',
  'request.disputed',
  'request.withdrawn',
  'request.lapsed',
  'request.escalated',
  'request.resubmitted',
  'entitlement.granted',
  'entitlement.amended',
  'entitlement.narrowed',
  'entitlement.revoked',
  'entitlement.relinquished',
  'entitlement.suspended',
  'entitlement.resumed',
  'entitlement.state',
  'entitlement.receipt',
  'suspension.ordered',
  'suspension.lifted',
  'delegation.made',
  'delegation.ended',
  'policy.changed',
  'reminder.sent',
  'evidence.erased',
  'evidence.signed-by',
]);
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditObjectKind = z.enum([
  'request',
  'entitlement',
  'suspension',
  'delegation',
  'policy',
  'reminder',
  'evidence',
]);
export type AuditObjectKind = z.infer<typeof AuditObjectKind>;

const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 hexadecimal digits');
const Salt = z.string().regex(/^[0-9a-f]{32}$/, 'a salt is 32 hexadecimal digits');

/** What the chain itself holds. Nobody's name and no free text is in it. */
export const AuditRecord = z.strictObject({
  format: z.literal(1),
  /** From 1, without a gap, in the order in which the changes were committed. */
  sequence: z.number().int().positive(),
  at: z.iso.datetime(),
  /** Salted digest of the account that acted: the same for one account until it is erased. */
  actor: Digest,
  agency: z.string(),
  role: z.string().nullable(),
  action: AuditAction,
  object: z.strictObject({ kind: AuditObjectKind, id: z.string() }),
  outcome: z.string(),
  reasonCode: z.string().nullable(),
  /** The subscription request that it belongs to. */
  request: Ulid.nullable(),
  /** Keeps the record from being guessed by who knows only its digest. */
  salt: Salt,
  /** Salted digests of what lies beside the record: `before`, `after`, `text.<name>`. */
  digests: z.record(z.string(), Digest),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** What a digest was made of: SHA-256 over the salt's 16 bytes and then the content's UTF-8. */
export const AuditDetail = z.strictObject({
  salt: Salt,
  /** JSON text, exactly as it was digested. */
  content: z.string(),
});
export type AuditDetail = z.infer<typeof AuditDetail>;

/** One record as it is shown and exported. */
export const AuditEntry = z.strictObject({
  kind: z.literal('record'),
  record: AuditRecord,
  /** Hash of the record before; of the first one, the SHA-256 of the chain's id. */
  previous: Digest,
  hash: Digest,
  /** By part: `actor`, `before`, `after`, `text.<name>`. What was erased is absent. */
  beside: z.record(z.string(), AuditDetail),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

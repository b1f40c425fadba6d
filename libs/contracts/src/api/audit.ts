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

/**
 * The end of the chain at a moment, signed: what a reader keeps elsewhere. Messages of `citystreams.audit-heads`, lines of
 * the heads file, and beside the notices in `notice.<agency>`.
 */
export const AuditHead = z.strictObject({
  format: z.literal(1),
  kind: z.literal('audit-head'),
  chain: z.uuid(),
  sequence: z.number().int().positive(),
  hash: Digest,
  at: z.iso.datetime(),
  /** SHA-256 of the public key in DER (SubjectPublicKeyInfo), hex. */
  key: Digest,
  /** Ed25519 over the RFC 8785 form of all the other members, base64url. */
  signature: z.string(),
});
export type AuditHead = z.infer<typeof AuditHead>;

export const AuditKey = z.strictObject({
  key: Digest,
  /** PEM. */
  publicKey: z.string(),
});
export type AuditKey = z.infer<typeof AuditKey>;

/** First line of an export. */
export const AuditExportBegin = z.strictObject({
  kind: z.literal('audit-export'),
  format: z.literal(1),
  chain: z.uuid(),
  /** First and last record that follow. */
  from: z.number().int(),
  to: z.number().int(),
});
export type AuditExportBegin = z.infer<typeof AuditExportBegin>;

/** Last line of an export; without it the file is not whole. */
export const AuditExportEnd = z.strictObject({
  kind: z.literal('end'),
  records: z.number().int(),
  hash: Digest,
});
export type AuditExportEnd = z.infer<typeof AuditExportEnd>;

/** Takes names and texts away from beside the chain; the chain stays as it is and says that they were. */
export const EraseEvidence = z
  .strictObject({
    /** Its name. */
    account: z.string().min(1).max(200).optional(),
    /** What people wrote in the records with these numbers; `theirs`: in all records of the account. */
    texts: z.union([z.literal('theirs'), z.array(z.int().positive()).min(1).max(1000)]).optional(),
    legalGround: z.string().min(1).max(500),
    text: z.string().min(1).max(4000),
  })
  .refine(({ account, texts }) => account !== undefined || Array.isArray(texts), 'name an account, texts, or both');
export type EraseEvidence = z.infer<typeof EraseEvidence>;

/** What was taken away, as the record of it says too (`after`): parts by name, each with the numbers of its records. */
export const ErasedEvidence = z.strictObject({
  erasure: Ulid,
  actors: z.array(Digest),
  parts: z.record(z.string(), z.array(z.number().int().positive())),
});
export type ErasedEvidence = z.infer<typeof ErasedEvidence>;

/** Of a record that is not the reader's to see, the digest alone: enough to follow the chain across it. */
const AuditPassed = z.strictObject({ kind: z.literal('passed'), digest: Digest });

/** A stretch of the chain, from the first record of the bundle in it to the next published head. */
export const AuditSegment = z.strictObject({
  /** Number of its first item, and the hash before it. */
  from: z.number().int().positive(),
  previous: Digest,
  items: z.array(z.discriminatedUnion('kind', [AuditEntry, AuditPassed])),
  /** null: no head has been published since. */
  head: AuditHead.nullable(),
});
export type AuditSegment = z.infer<typeof AuditSegment>;

import { z } from 'zod';
import { AgencyId, FieldPath, PrincipalId, StreamName, Ulid } from '../names.js';
import { Level } from '../levels.js';
import { Predicate } from '../predicate.js';
import { Mask } from '../mask.js';

export const RequestState = z.enum([
  'DRAFT',
  'SUBMITTED',
  'PENDING_OWNER',
  'PENDING_PRIVACY',
  'PENDING_CDO',
  'INFO_REQUESTED',
  'COUNTER_OFFERED',
  'APPROVED',
  'REFUSED',
  'WITHDRAWN',
  'LAPSED',
  'DISPUTED',
]);
export type RequestState = z.infer<typeof RequestState>;

/** What happened to a request, as its history tells it. */
export const RequestEvent = z.enum([
  'submitted',
  'approved-by-rule',
  'refused-by-rule',
  'passed-on',
  'asked',
  'answered',
  'approved',
  'refused',
  'counter-offered',
  'accepted',
  'declined',
  'disputed',
  'ruled-grant',
  'ruled-narrower',
  'ruled-refusal',
  'reminded-half',
  'reminded-most',
  'escalated',
  'voided',
  'lapsed',
  'withdrawn',
]);
export type RequestEvent = z.infer<typeof RequestEvent>;
/** Longest text of a mask or condition. */
const MOST_TEXT = 64 * 1024;

/** How a field is shown, as people write it (`pseudonym per purpose`, `grid(500 m, latitude)`) or as a tree. */
export const WrittenMask = z.union([z.string().min(1).max(MOST_TEXT), Mask]);
export type WrittenMask = z.infer<typeof WrittenMask>;

/** A condition on an event, as people write it (`delay > 15 && origin == "SZX"`) or as a tree. */
export const WrittenPredicate = z.union([z.string().min(1).max(MOST_TEXT), Predicate]);
export type WrittenPredicate = z.infer<typeof WrittenPredicate>;

/** `POST /api/requests`: a draft. Every problem of the body is reported at once. */
export const CreateRequest = z.strictObject({
  stream: StreamName,
  fields: z.array(FieldPath).min(1).max(1000),
  /** By field; where nothing is said, the policy decides how a field of its level and category is shown. */
  masks: z.record(FieldPath, WrittenMask).default({}),
  predicate: WrittenPredicate.nullable().default(null),
  /** A code of `policy/purposes.yaml`. */
  purpose: z.string().min(1).max(64),
  legalBasis: z.string().min(1).max(2000),
  necessity: z.string().min(1).max(4000),
  duration: z.strictObject({ months: z.number().int().min(1).max(120) }),
  /** `now`, or a date from which retained history is asked (RFC 3339). */
  start: z.union([z.literal('now'), z.iso.datetime({ offset: true })]).default('now'),
  principals: z.array(PrincipalId).min(1).max(20),
});
export type CreateRequest = z.infer<typeof CreateRequest>;

export const ApproveRequest = z.strictObject({ text: z.string().max(4000).optional() });
export const RefuseRequest = z.strictObject({
  reasonCode: z.string().min(1).max(64),
  legalGround: z.string().min(1).max(1000),
  text: z.string().min(1).max(4000),
});
export type RefuseRequest = z.infer<typeof RefuseRequest>;

export const DecisionStep = z.enum(['rule', 'owner', 'privacy', 'cdo']);
export type DecisionStep = z.infer<typeof DecisionStep>;

/** Where a decision was made: at a step, or by the CDO on a dispute. */
export const DecisionPoint = z.enum([...DecisionStep.options, 'ruling']);
export type DecisionPoint = z.infer<typeof DecisionPoint>;

export const DecisionResource = z.object({
  step: DecisionStep,
  outcome: z.enum(['approved', 'refused']),
  decider: z.string(),
  role: z.string(),
  reasonCode: z.string().nullable(),
  legalGround: z.string().nullable(),
  text: z.string().nullable(),
  at: z.string(),
});
export type DecisionResource = z.infer<typeof DecisionResource>;

export const RequestResource = z.object({
  id: Ulid,
  state: RequestState,
  stream: StreamName,
  owner: AgencyId,
  asking: AgencyId,
  fields: z.array(FieldPath),
  masks: z.record(z.string(), Mask),
  predicate: Predicate.nullable(),
  purpose: z.string(),
  legalBasis: z.string(),
  necessity: z.string(),
  duration: z.object({ months: z.number() }),
  start: z.string(),
  principals: z.array(PrincipalId),
  level: Level,
  /** The steps fixed at submission, in order, and the policy version they come from. */
  steps: z.array(DecisionStep),
  policyVersion: z.string().nullable(),
  due: DecisionStep.nullable(),
  decisions: z.array(DecisionResource),
  entitlement: Ulid.nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type RequestResource = z.infer<typeof RequestResource>;

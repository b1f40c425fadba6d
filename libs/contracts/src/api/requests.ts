import { z } from 'zod';
import { AgencyId, FieldPath, PrincipalId, StreamName, Ulid } from '../names.js';
import { Level } from '../levels.js';
import { plainText } from '../text.js';
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

const Months = z.number().int().min(1).max(120);
/** `now`, or a date from which retained history is asked (RFC 3339). */
const Start = z.union([z.literal('now'), z.iso.datetime({ offset: true })]);

export const Continuation = z.strictObject({ entitlement: Ulid, as: z.enum(['renewal', 'amendment']) });
export type Continuation = z.infer<typeof Continuation>;

/** `POST /api/requests`: a draft. Every problem of the body is reported at once. */
export const CreateRequest = z.strictObject({
  stream: StreamName,
  fields: z.array(FieldPath).min(1).max(1000),
  /** By field; where nothing is said, the policy decides how a field of its level and category is shown. */
  masks: z.record(FieldPath, WrittenMask).default({}),
  predicate: WrittenPredicate.nullable().default(null),
  /** A code of `policy/purposes.yaml`. */
  purpose: z.string().min(1).max(64),
  legalBasis: plainText(2000),
  necessity: plainText(4000),
  duration: z.strictObject({ months: Months }),
  start: Start.default('now'),
  principals: z.array(PrincipalId).min(1).max(20),
  /** The entitlement that it continues: for longer as it is, or with another view. */
  continues: Continuation.nullable().default(null),
});
export type CreateRequest = z.infer<typeof CreateRequest>;

/** What asks for no words. */
export const PlainMove = z.strictObject({});
/** `approve`, `accept`, `decline`: words are welcome. */
export const MoveWithWords = z.strictObject({ text: plainText(4000).optional() });
export type MoveWithWords = z.infer<typeof MoveWithWords>;
/** `ask`, `answer`, `dispute`: the words are the matter. */
export const MoveByWords = z.strictObject({ text: plainText(4000) });
export type MoveByWords = z.infer<typeof MoveByWords>;

const reasons = { legalGround: plainText(1000), text: plainText(4000) };
const ReasonCode = z.string().min(1).max(64);

export const RefuseRequest = z.strictObject({ reasonCode: ReasonCode, ...reasons });
export type RefuseRequest = z.infer<typeof RefuseRequest>;

/** What a counter-offer takes away of what is asked; at least one part. Masks and condition as text or tree. */
export const WrittenDelta = z.strictObject({
  /** Fields, or records with all their fields, that are not shown. */
  remove: z.array(FieldPath).min(1).max(1000).optional(),
  /** Coarser masks, by field; `drop` removes it. */
  masks: z.record(FieldPath, WrittenMask).optional(),
  /** One more condition; it may use any field of the contract. */
  predicate: WrittenPredicate.optional(),
  /** A shorter term. */
  months: Months.optional(),
  /** A later start. */
  start: Start.optional(),
});
export type WrittenDelta = z.infer<typeof WrittenDelta>;

/** The same, as it is kept. */
export const OfferedDelta = WrittenDelta.extend({
  masks: z.record(FieldPath, Mask).optional(),
  predicate: Predicate.optional(),
});
export type OfferedDelta = z.infer<typeof OfferedDelta>;

export const CounterOffer = z.strictObject({ delta: WrittenDelta, text: plainText(4000) });
export type CounterOffer = z.infer<typeof CounterOffer>;

/** The CDO's word on a dispute. */
export const RuleOnDispute = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('grant'), ...reasons }),
  z.strictObject({ outcome: z.literal('grant-narrower'), delta: WrittenDelta, ...reasons }),
  z.strictObject({ outcome: z.literal('confirm-refusal'), reasonCode: ReasonCode, ...reasons }),
]);
export type RuleOnDispute = z.infer<typeof RuleOnDispute>;

export const DecisionStep = z.enum(['rule', 'owner', 'privacy', 'cdo']);
export type DecisionStep = z.infer<typeof DecisionStep>;

/** Where a decision was made: at a step, or by the CDO on a dispute. */
export const DecisionPoint = z.enum([...DecisionStep.options, 'ruling']);
export type DecisionPoint = z.infer<typeof DecisionPoint>;

export const DecisionResource = z.object({
  step: DecisionPoint,
  outcome: z.enum(['approved', 'refused', 'counter-offered']),
  decider: z.string(),
  role: z.string(),
  /** Whose right the decider used, as a deputy. */
  deputyFor: z.string().nullable(),
  /** Who was silent until the time was up. */
  inPlaceOf: z.string().nullable(),
  reasonCode: z.string().nullable(),
  legalGround: z.string().nullable(),
  text: z.string().nullable(),
  delta: OfferedDelta.nullable(),
  /** Made before the request changed: it counts no more. */
  void: z.boolean(),
  at: z.string(),
});
export type DecisionResource = z.infer<typeof DecisionResource>;

const PersonDue = z.object({
  account: z.string(),
  name: z.string(),
  agency: z.string(),
  /** Decides under the delegation of this account. */
  deputyFor: z.string().nullable(),
});

/** Who has to do something, and until when. */
export const RequestWaiting = z.object({
  for: z.enum(['owner', 'privacy', 'cdo', 'answer', 'offer', 'ruling']),
  people: z.array(PersonDue),
  since: z.string(),
  limitDays: z.number(),
  /** null: it cannot be known yet, and `dueUnknown` says why. */
  dueAt: z.string().nullable(),
  dueUnknown: z.string().nullable(),
  overdue: z.boolean(),
  /** How often the time was up without an answer, and whose silence that was. */
  escalation: z.number(),
  silent: z.array(z.object({ account: z.string(), name: z.string() })),
});
export type RequestWaiting = z.infer<typeof RequestWaiting>;

const RequestHistoryEntry = z.object({
  event: RequestEvent,
  from: RequestState,
  to: RequestState,
  /** null: a rule, the clock or a change of the contract. */
  by: z.string().nullable(),
  text: z.string().nullable(),
  at: z.string(),
});

export const RequestResource = z.object({
  id: Ulid,
  state: RequestState,
  stream: StreamName,
  owner: AgencyId,
  asking: AgencyId,
  fields: z.array(FieldPath),
  masks: z.record(z.string(), Mask),
  predicate: Predicate.nullable(),
  /** The deciding side's condition, beside the requester's own. */
  restriction: Predicate.nullable(),
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
  /** The step that a decision is due from; null where the request waits for nobody, or for the asking side. */
  due: DecisionStep.nullable(),
  waiting: RequestWaiting.nullable(),
  /** What is offered instead, until it is taken, declined or disputed. */
  offer: z.object({ by: z.enum(['owner', 'privacy', 'cdo', 'ruling']), delta: OfferedDelta }).nullable(),
  questions: z.object({ asked: z.number(), most: z.number(), daysUsed: z.number(), mostDays: z.number() }),
  /** Until when a refusal can be disputed, or why that is not known; null: it cannot. */
  disputable: z.object({ until: z.string().nullable(), unknown: z.string().nullable() }).nullable(),
  continues: Continuation.nullable(),
  /** What was looked at before any person decided. */
  checks: z.array(
    z.object({
      check: z.string(),
      passed: z.boolean(),
      code: z.string().nullable(),
      legalGround: z.string().nullable(),
      text: z.string(),
    }),
  ),
  decisions: z.array(DecisionResource),
  /** Oldest first; in lists it is left out. */
  history: z.array(RequestHistoryEntry).optional(),
  entitlement: Ulid.nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type RequestResource = z.infer<typeof RequestResource>;

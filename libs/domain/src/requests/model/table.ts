/**
 * The request machine a second time, as a table: what is possible, for whom, where it leads, and the code of each refusal.
 * Written from the rules of the city, not from the implementation, and read by the model that the machine is held against.
 */
import type { RequestState } from '@citystreams/contracts';

export const PEOPLE = [
  'asker',
  'askerService',
  'owner',
  'ownerDeputy',
  'privacy',
  'both',
  'cdo',
  'cdoDeputy',
  'stranger',
] as const;
export type PersonName = (typeof PEOPLE)[number];

export type Event =
  | 'submit'
  | 'check'
  | 'ask'
  | 'answer'
  | 'approve'
  | 'refuse'
  | 'counter-offer'
  | 'accept'
  | 'decline'
  | 'dispute'
  | 'rule'
  | 'withdraw'
  | 'change'
  | 'deadline'
  | 'remind';

/** Who may ever give this command; `city`: nobody gives it. */
export const GROUPS: Readonly<Record<string, readonly PersonName[]>> = {
  asking: ['asker', 'askerService'],
  'asking steward': ['asker'],
  deciding: ['owner', 'ownerDeputy', 'privacy', 'both', 'cdo', 'cdoDeputy'],
  judge: ['cdo', 'cdoDeputy'],
};

/** Whose turn a step is. */
export const HOLDERS: Readonly<Record<'owner' | 'privacy' | 'cdo', readonly PersonName[]>> = {
  owner: ['owner', 'ownerDeputy', 'both'],
  privacy: ['privacy', 'both'],
  cdo: ['cdo', 'cdoDeputy'],
};

export type Target = RequestState | 'NEXT' | 'BACK' | 'SAME' | 'OFFER_NEXT';

export type Condition =
  | 'public on an open stream'
  | 'forbidden'
  | 'nobody left'
  | 'requester is silent'
  | 'ruling grants'
  | 'ruling narrows'
  | 'ruling confirms'
  | 'always';

/** What must hold, or the command is refused with the code. Looked at in this order. */
export const RULES = {
  'fits the contract': 'FIELD_UNKNOWN',
  'is due': 'STATE_CONFLICT',
  'has not decided before': 'FORBIDDEN',
  'a pause is left': 'PAUSES_USED_UP',
  'a known reason': 'VALIDATION_FAILED',
  'can be disputed': 'NOT_DISPUTABLE',
  'is narrower': 'NOT_NARROWER',
  'in time': 'STATE_CONFLICT',
  'nothing has changed': 'STATE_CONFLICT',
  'something has changed': 'STATE_CONFLICT',
  'the policy allows it still': 'STATE_CONFLICT',
  'somebody is left for the rest': 'NO_DECIDER',
  'its time is up': 'STATE_CONFLICT',
  'the mark is reached': 'STATE_CONFLICT',
} as const;
export type Rule = keyof typeof RULES;

const PENDING = ['PENDING_OWNER', 'PENDING_PRIVACY', 'PENDING_CDO'] as const;

export interface Row {
  from: readonly RequestState[];
  event: Event;
  by: string;
  rules: readonly Rule[];
  when: Condition;
  to: Target;
}
const row = (
  from: readonly RequestState[],
  event: Event,
  by: string,
  rules: readonly Rule[],
  when: Condition,
  to: Target,
): Row => ({ from, event, by, rules, when, to });

const DECIDES = ['is due', 'has not decided before'] as const;
const LIVE = ['SUBMITTED', ...PENDING, 'INFO_REQUESTED', 'COUNTER_OFFERED'] as const;

// biome-ignore format: a table
export const TABLE: readonly Row[] = [
  row(['DRAFT'], 'submit', 'asking', ['fits the contract'], 'always', 'SUBMITTED'),
  row(['SUBMITTED'], 'check', 'city', [], 'forbidden', 'REFUSED'),
  row(['SUBMITTED'], 'check', 'city', [], 'nobody left', 'REFUSED'),
  row(['SUBMITTED'], 'check', 'city', [], 'public on an open stream', 'APPROVED'),
  row(['SUBMITTED'], 'check', 'city', [], 'always', 'PENDING_OWNER'),
  row(PENDING, 'ask', 'deciding', [...DECIDES, 'a pause is left'], 'always', 'INFO_REQUESTED'),
  row(['INFO_REQUESTED'], 'answer', 'asking', ['in time'], 'always', 'BACK'),
  row(['INFO_REQUESTED'], 'deadline', 'city', ['its time is up'], 'requester is silent', 'LAPSED'),
  row(PENDING, 'approve', 'deciding', [...DECIDES, 'nothing has changed', 'the policy allows it still', 'somebody is left for the rest'], 'always', 'NEXT'),
  row(PENDING, 'counter-offer', 'deciding', [...DECIDES, 'is narrower', 'nothing has changed'], 'always', 'COUNTER_OFFERED'),
  row(['COUNTER_OFFERED'], 'accept', 'asking steward', ['in time', 'nothing has changed'], 'always', 'OFFER_NEXT'),
  row(['COUNTER_OFFERED'], 'decline', 'asking steward', ['in time'], 'always', 'WITHDRAWN'),
  row(['COUNTER_OFFERED'], 'deadline', 'city', ['its time is up'], 'requester is silent', 'LAPSED'),
  row(['COUNTER_OFFERED', 'REFUSED'], 'dispute', 'asking steward', ['can be disputed', 'in time'], 'always', 'DISPUTED'),
  row(['DISPUTED'], 'rule', 'judge', ['nothing has changed'], 'ruling grants', 'APPROVED'),
  row(['DISPUTED'], 'rule', 'judge', ['is narrower', 'nothing has changed'], 'ruling narrows', 'COUNTER_OFFERED'),
  row(['DISPUTED'], 'rule', 'judge', ['a known reason'], 'ruling confirms', 'REFUSED'),
  row(['DISPUTED'], 'deadline', 'city', ['its time is up'], 'always', 'SAME'),
  row(PENDING, 'refuse', 'deciding', [...DECIDES, 'a known reason'], 'always', 'REFUSED'),
  row(PENDING, 'deadline', 'city', ['its time is up'], 'always', 'SAME'),
  row([...PENDING, 'INFO_REQUESTED', 'COUNTER_OFFERED', 'DISPUTED'], 'remind', 'city', ['the mark is reached'], 'always', 'SAME'),
  row(['DRAFT', ...LIVE, 'DISPUTED'], 'withdraw', 'asking', [], 'always', 'WITHDRAWN'),
  row(LIVE, 'change', 'city', ['something has changed'], 'always', 'SUBMITTED'),
];

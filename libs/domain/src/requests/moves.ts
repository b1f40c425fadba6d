/** What can be done to a request, what is known when it is, and what comes of it. */
import type {
  FieldPath,
  Level,
  PolicyMatrix,
  ProblemCode,
  RequestEvent,
  Role,
  SharingAttribute,
} from '@citystreams/contracts';
import type { CityCalendar } from '../clock/calendar.js';
import type { Mark } from '../clock/wait.js';
import type { AskProblem } from './ask.check.js';
import type { Basis, Decision, PersonStep, SubscriptionRequest } from './subscription-request.js';

/** Who acts: a person or a service account, with what its token says. */
export interface Actor {
  account: string;
  agency: string;
  roles: readonly Role[];
}

interface Refusal {
  reasonCode: string;
  legalGround: string;
  text: string;
}

/** One shape for several moves. */
type Each<T extends string, Shape extends object = object> = T extends string ? { type: T } & Shape : never;

export type PersonMove =
  | Each<'submit' | 'withdraw'>
  | Each<'ask' | 'answer' | 'dispute', { text: string }>
  | Each<'accept' | 'decline' | 'approve', { text: string | null }>
  | ({ type: 'refuse' } & Refusal)
  | { type: 'counter-offer'; delta: object; text: string }
  | { type: 'rule'; outcome: 'grant'; legalGround: string; text: string }
  | { type: 'rule'; outcome: 'grant-narrower'; delta: object; legalGround: string; text: string }
  | ({ type: 'rule'; outcome: 'confirm-refusal' } & Refusal);

/** What nobody does: the checks of a submission, the clock, a change of the contract. */
export type OwnMove = Each<'check' | 'change' | 'deadline'> | { type: 'remind'; mark: Exclude<Mark, 'deadline'> };

export type RequestCommand = (PersonMove & { by: Actor }) | OwnMove;
export type CommandOf<T extends RequestCommand['type']> = Extract<RequestCommand, { type: T }>;

/** Somebody who can take a step, in their own right or as a deputy whose delegation is in force. */
export interface Decider {
  account: string;
  agency: string;
  deputyFor: string | null;
}

export type Deciders = Readonly<Record<PersonStep, readonly Decider[]>>;

export interface RequestFacts {
  calendar: CityCalendar;
  sharing: SharingAttribute;
  /** Of the asked fields as the contract stands now. */
  level: Level;
  policy: PolicyMatrix;
  /** What of the request does not fit the contract or the policy now. */
  problems: readonly AskProblem[];
  /** An entry of the negative list, or a rule, that forbids the request. */
  forbidden: { code: string; legalGround: string; text: string } | null;
  deciders: Deciders;
  /** Codes a refusal may give; a final one cannot be disputed. */
  refusalCodes: ReadonlyMap<string, { final: boolean }>;
  /** Of the whole contract as it stands now. */
  basis: Basis;
  /** The fields asked for: leaves of the contract. */
  asked: readonly FieldPath[];
  /** Why the delta of this command is not narrower than what is asked; empty for a command without one. */
  deltaProblems: readonly { field: string; message: string }[];
}

/** One line of a request's history. */
export interface RequestEntry {
  event: RequestEvent;
  from: SubscriptionRequest['state'];
  to: SubscriptionRequest['state'];
  /** null: nobody; the rule, the clock or a change of the contract did it. */
  by: Actor | null;
  /** Set where a decision was made. */
  decision: Decision | null;
  text: string | null;
  /** Of the wait it is about: who was waited for, and which wait it was. */
  turn: number | null;
  at: Date;
}

export type MoveRefusalCode = Extract<
  ProblemCode,
  | 'FORBIDDEN'
  | 'STATE_CONFLICT'
  | 'VALIDATION_FAILED'
  | 'PAUSES_USED_UP'
  | 'NOT_DISPUTABLE'
  | 'NOT_NARROWER'
  | 'NO_DECIDER'
  | AskProblem['code']
>;

export interface MoveRefused {
  ok: false;
  code: MoveRefusalCode;
  detail: string;
  problems?: readonly { field: string; message: string }[];
}

export interface Moved {
  ok: true;
  next: SubscriptionRequest;
  entries: readonly RequestEntry[];
  /** It became APPROVED: what is asked for is granted. */
  granted: boolean;
  /** What is asked for becomes this much narrower. */
  narrowedBy: object | null;
}

export type MoveOutcome = Moved | MoveRefused;

export const refused = (
  code: MoveRefusalCode,
  detail: string,
  problems?: readonly { field: string; message: string }[],
): MoveRefused => ({ ok: false, code, detail, ...(problems && { problems }) });

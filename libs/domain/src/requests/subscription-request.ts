/** A subscription request between two moves: everything that decides what may happen to it next. */
import type {
  AgencyId,
  DecisionPoint,
  DecisionStep,
  Level,
  RequestState,
  SharingAttribute,
  StreamName,
} from '@citystreams/contracts';
import type { Span } from '../clock/working-time.js';
import type { Wait } from '../clock/wait.js';

/** The steps a person decides; `rule` decides by itself. */
export type PersonStep = Exclude<DecisionStep, 'rule'>;

/** Whom a request waits for: a deciding step, the asking side's answer or its word on an offer, or the CDO's ruling. */
export type WaitingFor = PersonStep | 'answer' | 'offer' | 'ruling';

export interface Decision {
  step: DecisionPoint;
  outcome: 'approved' | 'refused' | 'counter-offered';
  /** Account of the person, or `policy <version>`. */
  decider: string;
  role: string;
  /** Whose right the decider used: a deputy decides under a delegation. */
  deputyFor: string | null;
  /** Who was silent until the time was up, where another decided for them. */
  inPlaceOf: string | null;
  reasonCode: string | null;
  legalGround: string | null;
  text: string | null;
  /** What was offered instead. */
  delta: object | null;
  /** Which of the request's rounds it belongs to; what was decided in an earlier round is void. */
  round: number;
  at: Date;
}

/** What an approval rests on: when any of it changes, everybody decides again. */
export interface Basis {
  stream: StreamName;
  level: Level;
  owner: AgencyId;
  sharing: SharingAttribute;
  /** By path, of the fields asked for: type, level and category in one text. */
  fields: Readonly<Record<string, string>>;
}

/** A clock, whom it runs for, and how often its end was met with silence. */
export interface RunningWait extends Wait {
  for: WaitingFor;
  /** Counts the request's waits, so that what one of them fired is told apart from the next. */
  turn: number;
  escalation: number;
  /** Accounts of those who let the time pass, the first to be silent first. */
  silent: readonly string[];
}

export interface Offer {
  /** By whose decision: a step of the fixed set, or the CDO's ruling. */
  by: PersonStep | 'ruling';
  delta: object;
}

/** `steps`, `policyVersion`, `level`, `replyDays` and `basis` are fixed at submission. */
export interface SubscriptionRequest {
  state: RequestState;
  asking: AgencyId;
  owner: AgencyId;
  /** Of the asked fields. */
  level: Level;
  steps: readonly DecisionStep[];
  policyVersion: string | null;
  /** Working days that each step has. */
  replyDays: number;
  basis: Basis | null;
  /** Counts submissions: the first, and one more after each material change. */
  round: number;
  /** The step that decides now; while it is paused or its offer is out, the step that goes on afterwards. */
  step: PersonStep | null;
  decisions: readonly Decision[];
  wait: RunningWait | null;
  /** The clock of the step that asked back. */
  paused: RunningWait | null;
  pauses: readonly Span[];
  offer: Offer | null;
  disputed: boolean;
  /** How many waits there were. */
  turn: number;
}

/** What an agency begins with. */
export const draftRequest = (asking: AgencyId, owner: AgencyId, level: Level): SubscriptionRequest => ({
  state: 'DRAFT',
  asking,
  owner,
  level,
  steps: [],
  policyVersion: null,
  replyDays: 0,
  basis: null,
  round: 0,
  step: null,
  decisions: [],
  wait: null,
  paused: null,
  pauses: [],
  offer: null,
  disputed: false,
  turn: 0,
});

/** Those that still count. */
export const standingDecisions = (request: Pick<SubscriptionRequest, 'decisions' | 'round'>): Decision[] =>
  request.decisions.filter((decision) => decision.round === request.round);

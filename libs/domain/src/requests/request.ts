/** A subscription request, who may act on it, and what is known when somebody does. */
import type {
  AgencyId,
  DecisionStep,
  Level,
  PolicyMatrix,
  ProblemCode,
  RequestState,
  Role,
  SharingAttribute,
} from '@citystreams/contracts';
import type { AskProblem } from './ask.check.js';

/** Who acts: a person or a service account, with what its token says. */
export interface Actor {
  account: string;
  agency: string;
  roles: readonly Role[];
}

export interface Decision {
  step: DecisionStep;
  outcome: 'approved' | 'refused';
  /** Account of the person, or `policy <version>`. */
  decider: string;
  role: string;
  reasonCode: string | null;
  legalGround: string | null;
  text: string | null;
  at: Date;
}

/** What the machine needs of a request; `steps`, `due` and `policyVersion` are fixed at submission. */
export interface RequestFile {
  state: RequestState;
  asking: AgencyId;
  owner: AgencyId;
  level: Level;
  steps: readonly DecisionStep[];
  policyVersion: string | null;
  due: DecisionStep | null;
  decisions: readonly Decision[];
}

export type RequestCommand =
  | { type: 'submit'; by: Actor }
  | { type: 'approve'; by: Actor; text: string | null }
  | { type: 'refuse'; by: Actor; reasonCode: string; legalGround: string; text: string }
  | { type: 'withdraw'; by: Actor };

/** The steps a person decides; `rule` decides by itself. */
export type PersonStep = Exclude<DecisionStep, 'rule'>;

export interface RequestFacts {
  sharing: SharingAttribute;
  /** Of the asked fields as the contract stands now. */
  level: Level;
  policy: PolicyMatrix;
  /** What of the request does not fit the contract or the policy now. */
  problems: readonly AskProblem[];
  /** The people who hold each deciding role for this stream's owner. */
  deciders: Readonly<Record<PersonStep, readonly { account: string; agency: string }[]>>;
  /** Codes a refusal may give. */
  reasonCodes: ReadonlySet<string>;
}

export type RequestEvent =
  | { type: 'submitted'; at: Date }
  | { type: 'decided'; decision: Decision }
  | { type: 'approved'; at: Date }
  | { type: 'withdrawn'; at: Date };

export type RequestOutcome =
  | { ok: true; next: RequestFile; events: RequestEvent[] }
  | {
      ok: false;
      code: Extract<ProblemCode, 'FORBIDDEN' | 'STATE_CONFLICT' | 'VALIDATION_FAILED' | AskProblem['code']>;
      detail: string;
      problems?: readonly AskProblem[];
    };

/** What a changed policy would have decided otherwise on requests that were made. Pure; nothing is decided by it. */
import type { AgencyId, DecisionStep, Policy, SharingAttribute, StreamName, Ulid } from '@citystreams/contracts';
import { askedLeaves, checkAgainstPolicy, type ContractFacts, levelOfAsk } from '../requests/ask.check.js';
import type { Ask } from '../views/ask.js';
import { forbiddenBy } from './negative.list.js';

/** A request as it was submitted, and the contract and stream as they stood. */
export interface RecordedRequest {
  id: Ulid;
  stream: StreamName;
  asking: AgencyId;
  purpose: string;
  ask: Ask;
  sharing: SharingAttribute;
  contract: ContractFacts;
  submittedAt: Date;
}

/** What a policy makes of a request before any person looks at it. */
export type PolicyAnswer =
  | { outcome: 'refused'; code: string; text: string }
  | { outcome: 'granted-by-rule' }
  | { outcome: 'asked'; steps: DecisionStep[]; replyWorkingDays: number };

export interface PolicyDifference {
  request: Ulid;
  stream: StreamName;
  asking: AgencyId;
  before: PolicyAnswer;
  after: PolicyAnswer;
}

export interface Simulation {
  /** How many requests were played. */
  played: number;
  differences: PolicyDifference[];
  /** Rules of the changed policy that failed; each denied. */
  failures: number;
}

export function simulatePolicy(requests: readonly RecordedRequest[], before: Policy, after: Policy): Simulation {
  let failures = 0;
  const differences = requests.flatMap((request): PolicyDifference[] => {
    const { id, stream, asking } = request;
    const [old, changed] = [answerOf(request, before, () => {}), answerOf(request, after, () => (failures += 1))];
    return isSame(old, changed) ? [] : [{ request: id, stream, asking, before: old, after: changed }];
  });
  return { played: requests.length, differences, failures };
}

const isSame = (a: PolicyAnswer, b: PolicyAnswer): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A policy that cannot be told denies: `onFailure` hears of each rule that failed. */
export function answerOf(request: RecordedRequest, policy: Policy, onFailure: () => void): PolicyAnswer {
  try {
    return told(request, policy, onFailure);
  } catch {
    onFailure();
    return {
      outcome: 'refused',
      code: 'RULE_FAILED',
      text: 'the policy could not be told; what cannot be told is denied',
    };
  }
}

function told(request: RecordedRequest, policy: Policy, onFailure: () => void): PolicyAnswer {
  const { ask, contract, sharing, submittedAt } = request;
  const refused = (code: string, text: string): PolicyAnswer => ({ outcome: 'refused', code, text });
  const level = levelOfAsk(ask.fields, contract);
  const rule = policy.matrix.levels[level];
  if (sharing === 'not-shared' || rule.sharing === 'not-shared' || rule.approvers.length === 0)
    return refused('NOT_SHARED', `${level} fields of this stream are not shared`);
  const leaves = new Set(askedLeaves(ask.fields, contract));
  const fields = contract.fields.filter((field) => leaves.has(field.path));
  const listed = forbiddenBy(policy.negativeList, { ...request, fields }, submittedAt, onFailure);
  if (listed !== null) return refused(listed.code, listed.text);
  if (!policy.purposes.some(({ code }) => code === request.purpose))
    return refused('PURPOSE_UNKNOWN', `the policy has no purpose "${request.purpose}"`);
  const problems = checkAgainstPolicy(ask, contract, policy.matrix);
  if (problems.length > 0) return refused('POLICY_FORBIDS', problems.map((problem) => problem.message).join('; '));
  if (sharing === 'unconditional' && level === 'L1') return { outcome: 'granted-by-rule' };
  const persons = rule.approvers.filter((step) => step !== 'rule');
  const steps: DecisionStep[] = persons.length === 0 ? ['owner'] : persons;
  // Where a person is asked about what the rule decides elsewhere, there is the time of the first level that asks.
  const replyWorkingDays = rule.replyWorkingDays || policy.matrix.levels.L2.replyWorkingDays || 0;
  return { outcome: 'asked', steps, replyWorkingDays };
}

/** What happens to a submission at once, before any person looks at it. */
import type { DecisionStep } from '@citystreams/contracts';
import { isPersonStep, STEPS, stepWithoutDecider } from './authority.js';
import { basisFor } from './basis.js';
import type { RequestFacts } from './moves.js';
import type { Decision, SubscriptionRequest } from './subscription-request.js';

/** What a submission fixes: everybody after it decides under this, whatever the policy says by then. */
export const fixedNow = (
  request: SubscriptionRequest,
  facts: RequestFacts,
): Pick<SubscriptionRequest, 'owner' | 'level' | 'steps' | 'policyVersion' | 'replyDays' | 'basis' | 'round'> => ({
  owner: facts.basis.owner,
  level: facts.level,
  steps: stepsFor(facts),
  policyVersion: facts.policy.version,
  replyDays: replyDaysFor(facts),
  basis: basisFor(facts.basis, facts.asked),
  round: request.round + 1,
});

/** The rule alone decides only what is public on an unconditional stream; everywhere else the owner is the first asked. */
function stepsFor(facts: RequestFacts): DecisionStep[] {
  if (facts.sharing === 'unconditional' && facts.level === 'L1') return ['rule'];
  const asked = facts.policy.levels[facts.level].approvers.filter(isPersonStep);
  return STEPS.filter((step) => step === 'owner' || asked.includes(step));
}

/** Where a person is asked about fields that the rule decides elsewhere, there is the time of the first level that asks. */
const replyDaysFor = ({ policy, level }: RequestFacts): number =>
  policy.levels[level].replyWorkingDays || policy.levels.L2.replyWorkingDays || 0;

export interface RuleRefusal {
  code: string;
  legalGround: string;
  text: string;
}

/** Why the request is refused before anybody decides; null: it is not. */
export function refusalByRule(request: SubscriptionRequest, facts: RequestFacts): RuleRefusal | null {
  const by = `policy ${facts.policy.version}`;
  const refusal = (code: string, text: string): RuleRefusal => ({ code, legalGround: by, text });
  if (facts.sharing === 'not-shared') return refusal('NOT_SHARED', 'the owner does not share this stream');
  const rule = facts.policy.levels[facts.level];
  if (rule.sharing === 'not-shared' || rule.approvers.length === 0) {
    return refusal('NOT_SHARED', `${facts.level} fields are not shared over this platform`);
  }
  if (facts.forbidden !== null) return facts.forbidden;
  const misfits = facts.problems.filter((p) => p.code !== 'POLICY_FORBIDS');
  if (misfits.length > 0) return refusal('CONTRACT_CHANGED', misfits.map((p) => p.message).join('; '));
  if (facts.problems.length > 0) return refusal('POLICY_FORBIDS', facts.problems.map((p) => p.message).join('; '));
  const orphan = stepWithoutDecider(request.steps, facts.deciders, request.asking);
  if (orphan === null) return null;
  return refusal('NO_DECIDER', `nobody outside ${request.asking} can decide the step "${orphan}"`);
}

export const decisionByRule = (
  request: SubscriptionRequest,
  facts: RequestFacts,
  refusal: RuleRefusal | null,
  at: Date,
): Decision => ({
  step: 'rule',
  outcome: refusal === null ? 'approved' : 'refused',
  decider: `policy ${facts.policy.version}`,
  role: 'rule',
  deputyFor: null,
  inPlaceOf: null,
  reasonCode: refusal?.code ?? null,
  legalGround: refusal?.legalGround ?? null,
  text: refusal?.text ?? null,
  delta: null,
  round: request.round,
  at,
});

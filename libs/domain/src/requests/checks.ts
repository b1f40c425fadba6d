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

export interface RequestCheck {
  check: 'sharing' | 'level' | 'negative-list' | 'contract' | 'policy' | 'deciders';
  passed: boolean;
  /** Of the refusal, where it did not pass. */
  code: string | null;
  legalGround: string | null;
  text: string;
}

/** Everything that is looked at, in this order; the first that does not pass refuses the request. */
export function checksOf(request: SubscriptionRequest, facts: RequestFacts): RequestCheck[] {
  const { level, policy, sharing, forbidden, problems, deciders } = facts;
  const misfits = problems.filter((p) => p.code !== 'POLICY_FORBIDS').map((p) => p.message);
  const forbids = problems.filter((p) => p.code === 'POLICY_FORBIDS').map((p) => p.message);
  const rule = policy.levels[level];
  const shared = rule.sharing !== 'not-shared' && rule.approvers.length > 0;
  const orphan = stepWithoutDecider(request.steps, deciders, request.asking);
  const by = `policy ${policy.version}`;
  const line = (check: RequestCheck['check'], code: string, failure: string | null, success: string): RequestCheck =>
    failure === null
      ? { check, passed: true, code: null, legalGround: null, text: success }
      : { check, passed: false, code, legalGround: by, text: failure };
  const listed = line('negative-list', forbidden?.code ?? '', forbidden?.text ?? null, 'nothing forbids it');
  return [
    line('sharing', 'NOT_SHARED', sharing === 'not-shared' ? 'the owner does not share this stream' : null, sharing),
    line('level', 'NOT_SHARED', shared ? null : `${level} fields are not shared over this platform`, level),
    forbidden === null ? listed : { ...listed, legalGround: forbidden.legalGround },
    line('contract', 'CONTRACT_CHANGED', textOf(misfits), 'the contract has what is asked'),
    line('policy', 'POLICY_FORBIDS', textOf(forbids), `${by} allows it`),
    line(
      'deciders',
      'NO_DECIDER',
      orphan === null ? null : `nobody outside ${request.asking} can decide the step "${orphan}"`,
      `decided by: ${request.steps.join(', ')}`,
    ),
  ];
}

const textOf = (messages: readonly string[]): string | null => (messages.length === 0 ? null : messages.join('; '));

/** Why the request is refused before anybody decides; null: it is not. */
export const refusalByRule = (request: SubscriptionRequest, facts: RequestFacts): RequestCheck | null =>
  checksOf(request, facts).find((check) => !check.passed) ?? null;

export const decisionByRule = (
  request: SubscriptionRequest,
  facts: RequestFacts,
  refusal: RequestCheck | null,
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

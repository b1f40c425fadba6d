/** Who may act: the asking side, the person a step belongs to, a deputy, or the CDO in a silent person's place. */
import type { AgencyId, DecisionStep, Role } from '@citystreams/contracts';
import type { Actor, Deciders, RequestFacts } from './moves.js';
import type { PersonStep, SubscriptionRequest } from './subscription-request.js';

export const STEPS: readonly PersonStep[] = ['owner', 'privacy', 'cdo'];

const ROLE_OF: Readonly<Record<PersonStep, Role>> = { owner: 'steward', privacy: 'privacy-officer', cdo: 'cdo' };

export const roleOf = (step: PersonStep): Role => ROLE_OF[step];

export const isPersonStep = (step: DecisionStep): step is PersonStep => (STEPS as readonly string[]).includes(step);

/** In which right somebody decides. */
export interface Authority {
  role: Role;
  deputyFor: string | null;
  inPlaceOf: string | null;
}

export const isAskingSide = (by: Actor, request: SubscriptionRequest): boolean =>
  by.agency === request.asking && (by.roles.includes('steward') || by.roles.includes('service'));

/** Offers and refusals are answered by a person. */
export const isAskingSteward = (by: Actor, request: SubscriptionRequest): boolean =>
  by.agency === request.asking && by.roles.includes('steward');

/** The right to take a step: one's own, or a delegated one. A person of the requesting agency never has it. */
function rightTo(by: Actor, step: PersonStep, request: SubscriptionRequest, facts: RequestFacts): Authority | null {
  if (by.agency === request.asking) return null;
  const role = roleOf(step);
  const own = by.roles.includes(role) && (step === 'cdo' || by.agency === request.owner);
  if (own) return { role, deputyFor: null, inPlaceOf: null };
  const deputy = facts.deciders[step].find((d) => d.account === by.account && d.deputyFor !== null);
  return deputy === undefined ? null : { role, deputyFor: deputy.deputyFor, inPlaceOf: null };
}

/** The CDO judges an owner's silence or refusal, so never one of the owner's own office. */
export function rightToJudge(by: Actor, request: SubscriptionRequest, facts: RequestFacts): Authority | null {
  return by.agency === request.owner ? null : rightTo(by, 'cdo', request, facts);
}

/** The right to decide at the step that is due, also in the place of somebody who was silent until the time was up. */
export function rightNow(by: Actor, request: SubscriptionRequest, facts: RequestFacts): Authority | null {
  const { step, wait } = request;
  if (step === null) return null;
  const own = rightTo(by, step, request, facts);
  if (own !== null || step === 'cdo' || wait === null || wait.escalation === 0) return own;
  const judge = rightToJudge(by, request, facts);
  return judge && { ...judge, inPlaceOf: wait.silent[0] ?? null };
}

/** Has some part in deciding this request, now or at another step. */
export const isDecidingSide = (by: Actor, request: SubscriptionRequest, facts: RequestFacts): boolean =>
  STEPS.some((step) => rightTo(by, step, request, facts) !== null);

/**
 * The first step that no person is left for when every step needs a person of its own who is not of the requesting
 * agency; null when each step has one.
 *
 * @param taken accounts of people who have decided a step already
 */
export function stepWithoutDecider(
  steps: readonly DecisionStep[],
  deciders: Deciders,
  asking: AgencyId,
  taken: readonly string[] = [],
): PersonStep | null {
  const persons = steps.filter(isPersonStep);
  let furthest = 0;
  const place = (index: number, busy: readonly string[]): boolean => {
    const step = persons[index];
    if (step === undefined) return true;
    furthest = Math.max(furthest, index);
    return deciders[step].some(
      (p) => p.agency !== asking && !busy.includes(p.account) && place(index + 1, [...busy, p.account]),
    );
  };
  return place(0, taken) ? null : (persons[furthest] ?? null);
}

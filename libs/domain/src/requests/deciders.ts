/** Who decides a step, and whether a request has anybody to decide it. */
import type { AgencyId, DecisionStep, Role } from '@citystreams/contracts';
import type { Actor, PersonStep, RequestFacts, RequestFile } from './request.js';

const ROLE_OF: Record<PersonStep, Role> = { owner: 'steward', privacy: 'privacy-officer', cdo: 'cdo' };

export const roleOf = (step: PersonStep): Role => ROLE_OF[step];

export const isPersonStep = (step: DecisionStep): step is PersonStep => step !== 'rule';

/** Holds the deciding role of a step for this owner. A person of the requesting agency never does. */
export function mayDecide(actor: Actor, step: PersonStep, request: Pick<RequestFile, 'asking' | 'owner'>): boolean {
  if (actor.agency === request.asking || !actor.roles.includes(ROLE_OF[step])) return false;
  return step === 'cdo' || actor.agency === request.owner;
}

/**
 * The first step that no person is left for when every step needs a person of its own who is not of the requesting
 * agency; null when each step has one.
 */
export function stepWithoutDecider(
  steps: readonly DecisionStep[],
  deciders: RequestFacts['deciders'],
  asking: AgencyId,
): PersonStep | null {
  const persons = steps.filter(isPersonStep);
  let furthest = 0;
  const place = (index: number, taken: readonly string[]): boolean => {
    const step = persons[index];
    if (step === undefined) return true;
    furthest = Math.max(furthest, index);
    return deciders[step].some(
      (p) => p.agency !== asking && !taken.includes(p.account) && place(index + 1, [...taken, p.account]),
    );
  };
  return place(0, []) ? null : (persons[furthest] ?? null);
}

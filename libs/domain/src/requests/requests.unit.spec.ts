/** Rules that the table does not show: in whose name somebody decides, and whom people hear from. */
import type { AgencyId } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import type { World } from './model/model.js';
import { ACTORS, ASKING, DECIDERS, factsOf, OWNER } from './model/scene.js';
import type { Moved, PersonMove, RequestFacts } from './moves.js';
import { draftRequest, type SubscriptionRequest } from './subscription-request.js';
import { peopleDue, type RequestPeople, tellingsOf } from './telling.js';
import { act, passTime } from './transitions.js';

const MONDAY = new Date('2026-03-02T02:00:00Z');
const WORLD: World = {
  ...{ level: 'L4', sharing: 'conditional', contract: 0, misfit: false, policyForbids: false, listed: false },
  privacyVacant: false,
};
const facts = factsOf(WORLD);
const head = { account: 'city-government.head', agency: 'city-government', deputyFor: null };
const people: RequestPeople = {
  deciders: DECIDERS,
  asking: [{ account: 'futian.steward', agency: 'futian', deputyFor: null }],
  head,
};

function go(
  request: SubscriptionRequest,
  who: keyof typeof ACTORS,
  move: PersonMove,
  now = MONDAY,
  given: RequestFacts = facts,
): Moved {
  const outcome = act(request, { ...move, by: ACTORS[who] }, given, now);
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.detail}`);
  return outcome;
}
const approve: PersonMove = { type: 'approve', text: null };
const submitted = (asking: AgencyId = ASKING, owner: AgencyId = OWNER, given = facts): Moved => {
  const by = { account: `${asking}.steward`, agency: asking, roles: ['steward' as const] };
  const outcome = act(draftRequest(asking, owner, 'L1'), { type: 'submit', by }, given, MONDAY);
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome;
};
const silence = (request: SubscriptionRequest, now: string): Moved => {
  const moved = passTime(request, facts, new Date(now));
  if (moved === null) throw new Error('nothing is due');
  return moved;
};

describe('who decides', () => {
  test('a deputy, in whose name the decision says', () => {
    const { next } = go(submitted().next, 'ownerDeputy', approve);
    expect(next.decisions).toMatchObject([{ decider: 'bao-an.deputy', deputyFor: 'bao-an.steward', inPlaceOf: null }]);
  });

  test('the CDO in the place of who was silent, whom the decision names; the CDO’s own step is then another’s', () => {
    const late = silence(submitted().next, '2026-03-16T16:00:00Z').next;
    const { next } = go(late, 'cdo', approve);
    expect(next.decisions).toMatchObject([{ decider: 'cdo', role: 'cdo', inPlaceOf: 'bao-an.steward' }]);
    const atCdo = go(next, 'privacy', approve).next;
    expect(() => go(atCdo, 'cdo', approve)).toThrow('FORBIDDEN');
    expect(go(atCdo, 'cdoDeputy', approve).next.state).toBe('APPROVED');
  });

  test('where the city government asks, the CDO’s deputy from another office; without one, nobody, and it is refused', () => {
    const city = 'city-government' as AgencyId;
    const asked = submitted(city);
    expect(asked.next.state).toBe('PENDING_OWNER');
    const atCdo = go(go(asked.next, 'owner', approve).next, 'privacy', approve).next;
    expect(() => go(atCdo, 'cdo', approve)).toThrow('FORBIDDEN');
    expect(go(atCdo, 'cdoDeputy', approve).next.state).toBe('APPROVED');
    const alone = { ...facts, deciders: { ...DECIDERS, cdo: DECIDERS.cdo.slice(0, 1) } };
    expect(submitted(city, OWNER, alone).next).toMatchObject({
      state: 'REFUSED',
      decisions: [{ step: 'rule', reasonCode: 'NO_DECIDER' }],
    });
  });

  test('where the city government was silent or refused, a deputy of another office, never its own CDO', () => {
    const city = 'city-government' as AgencyId;
    const given = { ...facts, basis: { ...facts.basis, owner: city } };
    const owner = { account: 'city-government.steward', agency: city, roles: ['steward' as const] };
    const refusal = { type: 'refuse' as const, reasonCode: 'NOT_NECESSARY', legalGround: 'a', text: 'b', by: owner };
    const refused = act(submitted(ASKING, city, given).next, refusal, given, MONDAY);
    if (!refused.ok) throw new Error(refused.detail);
    const disputed = go(refused.next, 'asker', { type: 'dispute', text: 'but' }, MONDAY, given).next;
    const ruling: PersonMove = { type: 'rule', outcome: 'grant', legalGround: 'a', text: 'b' };
    expect(() => go(disputed, 'cdo', ruling, MONDAY, given)).toThrow('FORBIDDEN');
    expect(go(disputed, 'cdoDeputy', ruling, MONDAY, given).next.state).toBe('APPROVED');
  });
});

describe('whom people hear from', () => {
  const told = (moved: Moved, before: SubscriptionRequest): string[] =>
    tellingsOf(moved, before, people).map(({ kind, person }) => `${kind} ${person}`);

  test('those who are waited for, deputies too; at the end the silent and the next above', () => {
    const begun = submitted();
    expect(told(begun, draftRequest(ASKING, OWNER, 'L1'))).toEqual(['waits bao-an.steward', 'waits bao-an.deputy']);
    const first = silence(begun.next, '2026-03-16T16:00:00Z');
    expect(told(first, begun.next)).toEqual([
      ...['half-time bao-an.steward', 'half-time bao-an.deputy', 'little-time bao-an.steward'],
      ...['little-time bao-an.deputy', 'overdue bao-an.steward', 'escalated cdo', 'escalated nanshan.deputy'],
    ]);
    const second = silence(first.next, '2026-03-31T16:00:00Z');
    expect(told(second, first.next).slice(-3)).toEqual([
      'overdue bao-an.steward',
      'overdue cdo',
      'escalated city-government.head',
    ]);
    expect(passTime(second.next, facts, new Date('2027-03-01T00:00:00Z'))).toBeNull();
  });

  test('nobody twice, and the requester where it is the one who is waited for', () => {
    const asked = go(submitted().next, 'owner', { type: 'ask', text: 'why?' });
    expect(peopleDue(asked.next, people).map((p) => p.account)).toEqual(['futian.steward']);
    const answered = go(asked.next, 'asker', { type: 'answer', text: 'so' });
    expect(told(answered, asked.next)).toEqual([]);
    const lapsed = silence(asked.next, '2026-03-09T16:00:00Z');
    expect(told(lapsed, asked.next).at(-1)).toBe('lapsed futian.steward');
  });
});

test('what a submission fixes is not what the policy says later: steps, limit and version', () => {
  const { next } = submitted();
  const later = { ...facts, policy: { ...facts.policy, version: '2027-1' } };
  const { next: after } = go(next, 'owner', approve, MONDAY, later);
  expect(after).toMatchObject({ policyVersion: '2026-7', steps: ['owner', 'privacy', 'cdo'], wait: { limitDays: 10 } });
});

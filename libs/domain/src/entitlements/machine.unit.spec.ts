import { describe, expect, test } from '@jest/globals';
import { EntitlementState, Plane } from '@citystreams/contracts';
import {
  ANSWER_LIFE_MS,
  type EntitlementFile,
  observe,
  planesMissing,
  revoke,
  TRANSITION_LIMIT_MS,
} from './machine.js';
import { endOfTerm } from './term.js';

const START = new Date('2026-03-02T08:00:00Z');
const at = (ms: number) => new Date(START.getTime() + ms);

type Shown = 'observed' | 'behind' | 'silent';
const file = (state: EntitlementState, now: Date, shown: Partial<Record<Plane, Shown>> = {}): EntitlementFile => ({
  state,
  since: START,
  planes: Plane.options.map((plane) => ({
    plane,
    desiredGeneration: 2,
    observedGeneration: shown[plane] === 'behind' ? 1 : 2,
    observedAt: shown[plane] === 'silent' ? new Date(now.getTime() - ANSWER_LIFE_MS - 1) : now,
    error: null,
  })),
});

describe('what follows from what is observed', () => {
  const early = at(1000);
  const late = at(TRANSITION_LIMIT_MS);
  type Row = [all: string | null, rightMissing: string | null, lateAll: string | null, lateMissing: string | null];
  const table: Record<EntitlementState, Row> = {
    PROVISIONING: ['ACTIVE', null, 'ACTIVE', 'PROVISION_FAILED'],
    ACTIVE: [null, 'PROVISIONING', null, 'PROVISIONING'],
    PROVISION_FAILED: [null, null, 'PROVISIONING', null],
    REVOKING: ['REVOKED', null, 'REVOKED', 'REVOKE_FAILED'],
    REVOKE_FAILED: ['REVOKED', null, 'REVOKED', null],
    REVOKED: [null, null, null, null],
  };
  test.each(EntitlementState.options)('%s', (state) => {
    const got = [early, late].flatMap((now) => [
      observe(file(state, now), now),
      observe(file(state, now, { 'topic-right': 'behind' }), now),
    ]);
    expect(got).toEqual(table[state]);
  });

  test.each(Plane.options)('ACTIVE needs the plane %s', (plane) => {
    expect(observe(file('PROVISIONING', early, { [plane]: 'behind' }), early)).toBeNull();
    expect(observe(file('ACTIVE', early, { [plane]: 'behind' }), early)).toBe('PROVISIONING');
  });

  test('ACTIVE outlives a minute of silence of a plane, not more', () => {
    expect(observe(file('ACTIVE', early, { 'topic-right': 'silent' }), early)).toBe('PROVISIONING');
    const lastAnswer = file('ACTIVE', early);
    expect(observe(lastAnswer, new Date(early.getTime() + ANSWER_LIFE_MS))).toBeNull();
  });

  test('an ending does not wait for the view’s topic to go', () => {
    expect(observe(file('REVOKING', early, { view: 'behind' }), early)).toBe('REVOKED');
    expect(observe(file('REVOKING', early, { router: 'behind' }), early)).toBeNull();
  });

  test('a plane that never answered is not observed, whatever its numbers', () => {
    const entitlement = file('PROVISIONING', early);
    const planes = entitlement.planes.map((p) => (p.plane === 'router' ? { ...p, observedAt: null } : p));
    expect(planesMissing({ ...entitlement, planes }, early).map((p) => p.plane)).toEqual(['router']);
  });
});

test('whatever has not ended can be revoked, once', () => {
  const outcomes = Object.fromEntries(EntitlementState.options.map((s) => [s, revoke(s).ok]));
  expect(outcomes).toEqual({
    PROVISIONING: true,
    ACTIVE: true,
    PROVISION_FAILED: true,
    REVOKING: false,
    REVOKED: false,
    REVOKE_FAILED: false,
  });
});

describe('a term in months', () => {
  test.each([
    ['2026-01-31T10:00:00Z', 1, '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00Z', 1, '2028-02-29T10:00:00.000Z'],
    ['2026-11-30T23:59:59Z', 3, '2027-02-28T23:59:59.000Z'],
    ['2026-05-15T00:00:00Z', 24, '2028-05-15T00:00:00.000Z'],
  ])('%s + %i', (from, months, end) => {
    expect(endOfTerm(new Date(from), months).toISOString()).toBe(end);
  });
});

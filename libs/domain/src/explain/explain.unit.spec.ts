import { describe, expect, test } from '@jest/globals';
import type { AgencyId, Mask, PrincipalId, StreamName, Ulid } from '@citystreams/contracts';
import fc from 'fast-check';
import { explainRead, readersAt, type ReadQuestion } from './explain.js';
import type { RecordedVersion } from './readable.js';

const at = (day: number): Date => new Date(Date.UTC(2026, 0, 1 + day));
const STREAM = 'medical-insurance.claim' as StreamName;
const version = (over: Partial<RecordedVersion> = {}): RecordedVersion => ({
  entitlement: '01JZ0000000000000000000000' as Ulid,
  version: 1,
  request: '01JZ0000000000000000000001' as Ulid,
  stream: STREAM,
  consumer: 'futian' as AgencyId,
  principals: ['futian.operations' as PrincipalId],
  fields: ['person', 'amount'],
  masks: { person: { kind: 'pseudonym', per: 'purpose', text: 'hex' } },
  predicate: { op: 'gt', field: 'amount', value: 5 },
  validTo: at(100),
  states: [
    { state: 'PROVISIONING', at: at(10) },
    { state: 'ACTIVE', at: at(11) },
    { state: 'REVOKING', at: at(50) },
    { state: 'REVOKED', at: at(51) },
  ],
  ...over,
});
const ask = (over: Partial<ReadQuestion> = {}): ReadQuestion => ({
  principal: 'futian.operations' as PrincipalId,
  stream: STREAM,
  field: 'person',
  at: at(20),
  ...over,
});

describe('why somebody can read a field', () => {
  test('names the entitlement, how the field is shown and which events', () => {
    expect(explainRead(ask(), [version()], true)).toEqual({
      readable: 'yes',
      reason: 'GRANTED',
      by: {
        entitlement: '01JZ0000000000000000000000',
        version: 1,
        request: '01JZ0000000000000000000001',
        state: 'ACTIVE',
        since: at(11),
      },
      shownAs: { kind: 'pseudonym', per: 'purpose', text: 'hex' },
      condition: { op: 'gt', field: 'amount', value: 5 },
    });
  });

  test.each<[string, string, string, Partial<ReadQuestion>, Partial<RecordedVersion>]>([
    ['rights were being given', 'perhaps', 'CHANGING', { at: at(10) }, {}],
    ['rights were being taken', 'perhaps', 'CHANGING', { at: at(50) }, {}],
    ['the term was over and nobody had seen it', 'perhaps', 'CHANGING', { at: at(40) }, { validTo: at(30) }],
    ['it was revoked', 'no', 'NOT_IN_FORCE', { at: at(51) }, {}],
    ['it was granted later', 'no', 'NOT_YET', { at: at(9) }, {}],
    ['another account of the agency may', 'no', 'OTHER_ACCOUNT', { principal: 'futian.cameras' as PrincipalId }, {}],
    ['the field was not granted', 'no', 'FIELD_NOT_GRANTED', { field: 'diagnosis' }, {}],
    ['the field was dropped', 'no', 'FIELD_NOT_GRANTED', {}, { masks: { person: { kind: 'drop' } } }],
    ['another stream was granted', 'no', 'NEVER_GRANTED', { stream: 'futian.crowd' as StreamName }, {}],
    ['another agency may', 'no', 'NEVER_GRANTED', { principal: 'nanshan.operations' as PrincipalId }, {}],
  ])('or cannot: %s', (_, readable, reason, question, recorded) => {
    expect(explainRead(ask(question), [version(recorded)], true)).toMatchObject({ readable, reason });
  });

  test('or cannot: nobody can read what the contract does not classify', () => {
    expect(explainRead(ask(), [version()], false)).toMatchObject({ readable: 'no', reason: 'FIELD_UNKNOWN', by: null });
  });

  test('rests on the version that shows most', () => {
    const ended = version({
      entitlement: '01JZ0000000000000000000009' as Ulid,
      states: [{ state: 'REVOKED', at: at(1) }],
    });
    for (const versions of [
      [ended, version()],
      [version(), ended],
    ])
      expect(explainRead(ask(), versions, true)).toMatchObject({
        reason: 'GRANTED',
        by: { entitlement: version().entitlement },
      });
  });
});

/** What happens to entitlements, day after day; what cannot happen changes nothing. */
type Happening =
  | { does: 'grant'; principals: PrincipalId[]; fields: string[]; dropped: string[]; days: number }
  | { does: 'seen' | 'suspend' | 'resume' | 'revoke' | 'expire' | 'fail'; which: number };
const PRINCIPALS = ['futian.operations', 'futian.cameras', 'nanshan.operations'] as PrincipalId[];
const FIELDS = ['person', 'amount', 'at'];
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    does: fc.constant('grant' as const),
    principals: fc.subarray(PRINCIPALS.slice(0, 2), { minLength: 1 }),
    fields: fc.subarray(FIELDS, { minLength: 1 }),
    dropped: fc.subarray(FIELDS),
    days: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({
    does: fc.constantFrom(
      'seen' as const,
      'seen' as const,
      'suspend' as const,
      'resume' as const,
      'revoke' as const,
      'expire' as const,
      'fail' as const,
    ),
    which: fc.nat(5),
  }),
);
const NEXT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  seen: {
    PROVISIONING: 'ACTIVE',
    SUSPENDING: 'SUSPENDED',
    RESUMING: 'ACTIVE',
    REVOKING: 'REVOKED',
    EXPIRING: 'EXPIRED',
  },
  suspend: { ACTIVE: 'SUSPENDING' },
  resume: { SUSPENDED: 'RESUMING' },
  revoke: { PROVISIONING: 'REVOKING', ACTIVE: 'REVOKING', SUSPENDED: 'REVOKING' },
  expire: { ACTIVE: 'EXPIRING', SUSPENDED: 'EXPIRING' },
  fail: { PROVISIONING: 'PROVISION_FAILED' },
};

interface Standing {
  version: RecordedVersion;
  state: string;
  readers: Set<string>;
}

/** A second telling: day by day, who holds what right now. Knows nothing of spans or of looking back. */
function replay(
  history: readonly Happening[],
  until: number,
): { recorded: RecordedVersion[]; can: Map<string, string> } {
  const standing: Standing[] = [];
  const recorded: RecordedVersion[] = [];
  for (const [day, event] of history.entries()) {
    if (event.does === 'grant') {
      const masks = Object.fromEntries(event.dropped.map((field): [string, Mask] => [field, { kind: 'drop' }]));
      const made = version({
        entitlement: `01JZ00000000000000000000${String(recorded.length).padStart(2, '0')}` as Ulid,
        principals: event.principals,
        fields: event.fields,
        masks,
        validTo: at(day + event.days),
        states: [{ state: 'PROVISIONING', at: at(day) }],
      });
      recorded.push(made);
      const shown = event.fields.filter((field) => !event.dropped.includes(field));
      const readers = new Set(event.principals.flatMap((p) => shown.map((f) => `${p} ${f}`)));
      if (day <= until) standing.push({ version: made, state: 'PROVISIONING', readers });
      continue;
    }
    const index = event.which % Math.max(recorded.length, 1);
    const target = recorded[index];
    const last = target?.states.at(-1)?.state;
    const next = last === undefined ? undefined : NEXT[event.does]?.[last];
    if (target === undefined || next === undefined) continue;
    recorded[index] = { ...target, states: [...target.states, { state: next, at: at(day) }] };
    const live = standing[index];
    if (live !== undefined && day <= until) live.state = next;
  }
  const can = new Map<string, string>();
  for (const { version: v, state, readers } of standing) {
    const over = (v.validTo?.getTime() ?? Infinity) <= at(until).getTime();
    const certain = state === 'ACTIVE' && !over;
    const gone = ['SUSPENDED', 'REVOKED', 'EXPIRED', 'PROVISION_FAILED'].includes(state);
    if (gone) continue;
    for (const reader of readers) if (certain || !can.has(reader)) can.set(reader, certain ? 'yes' : 'perhaps');
  }
  return { recorded, can };
}

test('who could read a field at a moment is what a replay of the history says', () => {
  let told = 0;
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 30 }), fc.nat(30), (history, until) => {
      const { recorded, can } = replay(history, until);
      for (const field of [...FIELDS, 'diagnosis']) {
        const question = { stream: STREAM, field, at: at(until) };
        const found = new Map<string, string>();
        for (const { principal, readable } of readersAt(question, recorded)) {
          const key = `${principal} ${field}`;
          if (readable === 'yes' || !found.has(key)) found.set(key, readable);
        }
        const expected = new Map([...can].filter(([key]) => key.endsWith(` ${field}`)));
        told += expected.size;
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        for (const principal of PRINCIPALS)
          expect(explainRead({ ...question, principal }, recorded, true).readable).toBe(
            expected.get(`${principal} ${field}`) ?? 'no',
          );
      }
    }),
    { numRuns: 200 },
  );
  expect(told).toBeGreaterThan(100);
});

import { describe, expect, test } from '@jest/globals';
import {
  DAY_MS,
  type PolicyMatrix,
  type Predicate,
  type StreamName,
  type Ulid,
  type ViewDefinition,
} from '@citystreams/contracts';
import { replayFrom, viewDefinitionOf, type ViewWish } from './definition.js';
import { canonicalDefinition, canonicalPredicate, identityOf } from './identity.js';

const entitlement = '01JZ0000000000000000000000' as Ulid;
const definition = (over: Partial<ViewDefinition> = {}): ViewDefinition => ({
  stream: 'bao-an.flight-movement' as StreamName,
  fields: ['delay', 'origin'],
  masks: {},
  predicate: {
    op: 'and',
    of: [
      { op: 'gt', field: 'delay', value: 15 },
      { op: 'eq', field: 'origin', value: 'SZX' },
    ],
  },
  key: 'none',
  history: 'retained',
  retentionMs: 30 * DAY_MS,
  entitlement: null,
  ...over,
});

describe('identity', () => {
  const same: [string, Partial<ViewDefinition>][] = [
    ['fields are listed in another order', { fields: ['origin', 'delay'] }],
    ['a field is listed twice', { fields: ['origin', 'delay', 'origin'] }],
    ['`keep` is written down', { masks: { delay: { kind: 'keep' } } }],
    [
      'a field is listed and dropped',
      { fields: ['delay', 'gate', 'origin'], masks: { gate: { kind: 'drop' }, 'gate.side': { kind: 'null' } } },
    ],
    ['a field below a listed one is listed too', { fields: ['delay', 'origin', 'origin.city'] }],
    ['what is not listed is masked', { masks: { gate: { kind: 'null' } } }],
    [
      'terms come in another order, nested and repeated',
      {
        predicate: {
          op: 'and',
          of: [
            { op: 'eq', field: 'origin', value: 'SZX' },
            {
              op: 'and',
              of: [
                { op: 'gt', field: 'delay', value: 15 },
                { op: 'eq', field: 'origin', value: 'SZX' },
              ],
            },
          ],
        },
      },
    ],
  ];
  test.each(same)('is the same when %s', (_, over) => {
    expect(identityOf(definition(over))).toBe(identityOf(definition()));
    expect(JSON.stringify(canonicalDefinition(definition(over)))).toBe(
      JSON.stringify(canonicalDefinition(definition())),
    );
  });

  test.each<[string, Partial<ViewDefinition>]>([
    ['a field more', { fields: ['delay', 'origin', 'distance'] }],
    ['another value', { predicate: { op: 'gt', field: 'delay', value: 16 } }],
    ['a mask', { masks: { origin: { kind: 'partial', first: 1, last: 0 } } }],
    ['a field dropped from a listed record', { masks: { 'origin.city': { kind: 'drop' } } }],
    ['`or` for `and`', { predicate: { ...(definition().predicate as { op: 'and'; of: Predicate[] }), op: 'or' } }],
    ['no predicate', { predicate: null }],
    ['another key treatment', { key: 'field' }],
    ['another history', { history: 'from-grant' }],
    ['another retention', { retentionMs: 1 }],
    ['an entitlement of its own', { entitlement }],
    ['another stream', { stream: 'futian.flight-movement' as StreamName }],
  ])('differs with %s', (_, over) => {
    expect(identityOf(definition(over))).not.toBe(identityOf(definition()));
  });

  test('does not depend on the order of groups, on clocks that are UTC, nor on groups that are everybody’s', () => {
    const grouped = (groups: Record<string, string>) =>
      identityOf(
        definition({
          masks: {
            origin: { kind: 'generalise', to: { by: 'groups', groups, otherwise: 'far' } },
          },
        }),
      );
    expect(grouped({ SZX: 'near', CAN: 'near', PEK: 'far' })).toBe(grouped({ CAN: 'near', SZX: 'near' }));
    expect(grouped({ SZX: 'near' })).not.toBe(grouped({ CAN: 'near' }));
    const hour = (offset: { utcOffsetMinutes?: number }) =>
      identityOf(definition({ masks: { delay: { kind: 'truncate', to: { unit: 'hour', ...offset } } } }));
    expect(hour({ utcOffsetMinutes: 0 })).toBe(hour({}));
    expect(hour({ utcOffsetMinutes: 480 })).not.toBe(hour({}));
  });

  test('is a SHA-256, and does not depend on the order of the names in the JSON it came as', () => {
    const term = { value: 15, field: 'delay', op: 'gt' } as Predicate;
    const usual = definition({ predicate: { op: 'gt', field: 'delay', value: 15 } });
    expect(identityOf(usual)).toMatch(/^[0-9a-f]{64}$/);
    expect(identityOf(definition({ predicate: term }))).toBe(identityOf(usual));
  });

  test('sees through a double negation, a lonely term and the order of a list', () => {
    expect(canonicalPredicate({ op: 'not', of: { op: 'not', of: { op: 'isNull', field: 'a' } } })).toEqual({
      op: 'isNull',
      field: 'a',
    });
    expect(canonicalPredicate({ op: 'or', of: [{ op: 'isNull', field: 'a' }] })).toEqual({ op: 'isNull', field: 'a' });
    expect(canonicalPredicate({ op: 'in', field: 'a', values: ['y', 'x', 'y'] })).toEqual({
      op: 'in',
      field: 'a',
      values: ['x', 'y'],
    });
  });
});

describe('the view of a grant', () => {
  const history = (fromGrant: boolean, days: number | null) => ({ history: { fromGrant, days } });
  const policy = {
    version: '1',
    levels: {
      L1: history(false, null),
      L2: history(false, 90),
      L3: history(true, 90),
      L4: history(true, 30),
      L5: history(true, 0),
    },
  } as unknown as PolicyMatrix;
  const wish: ViewWish = {
    stream: definition().stream,
    fields: ['flightId', 'delay'],
    masks: {},
    predicate: null,
    purpose: 'public-safety',
    entitlement,
  };
  const source = { key: 'flightId', retentionMs: 365 * DAY_MS };

  test('is shared at L1 and L2, with history', () => {
    for (const level of ['L1', 'L2'] as const) {
      expect(viewDefinitionOf(wish, { ...source, level }, policy)).toMatchObject({
        history: 'retained',
        entitlement: null,
      });
    }
  });

  test('belongs to one entitlement from L3 on, without history', () => {
    for (const level of ['L3', 'L4'] as const) {
      expect(viewDefinitionOf(wish, { ...source, level }, policy)).toMatchObject({
        history: 'from-grant',
        entitlement,
      });
    }
  });

  test('holds events no longer than source and replay right', () => {
    const days = (level: 'L1' | 'L2' | 'L4') =>
      viewDefinitionOf(wish, { ...source, level }, policy).retentionMs / DAY_MS;
    expect([days('L1'), days('L2'), days('L4')]).toEqual([365, 90, 30]);
  });

  test('is keyed by the contract’s key field only where that is asked for', () => {
    expect(viewDefinitionOf(wish, { ...source, level: 'L1' }, policy).key).toBe('field');
    expect(viewDefinitionOf({ ...wish, fields: ['delay'] }, { ...source, level: 'L1' }, policy).key).toBe('none');
    const dropped = { ...wish, masks: { flightId: { kind: 'drop' } } } as unknown as typeof wish;
    expect(viewDefinitionOf(dropped, { ...source, level: 'L1' }, policy)).toMatchObject({ key: 'none', masks: {} });
  });

  test('names the purpose or the entitlement that its pseudonyms are made for', () => {
    const masksOf = (per: 'purpose' | 'entitlement') =>
      viewDefinitionOf(
        { ...wish, masks: { flightId: { kind: 'pseudonym', per, text: 'hex' } } },
        { ...source, level: 'L3' },
        policy,
      ).masks;
    expect(masksOf('purpose')).toEqual({
      flightId: { kind: 'pseudonym', text: 'hex', key: { per: 'purpose', purpose: 'public-safety' } },
    });
    expect(masksOf('entitlement')).toEqual({
      flightId: { kind: 'pseudonym', text: 'hex', key: { per: 'entitlement', entitlement } },
    });
  });

  test('shows only events that the requester’s and the deciding side’s condition let through', () => {
    const late: Predicate = { op: 'gt', field: 'delay', value: 15 };
    const here: Predicate = { op: 'eq', field: 'origin', value: 'SZX' };
    const predicateOf = (over: Partial<ViewWish>) =>
      viewDefinitionOf({ ...wish, ...over }, { ...source, level: 'L1' }, policy).predicate;
    expect(predicateOf({ predicate: late, restriction: here })).toEqual({ op: 'and', of: [here, late] });
    expect(predicateOf({ restriction: here })).toEqual(here);
    expect(predicateOf({ predicate: late, restriction: null })).toEqual(late);
  });

  test('begins as far back as the replay right goes', () => {
    const granted = new Date('2026-06-01T00:00:00Z');
    expect(replayFrom(policy, 'L1', granted)).toBeNull();
    expect(replayFrom(policy, 'L2', granted)).toEqual(new Date('2026-03-03T00:00:00Z'));
    expect(replayFrom(policy, 'L3', granted)).toEqual(granted);
    expect(replayFrom(policy, 'L2', new Date(0))).toEqual(new Date(0));
  });
});

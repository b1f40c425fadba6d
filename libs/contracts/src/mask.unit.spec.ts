import { describe, expect, test } from '@jest/globals';
import { ExecutableMask, Mask } from './mask.js';

const MASKS: unknown[] = [
  { kind: 'keep' },
  { kind: 'drop' },
  { kind: 'null' },
  { kind: 'constant', value: 'withheld' },
  { kind: 'truncate', to: { unit: 'hour' } },
  { kind: 'truncate', to: { unit: 'day', utcOffsetMinutes: 480 } },
  { kind: 'truncate', to: { unit: 'characters', count: 3 } },
  { kind: 'truncate', to: { unit: 'degrees', size: 0.01 } },
  { kind: 'truncate', to: { unit: 'metres', axis: 'latitude', size: 500 } },
  { kind: 'truncate', to: { unit: 'metres', axis: 'longitude', size: 500, latitude: 22.8 } },
  { kind: 'generalise', to: { by: 'step', step: 10 } },
  { kind: 'generalise', to: { by: 'groups', groups: { flu: 'respiratory' }, otherwise: 'other' } },
  { kind: 'partial', first: 3, last: 4 },
  { kind: 'pseudonym', text: 'hex', key: { per: 'purpose', purpose: 'EPIDEMIC_CONTROL' } },
  { kind: 'pseudonym', text: 'base64url', key: { per: 'entitlement', entitlement: '01JZZZZZZZZZZZZZZZZZZZZZZZ' } },
];

describe('masks', () => {
  test('that can be executed are every kind of the governance model', () => {
    for (const mask of MASKS) expect(ExecutableMask.parse(mask)).toEqual(mask);
  });

  test('are complete and exact, or are refused', () => {
    const refused: unknown[] = [
      { kind: 'drop', all: true },
      { kind: 'pseudonym' },
      { kind: 'pseudonym', text: 'hex' },
      { kind: 'pseudonym', text: 'hex', key: 'secret' },
      { kind: 'pseudonym', text: 'hex', key: { per: 'entitlement', entitlement: 'mine' } },
      { kind: 'truncate', to: { unit: 'minute' } },
      { kind: 'truncate', to: { unit: 'metres', axis: 'longitude', size: 500 } },
      { kind: 'generalise', to: { by: 'step', step: 0 } },
      { kind: 'generalise', to: { by: 'groups', groups: {} } },
      { kind: 'partial', first: -1, last: 0 },
    ];
    for (const mask of refused) expect(ExecutableMask.safeParse(mask).success).toBe(false);
  });

  test('that may be asked for are the same, and a pseudonym says only whose key it is made with', () => {
    const plain = MASKS.filter((mask) => (mask as { kind: string }).kind !== 'pseudonym');
    for (const mask of plain) expect(Mask.parse(mask)).toEqual(mask);
    expect(Mask.parse({ kind: 'pseudonym', per: 'entitlement' })).toEqual({
      kind: 'pseudonym',
      per: 'entitlement',
      text: 'hex',
    });
    for (const mask of [...MASKS.slice(-2), { kind: 'pseudonym' }, { kind: 'pseudonym', per: 'city' }])
      expect(Mask.safeParse(mask).success).toBe(false);
  });
});

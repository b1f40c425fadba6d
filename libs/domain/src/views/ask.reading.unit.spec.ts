import { describe, expect, test } from '@jest/globals';
import { parseContract } from '@citystreams/avro';
import type { PolicyMatrix } from '@citystreams/contracts';
import { readAsk, type WrittenAsk } from './ask.reading.js';

const field = (name: string, type: unknown, level: string, category: string, concept?: string) => ({
  name,
  type,
  doc: `the ${name}`,
  classification: { level, category },
  ...(concept !== undefined && { concept }),
});
const parsed = parseContract({
  type: 'record',
  name: 'ClaimSettled',
  namespace: 'city.medical_insurance',
  doc: 'A claim was settled.',
  key: 'claimId',
  fields: [
    field('claimId', 'string', 'L2', 'identifier'),
    field('person', ['null', 'string'], 'L3', 'identifier'),
    field('insured', 'string', 'L4', 'identifier'),
    field('at', { type: 'long', logicalType: 'timestamp-millis' }, 'L3', 'time'),
    field('born', { type: 'int', logicalType: 'date' }, 'L4', 'time'),
    field('latitude', 'double', 'L3', 'location'),
    field('longitude', 'double', 'L3', 'location'),
    field('home', 'double', 'L4', 'location'),
    field('street', 'string', 'L3', 'location'),
    field('district', 'string', 'L4', 'location', 'district'),
    field('weight', 'double', 'L3', 'identifier'),
    field('amount', 'long', 'L3', 'finance'),
    field(
      'ward',
      { type: 'record', name: 'Ward', doc: 'where', fields: [field('name', 'string', 'L2', 'description')] },
      'L2',
      'description',
    ),
    field(
      'choice',
      [
        'long',
        {
          type: 'record',
          name: 'Choice',
          doc: 'which',
          fields: [field('name', 'string', 'L2', 'description'), field('code', 'string', 'L2', 'description')],
        },
      ],
      'L2',
      'description',
    ),
  ],
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
const { contract } = parsed;
const policy = {
  version: '1',
  levels: Object.fromEntries(
    Object.entries({
      L1: ['clear', 'exact', 'exact'],
      L2: ['clear', 'exact', 'exact'],
      L3: ['pseudonym-per-purpose', '500m', 'hour'],
      L4: ['pseudonym-per-entitlement', 'district', 'day'],
      L5: ['withheld', 'withheld', 'withheld'],
    }).map(([level, [identifiers, place, time]]) => [level, { identifiers, precision: { place, time } }]),
  ),
} as unknown as PolicyMatrix;

const read = (over: Partial<WrittenAsk>) =>
  readAsk({ fields: ['amount'], masks: {}, predicate: null, ...over }, contract, policy);
const problemsOf = (over: Partial<WrittenAsk>): string[] => {
  const found = read(over);
  return found.ok ? [] : found.problems.map((p) => `${p.code} ${p.field}: ${p.message}`);
};

describe('a field that is asked for without a mask', () => {
  test.each<[string, object | null]>([
    ['claimId', null],
    ['amount', null],
    ['born', null],
    ['district', null],
    ['person', { kind: 'pseudonym', per: 'purpose', text: 'hex' }],
    ['insured', { kind: 'pseudonym', per: 'entitlement', text: 'hex' }],
    ['at', { kind: 'truncate', to: { unit: 'hour' } }],
    ['latitude', { kind: 'truncate', to: { unit: 'metres', axis: 'latitude', size: 500 } }],
    ['longitude', { kind: 'truncate', to: { unit: 'metres', axis: 'longitude', size: 500, latitude: 22.9 } }],
  ])('%s is shown as the policy shows its level and category', (path, mask) => {
    expect(read({ fields: [path] })).toEqual({
      ok: true,
      view: { fields: [path], masks: mask === null ? {} : { [path]: mask }, predicate: null },
    });
  });

  test.each(['home', 'street', 'weight'])('%s has to be left out where no mask shows so little', (path) => {
    expect(problemsOf({ fields: [path] })).toEqual([
      expect.stringMatching(/^POLICY_FORBIDS fields: .*or to leave it out$/),
    ]);
    expect(problemsOf({ fields: [path, 'amount'], masks: { [path]: 'drop' } })).toEqual([]);
  });
});

describe('a mask', () => {
  test.each<[string, string]>([
    ['person', 'pseudonym per entitlement'],
    ['person', 'pseudonym per purpose as base64url'],
    ['person', 'null'],
    ['person', 'constant("somebody")'],
    ['at', 'day'],
    ['at', 'hour at +05:30'],
    ['latitude', 'grid(1200 m, latitude)'],
    ['longitude', 'grid(500 m, longitude at 40)'],
    ['longitude', 'degrees(1)'],
    ['street', 'groups("Main": "centre", otherwise: "elsewhere")'],
    ['amount', 'step(100)'],
    ['amount', 'keep'],
  ])('%s: %s shows no more than the policy allows', (path, mask) => {
    expect(problemsOf({ fields: [path], masks: { [path]: mask } })).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['person', 'keep', 'pseudonym per purpose, null, drop'],
    ['person', 'partial(1, 1)', 'pseudonym per purpose, null, drop'],
    ['insured', 'pseudonym per purpose', 'pseudonym per entitlement, null, drop'],
    ['at', 'keep', 'hour, null, drop'],
    ['longitude', 'grid(400 m, longitude)', 'grid(500 m, longitude), null, drop'],
    ['longitude', 'grid(500 m, longitude at 0)', 'grid(500 m, longitude), null, drop'],
    ['longitude', 'grid(500 m, latitude)', 'grid(500 m, longitude), null, drop'],
    ['street', 'first(9)', 'groups(...), null, drop'],
    ['home', 'grid(5000 m, longitude)', 'null, drop'],
  ])('%s: %s shows more, and what is allowed is said', (path, mask, allowed) => {
    expect(problemsOf({ fields: [path], masks: { [path]: mask } })).toEqual([
      expect.stringContaining(`the policy allows ${allowed}, or to leave it out`),
    ]);
  });

  test('is told where it is wrong: text, type, place', () => {
    const masks = { amount: 'first(3)', at: 'houry', ward: 'null', claimId: 'keep', colour: 'null' } as const;
    expect(problemsOf({ fields: ['amount', 'at', 'ward'], masks })).toEqual([
      'MASK_INVALID masks.amount: truncate to characters needs a text or an enum',
      expect.stringMatching(/^MASK_INVALID masks.at: column 1: expected "keep"/),
      'MASK_INVALID masks.ward: "ward" is a record: mask its fields, ward.name',
      'FIELD_UNKNOWN masks.claimId: "claimId" has a mask and is not asked for',
      'FIELD_UNKNOWN masks.colour: "colour" has a mask and is not asked for',
    ]);
  });

  test('that drops leaves the field out, but not all of them', () => {
    expect(read({ fields: ['amount', 'person'], masks: { person: 'drop' } })).toMatchObject({
      ok: true,
      view: { fields: ['amount'], masks: {} },
    });
    expect(problemsOf({ masks: { amount: 'drop' } })).toEqual([expect.stringContaining('every field is dropped')]);
  });
});

describe('a condition', () => {
  test('is over fields that are asked for as they are, text or tree', () => {
    expect(read({ predicate: 'amount > 100' })).toMatchObject({
      ok: true,
      view: { predicate: { op: 'gt', field: 'amount', value: 100 } },
    });
    expect(problemsOf({ predicate: { op: 'gt', field: 'amount', value: 100 } })).toEqual([]);
  });

  test.each<[string, Partial<WrittenAsk>]>([
    ['is not asked for', { predicate: 'claimId == "x"' }],
    ['the policy makes a pseudonym of', { fields: ['person'], predicate: 'person != null' }],
    ['is masked', { masks: { amount: 'step(100)' }, predicate: 'amount > 100' }],
    ['is dropped', { fields: ['amount', 'claimId'], masks: { claimId: 'drop' }, predicate: 'claimId == "x"' }],
  ])('is refused over a field that %s: it would tell its value', (_, over) => {
    expect(problemsOf(over)).toEqual([expect.stringMatching(/^PREDICATE_INVALID predicate: .* would tell its value$/)]);
  });

  test('is told where it is wrong, with everything else that is', () => {
    expect(problemsOf({ fields: ['colour', 'amount'], masks: { amount: 'step(0)' }, predicate: 'amount >' })).toEqual([
      expect.stringMatching(/^FIELD_UNKNOWN fields\[0\]/),
      expect.stringMatching(/^MASK_INVALID masks.amount/),
      expect.stringMatching(/^PREDICATE_INVALID predicate: line 1, column 9/),
    ]);
  });
});

test('fields that no view can show by themselves are refused when they are asked for', () => {
  expect(problemsOf({ fields: ['choice.name'] })).toEqual([
    expect.stringMatching(/^FIELD_UNKNOWN fields: no view can show/),
  ]);
});

import { describe, expect, test } from '@jest/globals';
import { parseContract } from '@citystreams/avro';
import type { PolicyMatrix, Predicate } from '@citystreams/contracts';
import { askedLeaves, checkAgainstContract, checkAgainstPolicy, levelOfAsk } from './ask.check.js';
import type { Ask } from '../views/ask.js';

const field = (name: string, type: unknown, level: string, category: string) => ({
  name,
  type,
  doc: `the ${name}`,
  classification: { level, category },
});
const parsed = parseContract({
  type: 'record',
  name: 'ClaimSettled',
  namespace: 'city.medical_insurance',
  doc: 'A claim was settled.',
  key: 'claimId',
  fields: [
    field('claimId', 'string', 'L1', 'identifier'),
    field('person', 'string', 'L3', 'identifier'),
    field('amount', 'long', 'L2', 'finance'),
    field('urgent', 'boolean', 'L1', 'description'),
    field(
      'place',
      {
        type: 'record',
        name: 'Place',
        doc: 'where',
        fields: [field('district', 'string', 'L1', 'location'), field('street', ['null', 'string'], 'L3', 'location')],
      },
      'L1',
      'location',
    ),
  ],
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
const contract = { level: parsed.contract.level, fields: parsed.contract.fields, record: parsed.contract.record };

const ask = (over: Partial<Ask> = {}): Ask => ({
  fields: ['claimId', 'amount'],
  masks: {},
  predicate: null,
  months: 6,
  start: 'now',
  ...over,
});
const level = (over: Partial<PolicyMatrix['levels']['L1']>): PolicyMatrix['levels']['L1'] => ({
  sharing: 'conditional',
  approvers: ['owner'],
  replyWorkingDays: 5,
  longestGrantMonths: null,
  identifiers: 'clear',
  precision: { place: 'exact', time: 'exact' },
  history: { fromGrant: false, days: null },
  sourceRetentionDays: null,
  recertificationMonths: 12,
  ...over,
});
const personal = level({
  longestGrantMonths: 12,
  identifiers: 'pseudonym-per-purpose',
  precision: { place: '500m', time: 'hour' },
  history: { fromGrant: true, days: 90 },
});
const policy: PolicyMatrix = {
  version: '1',
  levels: { L1: level({}), L2: level({ longestGrantMonths: 24 }), L3: personal, L4: personal, L5: personal },
};

const codes = (problems: { code: string; field: string }[]) => problems.map((p) => `${p.code} ${p.field}`);

describe('the contract', () => {
  test('names every field it does not know', () => {
    expect(codes(checkAgainstContract(ask({ fields: ['claimId', 'colour', 'place.city'] }), contract))).toEqual([
      'FIELD_UNKNOWN fields[1]',
      'FIELD_UNKNOWN fields[2]',
    ]);
  });

  test('who asks for a record asks for each field in it', () => {
    expect(askedLeaves(['place'], contract)).toEqual(['place.district', 'place.street']);
    expect(levelOfAsk(['place'], contract)).toBe('L3');
    expect(levelOfAsk(['place.district', 'amount'], contract)).toBe('L2');
  });

  test('unknown fields count as the highest level', () => {
    expect(levelOfAsk(['colour'], contract)).toBe('L5');
  });

  test('a mask needs a field it masks', () => {
    expect(codes(checkAgainstContract(ask({ masks: { person: { kind: 'keep' } } }), contract))).toEqual([
      'FIELD_UNKNOWN masks.person',
    ]);
  });
});

describe('the requester’s predicate', () => {
  const problemsOf = (predicate: Predicate) => codes(checkAgainstContract(ask({ predicate }), contract));

  test('may use fields it gets in the clear', () => {
    expect(problemsOf({ op: 'gt', field: 'amount', value: 100 })).toEqual([]);
  });

  test.each<[string, Predicate]>([
    ['a withheld field', { op: 'eq', field: 'person', value: 'x' }],
    ['a withheld field inside a negation', { op: 'not', of: { op: 'isNull', field: 'place.street' } }],
    ['an unknown field', { op: 'isNull', field: 'colour' }],
    ['text against a number', { op: 'eq', field: 'amount', value: 'many' }],
    ['a prefix of a number', { op: 'startsWith', field: 'amount', prefix: '1' }],
    ['an order of booleans', { op: 'lt', field: 'urgent', value: true }],
  ])('not %s', (_, predicate) => {
    expect(problemsOf(predicate).some((p) => p.startsWith('PREDICATE_INVALID'))).toBe(true);
  });
});

describe('the policy', () => {
  const problemsOf = (over: Partial<Ask>) => codes(checkAgainstPolicy(ask(over), contract, policy));

  test('bounds the term by the level of what is asked', () => {
    expect(problemsOf({ months: 24 })).toEqual([]);
    expect(problemsOf({ months: 25 })).toEqual(['POLICY_FORBIDS duration.months']);
    expect(problemsOf({ fields: ['claimId'], months: 120 })).toEqual([]);
  });

  test('gives no history of a stream that is shared from the grant on', () => {
    expect(problemsOf({ start: '2026-01-01T00:00:00Z' })).toEqual(['POLICY_FORBIDS start']);
  });

  test('gives no identifier in the clear where it asks for a pseudonym', () => {
    expect(problemsOf({ fields: ['person'] })).toEqual(['POLICY_FORBIDS masks.person']);
    expect(
      problemsOf({ fields: ['person'], masks: { person: { kind: 'pseudonym', per: 'purpose', text: 'hex' } } }),
    ).toEqual([]);
    expect(problemsOf({ fields: ['claimId'] })).toEqual([]);
  });

  test('gives no exact place where it asks for a coarser one', () => {
    expect(problemsOf({ fields: ['place'] })).toEqual(['POLICY_FORBIDS masks.place.street']);
    expect(problemsOf({ fields: ['place.district'] })).toEqual([]);
  });
});

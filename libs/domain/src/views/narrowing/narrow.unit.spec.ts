import { describe, expect, test } from '@jest/globals';
import type { AvroRecord } from '@citystreams/avro';
import type { Mask, WrittenDelta } from '@citystreams/contracts';
import type { Ask } from '../ask.js';
import { narrow } from './narrow.js';
import { readDelta } from './read.delta.js';

const record: AvroRecord = {
  type: 'record',
  name: 'Trip',
  fields: [
    { name: 'person', type: 'string' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'fare', type: 'int' },
    {
      name: 'stop',
      type: {
        type: 'record',
        name: 'Stop',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'line', type: 'string' },
        ],
      },
    },
    { name: 'secret', type: 'string' },
  ],
};
const purpose: Mask = { kind: 'pseudonym', per: 'purpose', text: 'hex' };
const hour: Mask = { kind: 'truncate', to: { unit: 'hour' } };
const ask: Ask = {
  fields: ['person', 'at', 'fare', 'stop.name', 'stop.line'],
  masks: { person: purpose, at: hour },
  predicate: { op: 'gt', field: 'fare', value: 3 },
  months: 6,
  start: '2026-01-01T00:00:00Z',
};
const NOW = new Date('2026-11-23T00:00:00Z');
const offer = (written: WrittenDelta, asked = ask) => {
  const read = readDelta(written, record);
  return read.ok ? narrow(asked, read.delta, record, NOW) : read;
};
const problemsOf = (written: WrittenDelta, asked = ask): string[] => {
  const found = offer(written, asked);
  return found.ok ? [] : found.problems.map((p) => `${p.field}: ${p.message}`);
};
const narrowed = (written: WrittenDelta, asked = ask): unknown => {
  const found = offer(written, asked);
  return found.ok ? found.ask : found;
};

describe('a counter-offer', () => {
  test.each<[string, WrittenDelta, Partial<Ask>]>([
    [
      'removes a field and its mask',
      { remove: ['at'] },
      { fields: ['person', 'fare', 'stop.name', 'stop.line'], masks: { person: purpose } },
    ],
    ['removes a record with all its fields', { remove: ['stop'] }, { fields: ['person', 'at', 'fare'] }],
    ['removes what it drops', { masks: { 'stop.line': 'drop' } }, { fields: ['person', 'at', 'fare', 'stop.name'] }],
    [
      'coarsens a field',
      { masks: { person: 'pseudonym per entitlement', at: 'day' } },
      {
        masks: {
          person: { kind: 'pseudonym', per: 'entitlement', text: 'hex' },
          at: { kind: 'truncate', to: { unit: 'day', utcOffsetMinutes: 480 } },
        },
      },
    ],
    [
      'adds a condition over any field',
      { predicate: 'secret == "no"' },
      { restriction: { op: 'eq', field: 'secret', value: 'no' } },
    ],
    ['ends earlier', { months: 3 }, { months: 3 }],
    ['begins later', { start: '2026-06-01T00:00:00Z' }, { start: '2026-06-01T00:00:00Z' }],
    ['gives no history', { start: 'now' }, { start: 'now' }],
  ])('%s', (_, delta, changed) => {
    expect(narrowed(delta)).toEqual({ ...ask, restriction: null, ...changed });
  });

  test('keeps the condition of one before', () => {
    const twice = narrowed({ predicate: 'fare < 90' }, narrowed({ predicate: 'secret == "no"' }) as Ask);
    expect(twice).toMatchObject({
      predicate: ask.predicate,
      restriction: {
        op: 'and',
        of: [
          { op: 'eq', field: 'secret', value: 'no' },
          { op: 'lt', field: 'fare', value: 90 },
        ],
      },
    });
  });

  test('takes over a condition on what the requester no longer gets as it is', () => {
    for (const delta of [{ remove: ['fare'] }, { masks: { fare: 'step(10)' } }] as const)
      expect(narrowed({ ...delta } as WrittenDelta)).toMatchObject({ predicate: null, restriction: ask.predicate });
  });

  test.each<[string, WrittenDelta, string]>([
    ['takes nothing away', {}, ': it takes nothing away'],
    ['removes what is not asked for', { remove: ['secret'] }, 'remove[0]: "secret" is not asked for'],
    ['leaves nothing', { remove: [...ask.fields] }, 'remove: no field would be left'],
    ['masks what is not asked for', { masks: { secret: 'null' } }, 'masks.secret: the field is not asked for'],
    ['drops what is not asked for', { masks: { secret: 'drop' } }, 'masks.secret: the field is not asked for'],
    [
      'masks what it removes',
      { remove: ['fare'], masks: { fare: 'step(10)' } },
      'masks.fare: the field is not asked for, or is removed',
    ],
    ['shows more', { masks: { person: 'keep' } }, 'masks.person: it would show no less'],
    [
      'shows something else',
      { masks: { person: 'first(1)' } },
      'masks.person: "truncate" could show what the asked "pseudonym" hides',
    ],
    ['changes nothing', { masks: { at: 'hour' } }, 'masks.at: it is asked for so already'],
    ['has a mask that does not fit', { masks: { fare: 'first(1)' } }, 'masks.fare: truncate to characters needs'],
    ['has a mask that is none', { masks: { fare: 'some' } }, 'masks.fare: column 1: expected'],
    ['has a condition that is none', { predicate: 'fare >' }, 'predicate: line 1, column 7'],
    ['has a condition on no field', { predicate: 'colour == 1' }, 'predicate: line 1, column 1: there is no field'],
    ['ends no earlier', { months: 6 }, 'months: 6 months are not fewer'],
    ['begins no later', { start: '2025-01-01T00:00:00Z' }, 'start: '],
  ])('that %s is refused', (_, delta, problem) => {
    expect(problemsOf(delta)).toEqual([expect.stringContaining(problem)]);
  });

  test('to be granted from now on begins no earlier', () => {
    const now = { ...ask, start: 'now' };
    expect(problemsOf({ start: '2026-01-01T00:00:00Z' }, now)).toEqual([
      expect.stringContaining('is not later than now'),
    ]);
    expect(narrowed({ start: '2027-01-01T00:00:00Z' }, now)).toMatchObject({ start: '2027-01-01T00:00:00Z' });
  });

  test('says everything that is wrong with it at once', () => {
    expect(
      problemsOf({ remove: ['secret'], masks: { person: 'keep' }, months: 9, start: '2025-01-01T00:00:00Z' }),
    ).toHaveLength(4);
  });

  test('adds conditions only as long as a view holds them', () => {
    const many = Array.from({ length: 100 }, (_, i) => `fare != ${i}`).join(' && ');
    const twice = narrowed({ predicate: many }, narrowed({ predicate: many }) as Ask) as Ask;
    expect(problemsOf({ predicate: many }, twice)).toEqual([
      expect.stringContaining('predicate: there would be 301 conditions'),
    ]);
  });
});

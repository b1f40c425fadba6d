import { describe, expect, test } from '@jest/globals';
import type { Predicate } from '@citystreams/contracts';
import { compileCodec } from '../codec.js';
import { PredicateFailed } from '../failures.js';
import { compileProjection } from '../projection.js';
import type { AvroRecord } from '../schema.js';
import { compileProjector } from './projector.js';

const writer: AvroRecord = {
  type: 'record',
  name: 'Claim',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'count', type: ['null', 'int'] },
    { name: 'big', type: 'long' },
    { name: 'ratio', type: 'float' },
    { name: 'amount', type: ['double', 'null'] },
    { name: 'open', type: 'boolean' },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: Array.from({ length: 90 }, (_, i) => `K${i}`) } },
    {
      name: 'place',
      type: [
        'null',
        {
          type: 'record',
          name: 'Place',
          fields: [
            { name: 'tags', type: { type: 'map', values: 'string' } },
            { name: 'street', type: { type: 'record', name: 'Street', fields: [{ name: 'name', type: 'string' }] } },
          ],
        },
      ],
    },
    { name: 'parent', type: ['null', 'Claim'] },
    { name: 'choice', type: ['null', 'string', 'int'] },
  ],
};
const event = {
  id: '深圳',
  count: 3,
  big: 2n ** 63n - 1n,
  ratio: 0.5,
  amount: -2.5,
  open: true,
  kind: 'K77',
  place: { tags: { a: 'b' }, street: { name: 'Fuhua Road' } },
  parent: null as unknown,
  choice: null,
};
const body = (change: object = {}): Buffer => compileCodec(writer).encode({ ...event, ...change });
const absent = { gone: 7, lost: { city: 'Shenzhen' } };

type Truth = boolean | 'fails';
function truthOf(predicate: Predicate, change: object = {}): Truth {
  const options = { writer, fields: ['id'], predicate, key: null, time: null, absent };
  const [ours, plain] = [compileProjector(options), compileProjection(options)].map((projection): Truth => {
    try {
      return projection.project(body(change)) !== null;
    } catch (error) {
      if (error instanceof PredicateFailed) return 'fails';
      throw error;
    }
  });
  expect(ours).toBe(plain);
  return ours ?? 'fails';
}

describe('a predicate over bytes', () => {
  test('compares longs beyond 2^53 exactly', () => {
    expect(truthOf({ op: 'eq', field: 'big', value: '9223372036854775807' })).toBe(true);
    expect(truthOf({ op: 'gt', field: 'big', value: '9223372036854775806' })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'big', value: '9007199254740993' }, { big: 2n ** 53n })).toBe(false);
    expect(truthOf({ op: 'in', field: 'big', values: [1, '-9223372036854775808'] }, { big: -(2n ** 63n) })).toBe(true);
    expect(truthOf({ op: 'lt', field: 'big', value: 0.5 }, { big: 0 })).toBe(true);
    expect(truthOf({ op: 'le', field: 'big', value: 1e300 })).toBe(true);
  });

  test('compares text as JavaScript does, also beyond U+FFFF', () => {
    const texts = ['', 'a', 'ab', 'b', '~', '\u007f', 'é', '\ud7ff', '😀', '\u{10ffff}', '\ue000', '\uffff', '深圳'];
    for (const id of texts)
      for (const value of texts)
        for (const op of ['lt', 'ge', 'eq'] as const) truthOf({ op, field: 'id', value }, { id });
    expect(truthOf({ op: 'lt', field: 'id', value: '\uffff' }, { id: '😀' })).toBe(true);
    expect(truthOf({ op: 'startsWith', field: 'id', prefix: '深' })).toBe(true);
    expect(truthOf({ op: 'startsWith', field: 'id', prefix: '深圳市' })).toBe(false);
    expect(truthOf({ op: 'in', field: 'id', values: texts })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'id', value: 'x'.repeat(200) }, { id: 'x'.repeat(200) })).toBe(true);
  });

  test('compares enum symbols as text, also beyond the sixty-fourth', () => {
    expect(truthOf({ op: 'eq', field: 'kind', value: 'K77' })).toBe(true);
    expect(truthOf({ op: 'in', field: 'kind', values: ['K1', 'K2'] })).toBe(false);
    expect(truthOf({ op: 'startsWith', field: 'kind', prefix: 'K7' })).toBe(true);
    expect(truthOf({ op: 'lt', field: 'kind', value: 'K8' })).toBe(true);
  });

  test('compares numbers and booleans, and NaN with nothing', () => {
    expect(truthOf({ op: 'le', field: 'ratio', value: 0.5 })).toBe(true);
    expect(truthOf({ op: 'lt', field: 'amount', value: 0 })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'amount', value: 0 }, { amount: -0 })).toBe(true);
    expect(truthOf({ op: 'ge', field: 'amount', value: 0 }, { amount: Number.NaN })).toBe(false);
    expect(truthOf({ op: 'ne', field: 'amount', value: 0 }, { amount: Number.NaN })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'open', value: true })).toBe(true);
    expect(truthOf({ op: 'ne', field: 'open', value: true })).toBe(false);
  });

  test('is false on null, whatever is compared; isNull asks for it', () => {
    const empty = { count: null, amount: null, place: null };
    for (const op of ['eq', 'ne', 'lt', 'ge'] as const)
      expect(truthOf({ op, field: 'count', value: 0 }, empty)).toBe(false);
    expect(truthOf({ op: 'not', of: { op: 'eq', field: 'count', value: 0 } }, empty)).toBe(true);
    expect(truthOf({ op: 'isNull', field: 'amount' }, empty)).toBe(true);
    expect(truthOf({ op: 'isNull', field: 'place.street.name' }, empty)).toBe(true);
    expect(truthOf({ op: 'isNull', field: 'id' }, empty)).toBe(false);
    expect(truthOf({ op: 'isNull', field: 'choice' }, { choice: 4 })).toBe(false);
  });

  test('finds fields of records in nullable fields, also within the same record', () => {
    expect(truthOf({ op: 'eq', field: 'place.street.name', value: 'Fuhua Road' })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'parent.parent.count', value: 9 }, nestedTwice(9))).toBe(true);
    expect(truthOf({ op: 'eq', field: 'parent.parent.count', value: 9 }, { parent: { ...event } })).toBe(false);
  });

  test('uses the contract’s default where the writer lacks the field, also below it, and fails without one', () => {
    expect(truthOf({ op: 'eq', field: 'gone', value: 7 })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'lost.city', value: 'Shenzhen' })).toBe(true);
    expect(truthOf({ op: 'eq', field: 'never', value: 7 })).toBe('fails');
    expect(truthOf({ op: 'eq', field: 'place.street.number', value: 7 })).toBe('fails');
    expect(truthOf({ op: 'eq', field: 'place.street.number', value: 7 }, { place: null })).toBe(false);
  });

  test('asks only as far as it must', () => {
    const fails: Predicate = { op: 'eq', field: 'never', value: 7 };
    const holds: Predicate = { op: 'eq', field: 'count', value: 3 };
    expect(truthOf({ op: 'or', of: [holds, fails] })).toBe(true);
    expect(truthOf({ op: 'or', of: [fails, holds] })).toBe('fails');
    expect(truthOf({ op: 'and', of: [{ op: 'not', of: holds }, fails] })).toBe(false);
  });

  test('does not compile where its value is of another kind, or where there is nothing to compare', () => {
    const refused: Predicate[] = [
      { op: 'eq', field: 'id', value: 5 },
      { op: 'eq', field: 'count', value: 'five' },
      { op: 'eq', field: 'open', value: 'true' },
      { op: 'startsWith', field: 'count', prefix: '5' },
      { op: 'eq', field: 'choice', value: 'x' },
      { op: 'eq', field: 'place.tags.a', value: 'b' },
      { op: 'eq', field: 'id.length', value: 2 },
      { op: 'eq', field: 'id', value: '\ud800' },
    ];
    for (const predicate of refused)
      expect(() => compileProjector({ writer, fields: ['id'], predicate, key: null, time: null })).toThrow(RangeError);
  });
});

function nestedTwice(count: number): object {
  return { parent: { ...event, parent: { ...event, count } } };
}

import { describe, expect, test } from '@jest/globals';
import { type AvroRecord, checkPredicate } from '@citystreams/avro';
import { type FieldPath, Predicate, type Scalar } from '@citystreams/contracts';
import fc from 'fast-check';
import { canonicalPredicate } from '../identity.js';
import { fieldKinds } from './field.kind.js';
import { plainPredicate } from './plain.js';
import { formatPredicate } from './predicate.format.js';
import { MOST_PREDICATE_TEXT, parsePredicate } from './predicate.text.js';
import { readPredicate } from './read.js';

const logical = (type: string, logicalType: string) => ({ type, logicalType });
const record: AvroRecord = {
  type: 'record',
  name: 'Flight',
  fields: [
    { name: 'origin', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['PLANNED', 'LATE', 'LANDED'] } },
    { name: 'delay', type: ['null', 'int'] },
    { name: 'distance', type: 'long' },
    { name: 'speed', type: 'double' },
    { name: 'cancelled', type: 'boolean' },
    { name: 'at', type: logical('long', 'timestamp-millis') },
    { name: 'exactly', type: logical('long', 'timestamp-nanos') },
    { name: 'local', type: logical('long', 'local-timestamp-micros') },
    { name: 'day', type: logical('int', 'date') },
    { name: 'clock', type: logical('int', 'time-millis') },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'legs', type: { type: 'array', items: 'string' } },
    { name: 'package', type: 'string' },
    {
      name: 'gate',
      type: [
        'null',
        {
          type: 'record',
          name: 'Gate',
          fields: [
            { name: 'in', type: 'string' },
            { name: 'number', type: 'int' },
          ],
        },
      ],
    },
  ],
};
const kinds = fieldKinds(record);
const read = (text: string): unknown => {
  const found = parsePredicate(text, kinds);
  return found.ok ? found.predicate : found.problems.map((p) => `${p.line}:${p.column} ${p.message}`);
};

describe('a condition as people write it', () => {
  test.each<[string, Predicate]>([
    ['origin == "SZX"', { op: 'eq', field: 'origin', value: 'SZX' }],
    ["origin != 'SZX'", { op: 'ne', field: 'origin', value: 'SZX' }],
    ['15 < delay', { op: 'gt', field: 'delay', value: 15 }],
    ['delay >= -15', { op: 'ge', field: 'delay', value: -15 }],
    ['distance == 9223372036854775807', { op: 'eq', field: 'distance', value: '9223372036854775807' }],
    ['speed < 1.5', { op: 'lt', field: 'speed', value: 1.5 }],
    ['status in ["LATE", "LANDED"]', { op: 'in', field: 'status', values: ['LATE', 'LANDED'] }],
    ['origin.startsWith("SZ")', { op: 'startsWith', field: 'origin', prefix: 'SZ' }],
    ['delay == null', { op: 'isNull', field: 'delay' }],
    ['delay != null', { op: 'not', of: { op: 'isNull', field: 'delay' } }],
    ['gate == null', { op: 'isNull', field: 'gate' }],
    ['price == null', { op: 'isNull', field: 'price' }],
    ['gate.number == 3', { op: 'eq', field: 'gate.number', value: 3 }],
    ['cancelled', { op: 'eq', field: 'cancelled', value: true }],
    ['!cancelled', { op: 'not', of: { op: 'eq', field: 'cancelled', value: true } }],
    ['cancelled == false', { op: 'eq', field: 'cancelled', value: false }],
    ['at >= timestamp("2026-11-23T08:00:00+08:00")', { op: 'ge', field: 'at', value: Date.UTC(2026, 10, 23) }],
    [
      'exactly > timestamp("2026-11-23T00:00:00.000000001Z")',
      { op: 'gt', field: 'exactly', value: '1795392000000000001' },
    ],
    ['local < localTimestamp("1970-01-02T00:00:00.5")', { op: 'lt', field: 'local', value: 86_400_500_000 }],
    ['day in [date("1970-01-01"), date("2026-11-23")]', { op: 'in', field: 'day', values: [0, 20_780] }],
    ['clock >= time("08:30")', { op: 'ge', field: 'clock', value: 30_600_000 }],
    ['field("package") == "x"', { op: 'eq', field: 'package', value: 'x' }],
    ['field("gate.in") == "x"', { op: 'eq', field: 'gate.in', value: 'x' }],
    [
      'origin == "SZX" && (delay > 15 || cancelled) // late ones\n && speed > 1.0',
      {
        op: 'and',
        of: [
          { op: 'eq', field: 'origin', value: 'SZX' },
          {
            op: 'or',
            of: [
              { op: 'gt', field: 'delay', value: 15 },
              { op: 'eq', field: 'cancelled', value: true },
            ],
          },
          { op: 'gt', field: 'speed', value: 1 },
        ],
      },
    ],
  ])('%s', (text, predicate) => {
    expect(read(text)).toEqual(predicate);
    expect(checkPredicate(predicate, record)).toEqual([]);
  });

  test('spaces, order and brackets make no difference to what is meant', () => {
    const [one, two] = ['delay>15&&origin=="SZX"', '  (origin == "SZX")\n  && ((delay > 15))'].map((text) =>
      canonicalPredicate(read(text) as Predicate),
    );
    expect(one).toEqual(two);
  });

  test.each<[string, string]>([
    ['', '1:1'],
    ['delay >', '1:8'],
    ['delay = 5', '1:7'],
    ['delay > 5 &&\n  colour == "x"', '2:3 there is no field "colour"'],
    ['delay > "many"', '1:9 expected a number: "delay" is a number'],
    ['status == "DELAYED"', '1:11 "status" is never "DELAYED": expected one of "PLANNED", "LATE", "LANDED"'],
    ['status in ["LATE", "EARLY"]', '1:20 "status" is never "EARLY"'],
    ['at > "2026-11-23"', '1:6 expected timestamp('],
    ['at > 5', '1:6 expected timestamp('],
    ['at > timestamp("2026-02-30T00:00:00Z")', '1:6 expected timestamp('],
    ['at > timestamp("2026-11-23T00:00:00.0001Z")', '1:6 expected timestamp('],
    ['day > timestamp("2026-11-23T00:00:00Z")', '1:7 expected date('],
    ['price > 5', '1:1 "price" is bytes (decimal): only == null'],
    ['legs == "x"', '1:1 "legs" is a list: only == null'],
    ['legs.x == "x"', '1:1 there is no field "legs.x"'],
    ['cancelled < true', '1:1 "cancelled" is true or false, which have no order'],
    ['delay < null', '1:1 null has no order'],
    ['delay == distance', '1:10 expected a value: fields are not compared'],
    ['delay + 1 > 5', '1:1 expected a field'],
    ['delay.startsWith("1")', '1:1 startsWith needs text'],
    ['origin.startsWith("")', '1:19 expected one text that is not empty'],
    ['origin.endsWith("X")', '1:1 there is no "endsWith"'],
    ['origin in []', '1:11 expected a list of values'],
    ['origin', '1:1 expected a comparison'],
    ['true', '1:1 expected a condition on a field'],
    ['delay > 5 ? cancelled : !cancelled', '1:1 expected a condition'],
    ['has(gate.number)', '1:1 expected a field'],
    ['legs.exists(x, x == "y")', '1:1 there is no "exists"'],
    ['package == "x"', '1:1'],
    ['distance > 9223372036854775808', '1:12 expected a number'],
  ])('%j is refused where it is wrong', (text, problem) => {
    expect(read(text)).toEqual(expect.arrayContaining([expect.stringContaining(problem)]));
  });

  test('says everything that is wrong at once', () => {
    expect(read('delay > "a" && colour == 1 || status == "NEVER"')).toHaveLength(3);
  });
});

const letters = fc.string({ unit: 'binary', maxLength: 6 }).filter((s) => s.isWellFormed());
const long = fc
  .bigInt(-(2n ** 63n), 2n ** 63n - 1n)
  .map((n): Scalar => (Number.isSafeInteger(Number(n)) ? Number(n) : String(n)));
const int = fc.integer();
const values: Record<FieldPath, fc.Arbitrary<Scalar>> = {
  origin: letters,
  package: letters,
  'gate.in': letters,
  status: fc.constantFrom('PLANNED', 'LATE', 'LANDED'),
  delay: int,
  distance: long,
  speed: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 1e19, 1e21),
    long,
  ),
  at: fc.oneof(long, int),
  exactly: long,
  local: long,
  day: int,
  clock: fc.oneof(int, fc.integer({ min: 0, max: 86_399_999 })),
};
const term = fc.oneof(
  fc
    .constantFrom(...Object.keys(values), 'cancelled', 'price', 'legs', 'gate')
    .map((field): Predicate => ({ op: 'isNull', field })),
  fc.boolean().map((value): Predicate => ({ op: 'eq', field: 'cancelled', value })),
  fc
    .constantFrom('origin', 'package', 'status')
    .chain((field) =>
      letters.filter((prefix) => prefix !== '').map((prefix): Predicate => ({ op: 'startsWith', field, prefix })),
    ),
  fc.constantFrom(...Object.entries(values)).chain(([field, value]) =>
    fc.oneof(
      fc
        .tuple(fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), value)
        .map(([op, v]): Predicate => ({ op, field, value: v })),
      fc.array(value, { minLength: 1, maxLength: 4 }).map((list): Predicate => ({ op: 'in', field, values: list })),
    ),
  ),
);
const { tree } = fc.letrec<{ tree: Predicate }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    tie('tree').map((of): Predicate => ({ op: 'not', of })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 }))
      .map(([op, of]): Predicate => ({ op, of })),
  ),
}));

describe('any condition', () => {
  test('is read back from its text as the same', () => {
    fc.assert(
      fc.property(tree, (predicate) => {
        const plain = plainPredicate(predicate, kinds);
        const text = formatPredicate(predicate, kinds);
        expect({ text, read: read(text) }).toEqual({ text, read: plain });
        expect(canonicalPredicate(plain)).toEqual(
          canonicalPredicate(plainPredicate(canonicalPredicate(predicate), kinds)),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('means no other thing as a tree than as text', () => {
    fc.assert(
      fc.property(tree, (predicate) => {
        const [asTree, asText] = [
          readPredicate(predicate, record),
          readPredicate(formatPredicate(predicate, kinds), record),
        ];
        expect(asText).toEqual(asTree);
        expect(!asTree.ok || Predicate.safeParse(asTree.predicate).success).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('hostile text', () => {
  test.each<[string, string]>([
    ['deep brackets', '('.repeat(30_000) + 'cancelled' + ')'.repeat(30_000)],
    ['deep negation', '!'.repeat(60_000) + 'cancelled'],
    ['deep minus', `delay > ${'-'.repeat(60_000)}1`],
    ['a deep path', `a${'.b'.repeat(30_000)} == 1`],
    ['deep lists', `delay in ${'['.repeat(30_000)}`],
    ['many conditions', Array.from({ length: 6_000 }, () => 'delay==1').join('&&')],
    ['a long list', `delay in [${Array.from({ length: 5_000 }, (_, i) => i).join(',')}]`],
    ['more text than any condition has', ' '.repeat(MOST_PREDICATE_TEXT + 1)],
    ['names of JavaScript', '__proto__ == 1 || constructor == 1 || toString.call == 1'],
  ])('%s is refused, and at once', (_, text) => {
    const from = performance.now();
    expect(parsePredicate(text, kinds).ok).toBe(false);
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  test('whatever it is, is answered with where it is wrong', () => {
    const words = fc.constantFrom(
      'delay',
      'at',
      '==',
      '<',
      '&&',
      '||',
      '!',
      '-',
      '(',
      ')',
      '[',
      ']',
      ',',
      '.',
      'in',
      'null',
      'true',
      '"x"',
      "r'",
      'b"',
      '1',
      '1u',
      '0x',
      '1e9',
      'timestamp(',
      'startsWith(',
      '?',
      ':',
      '{',
      '}',
      '\\',
      '\u0000',
      '\ud800',
      '深',
      ' ',
      '\n',
      '//',
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 14 }).map((w) => w.join(' ')),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const found = parsePredicate(given, kinds);
        const lines = given.split('\n');
        const misplaced = found.ok
          ? checkPredicate(found.predicate, record)
          : found.problems.filter(({ line, column }) => column < 1 || column > (lines[line - 1]?.length ?? -1) + 1);
        expect({ misplaced, answered: found.ok || found.problems.length > 0 }).toEqual({
          misplaced: [],
          answered: true,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test('is no larger than what a view can hold, whether text or tree', () => {
    const many = Array.from({ length: 129 }, (_, i) => `delay == ${i}`).join(' && ');
    expect(readPredicate(many, record)).toMatchObject({
      ok: false,
      problems: [{ message: 'there are at most 128 conditions' }],
    });
    const deep = `${'!('.repeat(17)}cancelled${')'.repeat(17)}`;
    expect(readPredicate(deep, record)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('16 levels') }],
    });
  });
});

test('the requester names only fields that it gets as they are', () => {
  const mayUse = (field: FieldPath) => (field === 'delay' ? null : `${field} is hidden`);
  expect(readPredicate('delay > 5 && origin == "SZX"', record, mayUse)).toEqual({
    ok: false,
    problems: [{ field: 'predicate', message: 'origin is hidden' }],
  });
  expect(readPredicate('delay > 5', record, mayUse)).toMatchObject({ ok: true });
});

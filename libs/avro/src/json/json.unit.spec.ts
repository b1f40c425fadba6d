import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileCodec, compileType } from '../codec.js';
import type { AvroType } from '../schema.js';
import { openJsonCodec } from './json.codec.js';
import { parseExactJson } from './numeral.js';

/** `CITYSTREAMS_RUNS` asks for more; every failure prints its seed. */
const RUNS = Number(process.env['CITYSTREAMS_RUNS'] ?? 300);

const written = (schema: AvroType, text: string): Buffer => {
  const read = openJsonCodec(schema).fromJson(text);
  if (!read.ok) throw new Error(JSON.stringify(read.violations));
  return read.body;
};
const refusal = (schema: AvroType, text: string) => {
  const read = openJsonCodec(schema).fromJson(text);
  return read.ok ? [] : read.violations.map(({ path, expected, found }) => [path, expected, found]);
};
/** JSON -> bytes -> JSON. */
const there = (schema: AvroType, text: string): string => openJsonCodec(schema).toJson(written(schema, text));

const logical = (type: string, logicalType: string, more: object = {}): AvroType => ({ type, logicalType, ...more });
const event = (...fields: object[]): AvroType => ({ type: 'record', name: 'E', fields: fields as never });

describe('JSON keeps', () => {
  test.each<[string, AvroType, string, string]>([
    ['a long beyond 2^53, as digits', 'long', '9007199254740993', '"9007199254740993"'],
    ['the longest long', 'long', '"-9223372036854775808"', '"-9223372036854775808"'],
    ['a long that a double holds, as a number', 'long', '-9007199254740991', '-9007199254740991'],
    ['a whole number written with a point', 'int', '7.0', '7'],
    ['a decimal with its zeros', logical('bytes', 'decimal', { precision: 9, scale: 2 }), '12.30', '"12.30"'],
    [
      'a decimal that no double holds',
      logical('bytes', 'decimal', { precision: 38, scale: 18 }),
      '0.100000000000000001',
      '"0.100000000000000001"',
    ],
    [
      'a negative decimal in a fixed',
      { type: 'fixed', name: 'D', size: 8, logicalType: 'decimal', precision: 18, scale: 4 },
      '"-0.0001"',
      '"-0.0001"',
    ],
    [
      'milliseconds',
      logical('long', 'timestamp-millis'),
      '"2026-11-23T08:00:00.120+08:00"',
      '"2026-11-23T00:00:00.120Z"',
    ],
    [
      'microseconds',
      logical('long', 'timestamp-micros'),
      '"1969-12-31T23:59:59.999999Z"',
      '"1969-12-31T23:59:59.999999Z"',
    ],
    [
      'nanoseconds',
      logical('long', 'timestamp-nanos'),
      '"2026-11-23T00:00:00.123456789Z"',
      '"2026-11-23T00:00:00.123456789Z"',
    ],
    [
      'a time that no year of four digits has, as its number',
      logical('long', 'timestamp-millis'),
      '"9223372036854775807"',
      '"9223372036854775807"',
    ],
    [
      'a local time',
      logical('long', 'local-timestamp-micros'),
      '"2026-02-28T23:59:59.5"',
      '"2026-02-28T23:59:59.500000"',
    ],
    ['a date before 1970', logical('int', 'date'), '"1582-10-15"', '"1582-10-15"'],
    ['a time of day', logical('long', 'time-micros'), '"23:59:59.999999"', '"23:59:59.999999"'],
    [
      'a duration',
      { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' },
      '{"months":1,"days":4294967295,"millis":0}',
      '{"months":1,"days":4294967295,"millis":0}',
    ],
    [
      'a uuid of 16 bytes',
      { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' },
      '"00112233-4455-6677-8899-aabbccddeeff"',
      '"00112233-4455-6677-8899-aabbccddeeff"',
    ],
    [
      'not a number, infinity and minus zero',
      { type: 'array', items: 'double' },
      '["NaN","-Infinity",-0]',
      '["NaN","-Infinity",-0]',
    ],
    ['bytes', 'bytes', '"/wA="', '"/wA="'],
    [
      'a key that objects have of their own',
      { type: 'map', values: 'int' },
      '{"__proto__":1,"constructor":2}',
      '{"__proto__":1,"constructor":2}',
    ],
    ['a nullable value bare', ['null', 'long'], '"9007199254740993"', '"9007199254740993"'],
    [
      'the branch of a union that JSON cannot tell',
      ['null', 'string', logical('int', 'date')],
      '{"int":"2026-11-23"}',
      '{"int":"2026-11-23"}',
    ],
    [
      'two records of a union apart',
      [
        { type: 'record', name: 'a.A', fields: [] },
        { type: 'record', name: 'B', fields: [] },
      ],
      '{"a.A":{}}',
      '{"a.A":{}}',
    ],
  ])('%s', (_, schema, text, expected) => {
    expect(there(schema, text)).toBe(expected);
  });

  test('what a default says where a member is missing', () => {
    const schema = event(
      { name: 'a', type: ['null', 'string'], default: null },
      { name: 'b', type: ['null', 'string'], default: 'x' },
      { name: 'c', type: 'bytes', default: '\u00ff' },
      { name: 'd', type: { type: 'map', values: { type: 'array', items: 'int' } }, default: { k: [1, 2] } },
      { name: 'e', type: event({ name: 'x', type: 'int', default: 7 }), default: {} },
    );
    expect(there(schema, '{}')).toBe('{"a":null,"b":"x","c":"/w==","d":{"k":[1,2]},"e":{"x":7}}');
  });
});

describe('JSON that does not fit is refused with every reason, and no value', () => {
  test.each<[string, AvroType, string, string[][]]>([
    ['a float for a long', 'long', '1.5', [['', 'long', 'number']]],
    ['more than 64 bits', 'long', '9223372036854775808', [['', 'long', 'number']]],
    [
      'too many digits after the point',
      logical('bytes', 'decimal', { precision: 9, scale: 2 }),
      '0.125',
      [['', 'decimal of 9 digits, 2 after the point', 'number']],
    ],
    [
      'too many digits',
      logical('bytes', 'decimal', { precision: 3, scale: 2 }),
      '"10.00"',
      [['', 'decimal of 3 digits, 2 after the point', 'string']],
    ],
    [
      'a finer time than the unit',
      logical('long', 'timestamp-millis'),
      '"2026-11-23T00:00:00.0001Z"',
      [['', 'time with its offset, like 2026-11-23T08:00:00Z, to the millisecond', 'string']],
    ],
    [
      'a moment without offset',
      logical('long', 'timestamp-millis'),
      '"2026-11-23T00:00:00"',
      [['', 'time with its offset, like 2026-11-23T08:00:00Z, to the millisecond', 'string']],
    ],
    ['a day that is not there', logical('int', 'date'), '"2026-02-29"', [['', 'date, like 2026-11-23', 'string']]],
    ['beyond a float', 'float', '1e39', [['', 'float', 'number']]],
    ['half a character', 'string', '"\\ud800"', [['', 'string', 'string']]],
    ['no JSON', 'int', '{', [['', 'JSON', 'other text']]],
    ['base64 that is none', { type: 'fixed', name: 'F', size: 2 }, '"a"', [['', 'base64', 'string']]],
  ])('%s', (_, schema, text, expected) => {
    expect(refusal(schema, text)).toEqual(expected);
  });

  test('names the path of each', () => {
    const schema = event(
      { name: 'legs', type: { type: 'array', items: event({ name: 'from', type: 'string' }) } },
      { name: 'note', type: ['null', 'string'] },
    );
    expect(refusal(schema, '{"legs":[{"from":1},{"frm":"x"}],"typo":null}')).toEqual([
      ['legs.0.from', 'string', 'integer'],
      ['legs.1.from', 'string', 'nothing'],
      ['legs.1.frm', 'no such field', 'string'],
      ['note', 'null or string', 'nothing'],
      ['typo', 'no such field', 'null'],
    ]);
  });
});

describe('bytes that are no value are refused', () => {
  test.each<[string, AvroType, number[]]>([
    ['left over', 'int', [2, 2]],
    ['cut short', 'string', [4, 65]],
    ['no UTF-8', 'string', [2, 0xff]],
    ['an int of 33 bits', 'int', [0xfe, 0xff, 0xff, 0xff, 0x1f]],
    ['a number without end', 'long', Array(11).fill(0xff)],
    ['a branch that is not there', ['null', 'int'], [4]],
    ['a billion nulls', { type: 'array', items: 'null' }, [0x80, 0xa8, 0xd6, 0xb9, 0x07, 0]],
    ['a length below zero', 'bytes', [1]],
  ])('%s', (_, schema, bytes) => {
    expect(() => openJsonCodec(schema).toJson(Buffer.from(bytes))).toThrow(RangeError);
  });
});

/** A schema and a value of it as JSON text in our own form. */
interface Sample {
  schema: AvroType;
  text: string;
}

let names = 0;
const leaf = (schema: AvroType, text: fc.Arbitrary<string>): fc.Arbitrary<Sample> =>
  text.map((written) => ({ schema, text: written }));
const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => text.map((inner) => JSON.stringify(inner));
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const longJson = long.map((n) => (BigInt(Number(n)) === n && Number.isSafeInteger(Number(n)) ? String(n) : `"${n}"`));
const bytes = (o: fc.IntArrayConstraints) => quoted(fc.uint8Array(o).map((b) => Buffer.from(b).toString('base64')));
const number = (o: object) =>
  fc.double({ noNaN: true, noDefaultInfinity: true, ...o }).map((n) => (Object.is(n, -0) ? '-0' : String(n)));
const single = fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? '-0' : String(n)));

const decimal = fc
  .integer({ min: 1, max: 30 })
  .chain((precision) => fc.tuple(fc.constant(precision), fc.integer({ min: 0, max: precision })))
  .chain(([precision, scale]) =>
    fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }).map((unscaled) => {
      const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
      const point = digits.length - scale;
      const text = `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
      return { schema: logical('bytes', 'decimal', { precision, scale }), text: `"${text}"` };
    }),
  );

const leaves: fc.Arbitrary<Sample> = fc.oneof(
  leaf('null', fc.constant('null')),
  leaf('boolean', fc.boolean().map(String)),
  leaf('int', fc.integer().map(String)),
  leaf('long', longJson),
  leaf('float', single),
  leaf('double', number({})),
  leaf('string', quoted(fc.string({ unit: 'grapheme' }))),
  leaf('bytes', bytes({ maxLength: 8 })),
  decimal,
  leaf(logical('string', 'uuid'), quoted(fc.uuid())),
  leaf(
    logical('int', 'date'),
    quoted(
      fc
        .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31') })
        .map((d) => d.toISOString().slice(0, 10)),
    ),
  ),
  leaf(
    logical('long', 'timestamp-millis'),
    quoted(
      fc
        .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31') })
        .map((d) => d.toISOString()),
    ),
  ),
  fc
    .nat(15)
    .chain((size) =>
      leaf({ type: 'fixed', name: `Fixed${(names += 1)}`, size }, bytes({ minLength: size, maxLength: size })),
    ),
  leaf({ type: 'enum', name: 'ENUM', symbols: ['a', 'b', '_c'] }, quoted(fc.constantFrom('a', 'b', '_c'))).map(
    ({ schema, text }) => ({
      schema: { ...(schema as object), name: `Enum${(names += 1)}` } as AvroType,
      text,
    }),
  ),
);

/** Values of one array or map have one schema, so one sample is repeated. */
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.tuple(tie('sample'), fc.nat(3)).map(([item, count]) => ({
      schema: { type: 'array', items: item.schema },
      text: `[${Array(count).fill(item.text).join(',')}]`,
    })),
    fc
      .tuple(
        tie('sample'),
        fc.uniqueArray(
          fc.string({ unit: 'grapheme' }).filter((key) => !/^\d+$/.test(key)),
          { maxLength: 3 },
        ),
      )
      .map(([item, keys]) => ({
        schema: { type: 'map', values: item.schema },
        text: `{${keys.map((key) => `${JSON.stringify(key)}:${item.text}`).join(',')}}`,
      })),
    fc.array(tie('sample'), { maxLength: 4 }).map((fields) => ({
      schema: {
        type: 'record',
        name: `Record${(names += 1)}`,
        fields: fields.map((field, i) => ({ name: `f${i}`, type: field.schema })),
      },
      text: `{${fields.map((field, i) => `"f${i}":${field.text}`).join(',')}}`,
    })),
    tie('sample')
      .filter(({ schema }) => !Array.isArray(schema) && schema !== 'null')
      .chain((branch) =>
        fc.constantFrom<Sample>(
          { schema: ['null', branch.schema], text: branch.text },
          { schema: [branch.schema, 'null'], text: 'null' },
        ),
      ),
  ),
}));

/** Bytes of a decimal may hold more digits than its precision: they are shown, and not taken back. */
const anyBytes = sample.filter(({ schema }) => !JSON.stringify(schema).includes('decimal'));

/** Null for a RangeError; any other error is thrown on. */
function readOrRefused(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

describe('for random schemas', () => {
  test('JSON to bytes and back is the same text, and the bytes are what avsc reads', () => {
    fc.assert(
      fc.property(sample, ({ schema, text }) => {
        const codec = openJsonCodec(schema);
        const body = written(schema, text);
        expect(codec.toJson(body)).toBe(text);
        const type = compileType(schema);
        expect(type.toBuffer(type.fromBuffer(body)).equals(body)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('any value of avsc goes to JSON and back to the same bytes', () => {
    fc.assert(
      fc.property(anyBytes, ({ schema }) => {
        const type = compileType(schema);
        const body = type.toBuffer(type.random());
        expect(written(schema, openJsonCodec(schema).toJson(body)).equals(body)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('any bytes are read or refused, never anything else', () => {
    fc.assert(
      fc.property(anyBytes, fc.uint8Array({ maxLength: 40 }), ({ schema }, some) => {
        const codec = openJsonCodec(schema);
        const text = readOrRefused(() => codec.toJson(Buffer.from(some)));
        expect(text === null ? null : codec.toJson(written(schema, text))).toBe(text);
      }),
      { numRuns: RUNS },
    );
  });

  test('any JSON is taken or refused with reasons', () => {
    fc.assert(
      fc.property(sample, fc.json(), ({ schema }, text) => {
        const read = openJsonCodec(schema).fromJson(text);
        expect(read.ok || read.violations.length > 0).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

test('a number keeps its digits where a double would lose them', () => {
  expect(parseExactJson('[1, 0.1, 1.0, 12.30, 9007199254740993]')).toMatchObject([
    1,
    0.1,
    1,
    { source: '12.30' },
    { source: '9007199254740993' },
  ]);
});

describe('the codec and JSON agree', () => {
  test.each<[AvroType, string]>([
    [logical('bytes', 'decimal', { precision: 9, scale: 2 }), '-12.30'],
    [{ type: 'fixed', name: 'D', size: 4, logicalType: 'decimal', precision: 9, scale: 0 }, '999999999'],
  ])('that a decimal of %j is its digits', (schema, digits) => {
    const codec = compileCodec(schema);
    expect(codec.encode(digits).equals(written(schema, `"${digits}"`))).toBe(true);
    expect(codec.decode(codec.encode(digits))).toBe(digits);
    expect(codec.check(`${digits}.001`)).toHaveLength(1);
    expect(codec.check(12.3)).toHaveLength(1);
  });

  test('that without a sound precision it is bytes', () => {
    expect(compileCodec(logical('bytes', 'decimal', { precision: 2, scale: 3 })).check(Buffer.of(1))).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { type ResolvedSchema, readSchema } from '../declaration/index.js';
import { COMPATIBILITY_LEVELS, type CompatibilityLevel, checkLevel } from './levels.js';
import { meaningChanges } from './meaning.js';
import { registryMessages } from './registry-messages.js';

function schema(json: unknown): ResolvedSchema {
  const result = readSchema(JSON.stringify(json));
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.schema;
}

const record = (...fields: object[]): ResolvedSchema => schema({ type: 'record', name: 'a.R', fields });
const [f, g, h] = ['f', 'g', 'h'].map((name) => ({ name, type: 'int' })) as [object, object, object];

/** Version 1 lacks g, version 2 has it with a default, version 3 drops f: each reads the one before it. */
const existing = [
  { version: 1, schema: record(f) },
  { version: 2, schema: record(f, { ...g, default: 0 }) },
  { version: 4, schema: record({ ...g, default: 0 }) },
];

const found = (level: CompatibilityLevel, candidate: ResolvedSchema, options = {}): string[] =>
  checkLevel(level, candidate, existing, options).map(
    ({ version, reader, difference }) => `${version} ${reader} ${difference.kind} ${difference.message}`,
  );

describe('a level', () => {
  test.each<[CompatibilityLevel, string[]]>([
    ['NONE', []],
    ['BACKWARD', []],
    ['BACKWARD_TRANSITIVE', ['1 new READER_FIELD_MISSING_DEFAULT_VALUE g']],
    ['FORWARD', []],
    [
      'FORWARD_TRANSITIVE',
      ['2 old READER_FIELD_MISSING_DEFAULT_VALUE f', '1 old READER_FIELD_MISSING_DEFAULT_VALUE f'],
    ],
    ['FULL', []],
    [
      'FULL_TRANSITIVE',
      [
        '2 old READER_FIELD_MISSING_DEFAULT_VALUE f',
        '1 old READER_FIELD_MISSING_DEFAULT_VALUE f',
        '1 new READER_FIELD_MISSING_DEFAULT_VALUE g',
      ],
    ],
  ])('of %s asks what its name says, newest version first', (level, expected) => {
    expect(found(level, record(g))).toEqual(expected);
  });

  test('stops at the first version when asked to, as the registry does', () => {
    expect(found('FULL_TRANSITIVE', record(g), { firstOnly: true })).toHaveLength(1);
  });

  test('allows anything where nothing exists', () => {
    for (const level of COMPATIBILITY_LEVELS) expect(checkLevel(level, record(h), [])).toEqual([]);
  });
});

describe('messages of the registry', () => {
  const messages = (level: CompatibilityLevel, candidate: ResolvedSchema): string[] =>
    registryMessages(checkLevel(level, candidate, existing), existing, level);
  const old = '{"type":"record","name":"R","namespace":"a","fields":[{"name":"g","type":"int","default":0}]}';

  test('name kind, place and what is missing, then the old version', () => {
    expect(messages('BACKWARD', record(g, h))).toEqual([
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'h' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'h'}",
      '{oldSchemaVersion: 4}',
      `{oldSchema: '${old}'}`,
      "{validateFields: 'false', compatibility: 'BACKWARD'}",
    ]);
  });

  test('tell who reads', () => {
    expect(messages('FORWARD', record({ name: 'g', type: 'string' }))[0]).toBe(
      "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field in the old schema does not match with the new schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}",
    );
  });

  test('of FULL leave the old version out where only the old one fails to read', () => {
    const before = [{ version: 1, schema: record(f) }];
    expect(registryMessages(checkLevel('FULL', record(), before), before, 'FULL')).toHaveLength(2);
    expect(registryMessages(checkLevel('FULL', record(g), before), before, 'FULL')).toHaveLength(5);
  });

  test('are none where there is nothing to tell', () => {
    expect(messages('FULL', record(g))).toEqual([]);
  });
});

describe('a change of meaning', () => {
  const time = (unit: string): object => ({ type: 'long', logicalType: `timestamp-${unit}` });

  test('is another logical type on the same type, wherever it stands', () => {
    const fields = (unit: string, scale: number): object[] => [
      { name: 'at', type: time(unit) },
      { name: 'all', type: { type: 'array', items: ['null', time(unit)] } },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 6, scale } },
      { name: 'next', type: ['null', 'a.R'] },
    ];
    expect(meaningChanges(record(...fields('millis', 2)), record(...fields('micros', 3)))).toEqual([
      { location: '/fields/0/type', was: 'timestamp-millis', is: 'timestamp-micros' },
      { location: '/fields/1/type/items/1', was: 'timestamp-millis', is: 'timestamp-micros' },
      { location: '/fields/2/type', was: 'decimal(6, 2)', is: 'decimal(6, 3)' },
    ]);
  });

  test('is seen where a type became a union', () => {
    const change = meaningChanges(
      record({ name: 'at', type: time('millis') }),
      record({ name: 'at', type: ['null', 'long'] }),
    );
    expect(change).toEqual([{ location: '/fields/0/type/1', was: 'timestamp-millis', is: 'none' }]);
  });

  test('is not another order of attributes, a new field or an unknown logical type', () => {
    const before = record({ name: 'at', type: { type: 'long', logicalType: 'somebody’s own' } });
    expect(meaningChanges(before, record({ name: 'now', type: time('millis') }, { name: 'at', type: 'long' }))).toEqual(
      [],
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { type ResolvedSchema, readSchema } from '../declaration/index.js';
import { checkCompatibility } from './check.js';

function schema(json: unknown): ResolvedSchema {
  const result = readSchema(JSON.stringify(json));
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.schema;
}

const check = (reader: unknown, writer: unknown): string[] =>
  checkCompatibility(schema(reader), schema(writer)).map(
    ({ kind, location, message }) => `${kind} ${location} ${message}`,
  );

const record = (...fields: object[]): object => ({ type: 'record', name: 'a.R', fields });

test('a primitive is read as itself and as what it is promoted to, and as nothing else', () => {
  const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
  const readable = primitives.map((reader) => [
    reader,
    primitives.filter((writer) => check(reader, writer).length === 0),
  ]);
  expect(Object.fromEntries(readable)).toEqual({
    null: ['null'],
    boolean: ['boolean'],
    int: ['int'],
    long: ['int', 'long'],
    float: ['int', 'long', 'float'],
    double: ['int', 'long', 'float', 'double'],
    bytes: ['bytes', 'string'],
    string: ['bytes', 'string'],
  });
  expect(check('int', 'long')).toEqual(['TYPE_MISMATCH / reader type: INT not compatible with writer type: LONG']);
});

test('logical types do not count', () => {
  expect(
    check({ type: 'long', logicalType: 'timestamp-micros' }, { type: 'long', logicalType: 'timestamp-millis' }),
  ).toEqual([]);
});

describe('a record', () => {
  test('needs a default for each field that the writer does not have', () => {
    const reader = record(
      { name: 'f', type: 'int' },
      { name: 'g', type: 'int' },
      { name: 'h', type: 'int', default: 1 },
    );
    expect(check(reader, record({ name: 'f', type: 'int' }))).toEqual([
      'READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 g',
    ]);
  });

  test('takes the default null of a union', () => {
    expect(check(record({ name: 'f', type: ['null', 'int'], default: null }), record())).toEqual([]);
  });

  test('may drop fields and take them in another order', () => {
    const writer = record({ name: 'f', type: 'int' }, { name: 'g', type: 'string' }, { name: 'h', type: 'bytes' });
    expect(check(record({ name: 'h', type: 'bytes' }, { name: 'f', type: 'long' }), writer)).toEqual([]);
  });

  test('finds a renamed field by its alias, and has no answer when it finds two', () => {
    const reader = record({ name: 'g', type: 'int', aliases: ['f'] });
    expect(check(reader, record({ name: 'f', type: 'int' }))).toEqual([]);
    expect(check(reader, record({ name: 'f', type: 'int' }, { name: 'g', type: 'int' }))).toEqual([
      expect.stringMatching(
        /^AMBIGUOUS_ALIAS \/fields\/0 Reader record field g type:INT pos:0 matches multiple fields/,
      ),
    ]);
  });

  test('does not take the default of an enum for the default of a field', () => {
    const reader = record({ name: 'f', type: { type: 'enum', name: 'E', symbols: ['A'], default: 'A' } });
    expect(check(reader, record())).toEqual([
      'TYPE_MISMATCH /fields/0/type reader type: ENUM not compatible with writer type: RECORD',
    ]);
  });

  test('tells every difference, each with its place', () => {
    const reader = record(
      { name: 'f', type: { type: 'array', items: 'int' } },
      { name: 'g', type: { type: 'map', values: 'null' } },
    );
    const writer = record(
      { name: 'f', type: { type: 'array', items: 'string' } },
      { name: 'g', type: { type: 'map', values: 'int' } },
    );
    expect(check(reader, writer)).toEqual([
      'TYPE_MISMATCH /fields/0/type/items reader type: INT not compatible with writer type: STRING',
      'TYPE_MISMATCH /fields/1/type/values reader type: NULL not compatible with writer type: INT',
    ]);
  });

  test('inside itself is compared once', () => {
    const tree = (type: string): object => record({ name: 'v', type }, { name: 'next', type: ['null', 'a.R'] });
    expect(check(tree('long'), tree('int'))).toEqual([]);
    expect(check(tree('int'), tree('long'))).toEqual([
      'TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: LONG',
    ]);
  });
});

describe('names', () => {
  const fixed = (name: string, aliases: string[] = []): object => ({ type: 'fixed', name, size: 1, aliases });

  test('match without their namespaces', () => {
    expect(check(fixed('a.F'), fixed('b.F'))).toEqual([]);
    expect(check(fixed('a.F'), fixed('a.G'))).toEqual(['NAME_MISMATCH /name expected: a.G']);
  });

  test('match by an alias of the reader, which counts in full', () => {
    expect(check(fixed('a.F', ['G']), fixed('a.G'))).toEqual([]);
    expect(check(fixed('a.F', ['b.G']), fixed('b.G'))).toEqual([]);
    expect(check(fixed('a.F', ['G']), fixed('b.G'))).toEqual(['NAME_MISMATCH /name expected: b.G']);
  });
});

describe('an enum', () => {
  const symbols = (list: string[], rest: object = {}): object => ({ type: 'enum', name: 'E', symbols: list, ...rest });

  test('must know every symbol of the writer', () => {
    expect(check(symbols(['A']), symbols(['C', 'A', 'B']))).toEqual(['MISSING_ENUM_SYMBOLS /symbols [B, C]']);
    expect(check(symbols(['B', 'A']), symbols(['A']))).toEqual([]);
  });

  test('reads an unknown symbol as its own default, not as the writer’s', () => {
    expect(check(symbols(['A'], { default: 'A' }), symbols(['B']))).toEqual([]);
    expect(check(symbols(['A']), symbols(['B'], { default: 'B' }))).toHaveLength(1);
  });
});

test('a fixed must have the size of the writer', () => {
  const fixed = (name: string, size: number): object => ({ type: 'fixed', name, size });
  expect(check(fixed('F', 2), fixed('G', 3))).toEqual([
    'NAME_MISMATCH /name expected: G',
    'FIXED_SIZE_MISMATCH /size expected: 3, found: 2',
  ]);
});

describe('a union', () => {
  test('of the writer needs each branch to be readable', () => {
    expect(check('long', ['int', 'long'])).toEqual([]);
    expect(check('long', ['int', 'string', 'null'])).toEqual([
      'TYPE_MISMATCH /1 reader type: LONG not compatible with writer type: STRING',
      'TYPE_MISMATCH /2 reader type: LONG not compatible with writer type: NULL',
    ]);
    expect(check('int', [])).toEqual([]);
  });

  test('of the reader takes what one of its branches takes', () => {
    expect(check(['null', 'double'], 'int')).toEqual([]);
    expect(check(['null', 'int'], 'long')).toEqual(['MISSING_UNION_BRANCH / reader union lacking writer type: LONG']);
  });

  test('against a union tells which branch is missing', () => {
    const inField = (type: unknown): object => record({ name: 'f', type });
    expect(check(inField(['null', 'int']), inField(['int', 'string', 'null']))).toEqual([
      'MISSING_UNION_BRANCH /fields/0/type/1 reader union lacking writer type: STRING',
    ]);
  });

  test('keeps the place where a pair of types was met first, which inside a union starts at the branch', () => {
    const F = (size: number): object => ({ type: 'fixed', name: 'F', size });
    const reader = record({ name: 'f', type: ['null', F(1)] }, { name: 'g', type: 'a.F' });
    expect(check(reader, record({ name: 'f', type: F(2) }, { name: 'g', type: 'a.F' }))).toEqual([
      'MISSING_UNION_BRANCH /fields/0/type reader union lacking writer type: FIXED',
      'FIXED_SIZE_MISMATCH /size expected: 2, found: 1',
    ]);
  });
});

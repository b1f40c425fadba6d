import { describe, expect, test } from '@jest/globals';
import { type ResolvedSchema, readSchema } from '../declaration/index.js';
import { successionFindings } from './succession.js';

function schema(json: unknown): ResolvedSchema {
  const result = readSchema(JSON.stringify(json));
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.schema;
}

const record = (...fields: object[]): object => ({ type: 'record', name: 'a.R', fields });
const inField = (type: unknown): object => record({ name: 'f', type });
const place = (...fields: object[]): object => ({ type: 'record', name: 'a.Place', fields });

const found = (older: object, newer: object): string[] =>
  successionFindings(schema(older), schema(newer)).map(({ field, message }) => `${field}: ${message}`);

test('a version may follow another when each reads the other', () => {
  const older = record({ name: 'f', type: 'int' }, { name: 'g', type: 'long', default: 1 });
  expect(found(older, record({ name: 'h', type: ['null', 'int'], default: null }, { name: 'f', type: 'int' }))).toEqual(
    [],
  );
});

describe('it may not follow', () => {
  test('when a field comes or goes without a default, wherever it is', () => {
    const x = { name: 'x', type: 'double' };
    const older = inField(['null', place(x, { name: 'y', type: 'double' })]);
    const newer = record(
      { name: 'n', type: 'int' },
      { name: 'f', type: [place({ name: 'z', type: 'int' }, x), 'null'] },
    );
    expect(found(older, newer)).toEqual([
      '$.fields[0]: field "n" is new and has no default',
      '$.fields[1].type[0].fields[0]: field "f.z" is new and has no default',
      '$.fields[1].type[0].fields: field "f.y" was dropped and had no default',
    ]);
  });

  test('when a type changes, which is told once, and who cannot read if only one cannot', () => {
    expect(found(inField(['null', 'double']), inField('string'))).toEqual([
      '$.fields[0].type: field "f" changed from null | double to string',
    ]);
    expect(found(inField({ type: 'array', items: 'int' }), inField({ type: 'array', items: 'long' }))).toEqual([
      '$.fields[0].type.items: field "f" changed from int to long: the older version cannot read what the newer writes',
    ]);
    expect(found(inField(['null', 'long']), inField(['null', 'long', 'string']))).toEqual([
      '$.fields[0].type: field "f" changed from null | long to null | long | string: the older version cannot read what the newer writes',
    ]);
    expect(
      found(inField({ type: 'fixed', name: 'F', size: 4 }), inField({ type: 'fixed', name: 'F', size: 8 })),
    ).toEqual(['$.fields[0].type.size: field "f" changed from fixed a.F of 4 bytes to fixed a.F of 8 bytes']);
  });

  test('when an enum without a default loses or gains symbols', () => {
    const kind = (symbols: string[], rest = {}): object => inField({ type: 'enum', name: 'Kind', symbols, ...rest });
    expect(found(kind(['A', 'B']), kind(['A', 'C']))).toEqual([
      '$.fields[0].type.symbols: field "f" lost the symbols [B] and the newer version\'s enum has no default',
      '$.fields[0].type.symbols: field "f" gained the symbols [C] and the older version\'s enum has no default',
    ]);
    expect(found(kind(['A', 'B'], { default: 'A' }), kind(['A', 'C'], { default: 'A' }))).toEqual([]);
  });

  test('when both read it and the value says something else', () => {
    const time = (unit: string): object => inField({ type: 'long', logicalType: `timestamp-${unit}` });
    expect(found(time('millis'), time('micros'))).toEqual([
      '$.fields[0].type: field "f" changed from timestamp-millis to timestamp-micros: readers would not notice',
    ]);
    expect(found(inField('string'), inField('bytes'))).toEqual([
      '$.fields[0].type: field "f" changed from string to bytes: readers would not notice',
    ]);
  });
});

test('what is recursive or huge is told in few words', () => {
  const node = (type: string): object =>
    record({ name: 'v', type }, { name: 'next', type: ['null', 'a.R'], default: null });
  expect(found(node('int'), node('string'))).toEqual(['$.fields[0].type: field "v" changed from int to string']);
  const wide = Array.from({ length: 500 }, (_, i) => ({ type: 'fixed', name: `F${i}`, size: 1 }));
  expect(found(inField(wide), inField('int'))[0]?.length).toBeLessThan(400);
});

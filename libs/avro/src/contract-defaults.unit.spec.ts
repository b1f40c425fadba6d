import { expect, test } from '@jest/globals';
import { compileCodec } from './codec.js';
import { contractDefaults } from './contract-defaults.js';
import { compileProjection } from './projection.js';
import { compileProjector } from './projector/projector.js';
import type { AvroField, AvroRecord } from './schema.js';

const address = (...fields: AvroField[]): AvroRecord => ({ type: 'record', name: 'Address', fields });
const event = (...fields: AvroField[]): AvroRecord => ({ type: 'record', name: 'Event', fields });
const street: AvroField = { name: 'street', type: 'string' };
const floor: AvroField = { name: 'floor', type: ['null', 'int'], default: null };
const first = event({ name: 'id', type: 'string' }, { name: 'old', type: 'int', default: 7 });
const second = event(
  { name: 'id', type: 'string' },
  { name: 'home', type: address(street), default: { street: 'none' } },
);
const third = event(
  { name: 'id', type: 'string' },
  { name: 'home', type: address(street, floor), default: { street: 'none', floor: 3 } },
  { name: 'city', type: 'string', default: 'Shenzhen' },
);
const absent = contractDefaults([first, second, third]);

test('the defaults of all versions are known by path, the latest first', () => {
  expect(absent).toEqual({ old: 7, home: { street: 'none', floor: 3 }, 'home.floor': null, city: 'Shenzhen' });
});

test('a predicate decides by them where the writer lacks the field, or a field within one it has', () => {
  const passes = (
    writer: AvroRecord,
    value: object,
    predicate: Parameters<typeof compileProjector>[0]['predicate'],
  ) => {
    const options = { writer, fields: ['id'], predicate, absent, key: null, time: null };
    const body = compileCodec(writer).encode(value);
    const shown = compileProjector(options).project(body);
    expect(shown).toEqual(compileProjection(options).project(body));
    return shown !== null;
  };
  const one = { id: 'x', old: 1 };
  const two = { id: 'x', home: { street: 's' } };
  expect(passes(first, one, { op: 'eq', field: 'city', value: 'Shenzhen' })).toBe(true);
  expect(passes(first, one, { op: 'eq', field: 'home.street', value: 'none' })).toBe(true);
  expect(passes(first, one, { op: 'eq', field: 'home.floor', value: 3 })).toBe(true);
  expect(passes(second, two, { op: 'isNull', field: 'home.floor' })).toBe(true);
  expect(passes(second, two, { op: 'eq', field: 'old', value: 7 })).toBe(true);
  expect(passes(second, two, { op: 'eq', field: 'old', value: 1 })).toBe(false);
});

import { readSchema, registryText } from '@citystreams/avro';
import { describe, expect, test } from '@jest/globals';
import { dataForm } from './data-form.js';

function formOf(schema: unknown): string {
  const read = readSchema(typeof schema === 'string' ? schema : JSON.stringify(schema), { names: 'stored' });
  if (!read.ok) throw new Error(JSON.stringify(read.findings));
  return dataForm(registryText(read.schema));
}

const contract = {
  type: 'record',
  name: 'Arrival',
  namespace: 'city.harbour',
  doc: 'A ship arrives.',
  key: 'ship',
  fields: [
    { name: 'ship', type: 'string', doc: 'Which.', classification: { level: 'L1' } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When.' },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['IN', 'OUT'], default: 'IN', doc: 'Which.' } },
    { name: 'tags', type: { type: 'map', values: ['null', 'string'] }, default: {} },
    { name: 'big', type: 'long', default: 9_007_199_254_740_991 },
  ],
};
const form = formOf(contract);
type Field = Record<string, unknown>;
/** The contract with one field changed. */
const changed = (name: string, change: object): object => ({
  ...contract,
  fields: contract.fields.map((field: Field) => (field['name'] === name ? { ...field, ...change } : field)),
});

describe('the form of a schema', () => {
  test('does not see docs, attributes, aliases, and what code generators add', () => {
    const { doc: _, key: __, ...bare } = contract;
    expect(formOf(bare)).toBe(form);
    expect(formOf({ ...contract, doc: 'Another doc.', more: [1] })).toBe(form);
    expect(formOf(changed('ship', { doc: 'Another.', classification: { level: 'L5' }, aliases: ['boat'] }))).toBe(form);
    expect(formOf(changed('ship', { type: { type: 'string', 'avro.java.string': 'String' } }))).toBe(form);
    const tags = {
      type: 'map',
      values: ['null', { type: 'string', 'avro.java.string': 'String' }],
      'avro.java.string': 'String',
    };
    expect(formOf(changed('tags', { type: tags }))).toBe(form);
    const state = { symbols: ['IN', 'OUT'], name: 'city.harbour.State', type: 'enum', default: 'IN' };
    expect(formOf(changed('state', { type: state }))).toBe(form);
  });

  test.each([
    ['ship', { name: 'boat' }],
    ['ship', { type: 'bytes' }],
    ['ship', { default: '' }],
    ['ship', { order: 'descending' }],
    ['at', { type: 'long' }],
    ['at', { type: { type: 'long', logicalType: 'timestamp-micros' } }],
    ['price', { type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 3 } }],
    ['state', { type: { type: 'enum', name: 'State', symbols: ['OUT', 'IN'], default: 'IN' } }],
    ['state', { type: { type: 'enum', name: 'State', symbols: ['IN', 'OUT'] } }],
    ['tags', { type: { type: 'map', values: ['string', 'null'] } }],
    ['tags', { default: { a: null } }],
  ])('sees of %s %j', (name, change) => {
    expect(formOf(changed(name, change))).not.toBe(form);
  });

  test('sees the order of fields, the name, and numbers digit for digit', () => {
    expect(formOf({ ...contract, fields: contract.fields.toReversed() })).not.toBe(form);
    expect(formOf({ ...contract, name: 'Departure' })).not.toBe(form);
    const with9 = (digits: string) => JSON.stringify(contract).replace('9007199254740991', digits);
    expect(formOf(with9('9007199254740993'))).not.toBe(formOf(with9('9007199254740992')));
  });
});

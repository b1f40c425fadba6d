import { describe, expect, test } from '@jest/globals';
import { canonicalText, fingerprintOf } from './schema-text.js';

const record = {
  type: 'record',
  name: 'Observation',
  namespace: 'city.meteorology',
  doc: 'One observation.',
  key: 'station',
  fields: [
    { name: 'station', type: 'string', doc: 'Which.', classification: { level: 'L1', category: 'identifier' } },
    { name: 'sky', type: { type: 'enum', name: 'Sky', symbols: ['SUN', 'RAIN'] }, doc: 'Sky.' },
    { name: 'before', type: ['null', 'Sky'], default: null, doc: 'Earlier sky.' },
  ],
};
const text = canonicalText(record);

describe('the canonical text of a schema', () => {
  test('does not depend on white space or on the order of attributes', () => {
    const shuffled = {
      fields: record.fields.map((field) => Object.fromEntries(Object.entries(field).toReversed())),
      doc: record.doc,
      key: record.key,
      namespace: record.namespace,
      name: record.name,
      type: record.type,
    };
    expect(canonicalText(JSON.parse(JSON.stringify(shuffled, null, 4)))).toBe(text);
  });

  test('does not depend on how names are qualified', () => {
    const qualified = structuredClone(record) as Record<string, unknown>;
    delete qualified.namespace;
    qualified.name = 'city.meteorology.Observation';
    (qualified.fields as { type: unknown }[])[2]!.type = ['null', 'city.meteorology.Sky'];
    expect(canonicalText(qualified)).toBe(text);
  });

  test('does not depend on a primitive written as an object', () => {
    const wrapped = structuredClone(record) as unknown as { fields: { type: unknown }[] };
    wrapped.fields[0]!.type = { type: 'string' };
    expect(canonicalText(wrapped)).toBe(text);
  });

  test('is its own canonical text', () => {
    expect(canonicalText(JSON.parse(text))).toBe(text);
  });

  test('keeps docs, defaults and attributes, so a schema that differs in one of them is another schema', () => {
    for (const change of [
      { doc: 'Another doc.' },
      { key: 'sky' },
      { fields: [{ ...record.fields[0], default: 'none' }, ...record.fields.slice(1)] },
    ]) {
      expect(fingerprintOf(canonicalText({ ...record, ...change }))).not.toBe(fingerprintOf(text));
    }
  });

  test('keeps the order of fields, of union branches and of enum symbols, which readers depend on', () => {
    expect(canonicalText({ ...record, fields: record.fields.toReversed() })).not.toBe(text);
    expect(canonicalText(['null', 'string'])).not.toBe(canonicalText(['string', 'null']));
  });

  test('keeps a logical type with its parameters', () => {
    const decimal = { type: 'bytes', scale: 2, precision: 9, logicalType: 'decimal' };
    expect(canonicalText(decimal)).toBe('{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}');
  });

  test('says that a name belongs to no namespace where the enclosing one would be taken for it', () => {
    const outside = { type: 'record', name: 'Inner', namespace: '', fields: [] };
    const inside = { type: 'record', name: 'Inner', fields: [] };
    const around = (type: unknown) =>
      canonicalText({ type: 'record', name: 'a.Outer', fields: [{ name: 'inner', type }] });
    expect(around(outside)).not.toBe(around(inside));
  });
});

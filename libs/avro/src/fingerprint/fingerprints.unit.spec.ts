import { describe, expect, test } from '@jest/globals';
import { type ReadOptions, type ResolvedSchema, readSchema } from '../declaration/index.js';
import { crc64 } from './crc64.js';
import { fingerprints } from './fingerprints.js';
import { normalise } from './normalise.js';
import { parsingForm } from './parsing-form.js';
import { registryText } from './registry-text.js';

function schema(text: string, options?: ReadOptions): ResolvedSchema {
  const result = readSchema(text, options);
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.schema;
}

const DECORATED = `{
  "type": "record", "namespace": "a.b", "name": "R", "doc": "all of it", "aliases": ["Old", "x.Older"], "owner": {"z": 1, "a": 2.50},
  "fields": [
    {"name": "f", "type": {"type": "int", "logicalType": "date"}, "default": 1, "doc": "d", "aliases": ["z", "a"], "order": "descending"},
    {"name": "g", "type": ["null", {"name": "E", "type": "enum", "symbols": ["A", "B"], "default": "A"}], "default": null},
    {"name": "h", "type": {"type": "map", "values": "E"}, "default": {"z": "A", "a": "B"}},
    {"name": "i", "type": "double", "default": 1, "class": "L1"},
    {"name": "j", "type": {"type": "fixed", "name": "c.F", "size": 16}}
  ]
}`;

describe('Parsing Canonical Form', () => {
  test('keeps what decides about bytes, with full names, in one order', () => {
    expect(parsingForm(schema(DECORATED))).toBe(
      '{"name":"a.b.R","type":"record","fields":[{"name":"f","type":"int"},{"name":"g","type":["null",{"name":"a.b.E","type":"enum","symbols":["A","B"]}]},' +
        '{"name":"h","type":{"type":"map","values":"a.b.E"}},{"name":"i","type":"double"},{"name":"j","type":{"name":"c.F","type":"fixed","size":16}}]}',
    );
  });

  test('of an error is that of a record', () => {
    expect(parsingForm(schema('{"type":"error","name":"E","fields":[]}'))).toBe(
      '{"name":"E","type":"record","fields":[]}',
    );
  });
});

describe('fingerprints', () => {
  test.each([
    ['"null"', 7195948357588979594n],
    ['{"type":"boolean"}', -6970731678124411036n],
    ['"int"', 8247732601305521295n],
    ['"float"', 5583340709985441680n],
  ])('of %s are those of the Avro project', (text, expected) => {
    expect(BigInt.asIntN(64, fingerprints(schema(text)).crc64)).toBe(expected);
  });

  test('of nothing at all is the polynomial', () => {
    expect(crc64(new Uint8Array())).toBe(0xc15d213aa4d7a795n);
  });

  test('are those of the form: docs and attributes change nothing', () => {
    const bare = parsingForm(schema(DECORATED));
    expect(fingerprints(schema(bare))).toEqual(fingerprints(schema(DECORATED)));
    expect(fingerprints(schema('"string"')).sha256).toBe(
      'e9e5c1c9e4f6277339d1bcde0733a59bd42f8731f449da6dc13010a916930d48',
    );
  });
});

describe('the text that the registry keeps', () => {
  test('has attributes, docs and defaults as they were, names as short as they can be', () => {
    expect(registryText(schema(DECORATED))).toBe(
      '{"type":"record","name":"R","namespace":"a.b","doc":"all of it","fields":[' +
        '{"name":"f","type":{"type":"int","logicalType":"date"},"doc":"d","default":1,"order":"descending","aliases":["z","a"]},' +
        '{"name":"g","type":["null",{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}],"default":null},' +
        '{"name":"h","type":{"type":"map","values":"E"},"default":{"z":"A","a":"B"}},' +
        '{"name":"i","type":"double","default":1,"class":"L1"},' +
        '{"name":"j","type":{"type":"fixed","name":"F","namespace":"c","size":16}}],"owner":{"z":1,"a":2.5},"aliases":["Old","x.Older"]}',
    );
  });

  test('mentions types of referenced schemas, unless asked to write them out', () => {
    const options = { references: ['{"type":"fixed","name":"b.S","size":2}'] };
    const text = '{"type":"array","items":"b.S"}';
    expect(registryText(schema(text, options))).toBe(text);
    expect(registryText(schema(text, options), { inline: true })).toBe(
      '{"type":"array","items":{"type":"fixed","name":"S","namespace":"b","size":2}}',
    );
  });

  test.each([
    ['1e7', '1.0E7'],
    ['1234567.0', '1234567.0'],
    ['0.001', '0.001'],
    ['0.0001', '1.0E-4'],
    ['-0.0', '-0.0'],
    ['1.5e300', '1.5E300'],
    ['100', '100'],
    ['12345678901234567890', '12345678901234567890'],
  ])('writes the number %s as %s', (given, written) => {
    expect(registryText(schema(`{"type":"int","a":${given}}`))).toBe(`{"type":"int","a":${written}}`);
  });
});

describe('normalisation', () => {
  test('sorts attributes, aliases and members, and writes defaults as values of their types', () => {
    expect(normalise(schema(DECORATED))).toBe(
      '{"type":"record","name":"R","namespace":"a.b","doc":"all of it","fields":[' +
        '{"name":"f","type":{"type":"int","logicalType":"date"},"doc":"d","default":1,"order":"descending","aliases":["a","z"]},' +
        '{"name":"g","type":["null",{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}],"default":null},' +
        '{"name":"h","type":{"type":"map","values":"E"},"default":{"a":"B","z":"A"}},' +
        '{"name":"i","type":"double","default":1.0,"class":"L1"},' +
        '{"name":"j","type":{"type":"fixed","name":"F","namespace":"c","size":16}}],"owner":{"a":2.5,"z":1},"aliases":["Old","x.Older"]}',
    );
  });

  test('makes one text of two that differ in order and space only', () => {
    const one = '{"type":"bytes","scale":2,"precision":4,"logicalType":"decimal","b":1,"a":2}';
    const other = '{"a":2,"b":1, "type":"bytes", "logicalType":"decimal","precision":4,"scale":2}';
    expect(normalise(schema(one))).toBe(normalise(schema(other)));
    expect(normalise(schema(one))).toBe('{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"a":2,"b":1}');
  });

  test('keeps a default of a later branch, and the null namespace inside another', () => {
    const field = '{"name":"f","type":["null","string"],"default":"x"}';
    const inner = '{"name":"g","type":{"type":"fixed","name":"F","namespace":"","size":1}}';
    const text = `{"type":"record","name":"R","namespace":"a","fields":[${field},${inner}]}`;
    expect(normalise(schema(text))).toBe(text);
  });

  test('leaves references alone', () => {
    const options = { references: ['{"type":"fixed","name":"b.S","size":2}'] };
    expect(normalise(schema('{"items":"b.S","type":"array"}', options))).toBe('{"type":"array","items":"b.S"}');
  });
});

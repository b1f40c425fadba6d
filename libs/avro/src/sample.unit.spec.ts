import { describe, expect, test } from '@jest/globals';
import { parseContract } from './contract.js';
import { openJsonCodec } from './json/json.codec.js';
import { sampleOf } from './sample.js';
import type { AvroType } from './schema.js';

const classification = { level: 'L1', category: 'identifier' };
const sampleFor = (type: AvroType): unknown => {
  const fields = [
    { name: 'id', type: 'string', doc: 'd', classification },
    { name: 'x', type, doc: 'd', classification },
  ];
  const parsed = parseContract({ type: 'record', name: 'E', doc: 'd', key: 'id', fields });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  const sample = sampleOf(parsed.contract);
  // Whatever is shown is an event of the contract.
  expect(openJsonCodec(parsed.contract.record).fromValue(sample).ok).toBe(true);
  expect(sampleOf(parsed.contract)).toEqual(sample);
  return (sample as { x: unknown }).x;
};
const tree = (below: AvroType): AvroType => ({
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'leaf', type: 'int', doc: 'd', classification },
    { name: 'below', type: below, doc: 'd', classification },
  ],
});

describe('a sample', () => {
  test.each<[AvroType, unknown]>([
    [['null', 'string'], 'SAMPLE-0001'],
    [['null', 'string', { type: 'int', logicalType: 'date' }], { string: 'SAMPLE-0001' }],
    [{ type: 'enum', name: 'S', symbols: ['b', 'a'] }, 'b'],
    [{ type: 'map', values: { type: 'array', items: 'long' } }, { sample: [1] }],
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 4 }, '0.0000'],
    [
      { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' },
      { months: 0, days: 1, millis: 0 },
    ],
    [{ type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' }, '00000000-0000-4000-8000-000000000000'],
    [{ type: 'long', logicalType: 'local-timestamp-nanos' }, '2000-01-01T12:00:00'],
    [{ type: 'fixed', name: 'F', size: 3 }, 'AAAA'],
  ])('of %j is an event of the contract', (type, expected) => {
    expect(sampleFor(type)).toEqual(expected);
  });

  test.each<[string, AvroType]>([
    ['a null', ['null', 'Tree']],
    ['an array', { type: 'array', items: 'Tree' }],
    ['a map', { type: 'map', values: 'Tree' }],
  ])('of a record that holds itself ends, in %s', (_, below) => {
    expect(sampleFor(tree(below))).toMatchObject({ leaf: 1 });
  });
});

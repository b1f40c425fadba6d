import { describe, expect, test } from '@jest/globals';
import type { AvroRecord, AvroType } from '@citystreams/avro';
import { StreamName } from '@citystreams/contracts';
import { eventTypes } from './event-types.js';
import { eventsFile, namesOf } from './events-file.js';

const record = (fields: AvroRecord['fields'], more: object = {}): AvroRecord => ({
  type: 'record',
  name: 'Event',
  doc: 'One.',
  fields,
  ...more,
});
const one = (type: AvroType): string[] => {
  const text = eventTypes(record([{ name: 'x', type }]));
  return [/^ {2}x: (.*);$/m.exec(text)?.[1] ?? '', /^ {2}x: (.*),$/m.exec(text)?.[1] ?? ''];
};

describe('the type of an event', () => {
  test('carries the words of the contract, and the unit of its numbers', () => {
    expect(
      eventTypes(record([{ name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When.' }])),
    ).toBe(
      [
        '/** One. */',
        'export interface Event {',
        '  /** When. (Milliseconds since 1970, UTC.) */',
        '  at: number;',
        '}',
        'export const Event: z.ZodType<Event> = z.object({',
        '  at: ticksValue,',
        '});\n',
      ].join('\n'),
    );
  });

  test.each<[string, AvroType, string, string]>([
    ['a long beyond 2^53', 'long', 'Long', 'longValue'],
    ['nanoseconds, which are beyond it', { type: 'long', logicalType: 'timestamp-nanos' }, 'Long', 'longValue'],
    ['microseconds', { type: 'long', logicalType: 'timestamp-micros' }, 'number', 'ticksValue'],
    [
      'a decimal as its digits',
      { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
      'string',
      'decimalValue(9, 2)',
    ],
    [
      'a decimal of fixed size, that may be null',
      ['null', { type: 'fixed', name: 'D', size: 8, logicalType: 'decimal', precision: 12, scale: 4 }],
      'null | string',
      'z.union([z.null(), decimalValue(12, 4)])',
    ],
    [
      'a decimal without precision as bytes',
      { type: 'bytes', logicalType: 'decimal' },
      'Uint8Array',
      'bytesValue(null)',
    ],
    ['an enum', { type: 'enum', name: 'Sky', symbols: ['sun', 'fog'] }, "'sun' | 'fog'", "z.enum(['sun', 'fog'])"],
    ['a fixed', { type: 'fixed', name: 'F', size: 4 }, 'Uint8Array', 'bytesValue(4)'],
    [
      'a map of arrays',
      { type: 'map', values: { type: 'array', items: 'int' } },
      'Record<string, (number)[]>',
      'z.record(z.string(), z.array(z.int32()))',
    ],
    [
      'a union that the codec wraps',
      ['null', 'int', 'long'],
      "null | { 'int': number } | { 'long': Long }",
      "z.union([z.null(), z.strictObject({ 'int': z.int32() }), z.strictObject({ 'long': longValue })])",
    ],
  ])('keeps %s', (_, type, typed, schema) => {
    expect(one(type)).toEqual([typed, schema]);
  });

  test('names a record inside after the way to it, wherever it lies and in whatever namespace', () => {
    const point: AvroRecord = { type: 'record', name: 'Point', fields: [{ name: 'x', type: 'double' }] };
    const text = eventTypes(
      record(
        [
          { name: 'path', type: { type: 'array', items: point } },
          { name: 'end', type: 'city.a.Point' },
        ],
        { namespace: 'city.a' },
      ),
    );
    expect(text).toContain('export interface Event {\n  path: (EventPoint)[];\n  end: EventPoint;\n}');
    expect(text).toContain('export interface EventPoint {\n  x: number;\n}\nconst eventPoint: ');
    expect(text).toContain('  path: z.array(eventPoint),\n  end: eventPoint,\n');
  });

  test('of a record that holds itself asks for itself late', () => {
    const tree: AvroRecord = { type: 'record', name: 'Tree', fields: [{ name: 'below', type: ['null', 'Tree'] }] };
    expect(eventTypes(record([{ name: 'tree', type: tree }]))).toContain(
      '  get below() {\n    return z.union([z.null(), eventTree]);\n  },\n',
    );
  });
});

test('two agencies that use the same name are told apart', () => {
  const event = (stream: string) => ({ stream: StreamName.parse(stream), record: record([]) });
  expect(namesOf([event('public-security.event'), event('futian.event')])).toEqual([
    'PublicSecurityEvent',
    'FutianEvent',
  ]);
  expect(eventsFile([event('futian.event')])).toMatch(/^\/\/ Generated .* `npm run generate`/);
});

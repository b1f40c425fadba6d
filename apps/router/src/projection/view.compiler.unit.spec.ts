import { type AvroRecord, compileCodec, frameOf, projectSchema, readFrame } from '@citystreams/avro';
import type { Level, StreamMessage, ViewMessage, ViewSchemasMessage } from '@citystreams/contracts';
import type { IncomingRecord } from '@citystreams/kafka';
import { describe, expect, test } from '@jest/globals';
import { compileView, missingSchemas, ViewSchemaMissing } from './view.compiler.js';
import { keyedId, parseMaskSecret, viewKey } from './view-key.js';

const writer: AvroRecord = {
  type: 'record',
  name: 'Claim',
  fields: [
    { name: 'claimId', type: 'string' },
    { name: 'settledAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'amount', type: 'int' },
  ],
};
const topic = 'view.medical-insurance.claim-settled.01J00000000000000000000000';
const identity = 'a'.repeat(64);
const key = viewKey(Buffer.alloc(32, 1), identity);

function compiled(fields: string[], level: Level, keyTreatment: 'field' | 'none' = 'none') {
  const definition = { stream: 'medical-insurance.claim-settled', fields, predicate: null, key: keyTreatment };
  const view = { topic, definition, level } as unknown as ViewMessage;
  const stream = {
    key: 'claimId',
    time: 'settledAt',
    versions: [{ schemaId: 4, schema: JSON.stringify(writer) }],
  } as unknown as StreamMessage;
  const schemas = { schemas: [{ writerSchemaId: 4, viewSchemaId: 40 }] } as unknown as ViewSchemasMessage;
  return compileView(
    view,
    () => stream,
    () => schemas,
    { stream: view.definition.stream, type: 'city.Claim', level, key },
  );
}

const body = compileCodec(writer).encode({ claimId: 'c-1', settledAt: Date.parse('2026-01-02T03:04:05Z'), amount: 7 });
const source: IncomingRecord = {
  topic: 'medical-insurance.claim-settled',
  partition: 2,
  offset: 9n,
  timestamp: 1_700_000_000_000n,
  key: Buffer.from('c-1'),
  value: frameOf(4, body),
  headers: [
    ['ce_specversion', Buffer.from('1.0')],
    ['ce_id', Buffer.from('person-4711')],
    ['ce_type', Buffer.from('person-type')],
    ['ce_source', Buffer.from('/wards/secret')],
    ['ce_time', Buffer.from('2026-01-02T03:04:05Z')],
    ['ce_subject', Buffer.from('zhang-wei')],
    ['traceparent', Buffer.from('00-1')],
    ['x-debug', Buffer.from('patient zhang')],
  ],
};
const headersOf = (out: { headers: [string, Buffer][] } | null) =>
  Object.fromEntries((out?.headers ?? []).map(([n, v]) => [n, v.toString()]));

describe('a view’s record', () => {
  test('stands in the source’s partition under the view’s schema id, with the time of publishing', () => {
    const out = compiled(['amount'], 'L2').apply(source, 4, body);
    expect(out).toMatchObject({ topic, partition: 2, timestamp: source.timestamp });
    const frame = readFrame(out?.value ?? Buffer.alloc(0));
    expect(frame?.schemaId).toBe(40);
    const schema = projectSchema(writer, ['amount']);
    expect(compileCodec(schema ?? 'null').decode(frame?.body ?? Buffer.alloc(0))).toEqual({ amount: 7 });
  });

  test('is keyed by the key field where the view has it, and by nothing where it does not', () => {
    expect(compiled(['claimId', 'amount'], 'L2', 'field').apply(source, 4, body)?.key?.toString()).toBe('c-1');
    expect(compiled(['amount'], 'L2').apply(source, 4, body)?.key).toBeNull();
  });

  test('carries the allowed headers only', () => {
    const headers = headersOf(compiled(['amount'], 'L2').apply(source, 4, body));
    expect(Object.keys(headers).sort()).toEqual([
      'ce_id',
      'ce_source',
      'ce_specversion',
      'ce_time',
      'ce_type',
      'traceparent',
    ]);
  });

  test('from L3 on tells neither the event’s id nor where it came from, and no time that the view does not keep', () => {
    const out = compiled(['amount'], 'L3').apply(source, 4, body);
    const headers = headersOf(out);
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_type: 'city.Claim',
      ce_source: 'urn:citystreams:medical-insurance',
      ce_id: keyedId(key, Buffer.from('person-4711')),
      'content-type': 'application/avro',
    });
    expect(JSON.stringify(headers)).not.toMatch(/person|zhang|wards|2026/);
    expect(out?.timestamp).toBeUndefined();
    expect(headersOf(compiled(['amount', 'settledAt'], 'L3').apply(source, 4, body)).ce_time).toBe(
      '2026-01-02T03:04:05.000Z',
    );
  });

  test('is never made without its schema', () => {
    expect(() => compiled(['amount'], 'L2').apply(source, 5, body)).toThrow(ViewSchemaMissing);
    const older = { schemaId: 4, schema: JSON.stringify(writer) };
    const newer = { schemaId: 5, schema: JSON.stringify({ ...writer, fields: writer.fields.slice(0, 1) }) };
    const stream = { versions: [older, newer] } as unknown as StreamMessage;
    const announced = { schemas: [{ writerSchemaId: 4 }] } as unknown as ViewSchemasMessage;
    expect(missingSchemas(stream, ['claimId'], announced)).toEqual([5]);
    expect(missingSchemas(stream, ['claimId'], undefined)).toEqual([4, 5]);
    // The newer version has no amount: nothing of it can be shown, so no schema is missing.
    expect(missingSchemas(stream, ['amount'], announced)).toEqual([]);
  });

  test('is nothing for an event whose version has none of the fields', () => {
    expect(compiled(['gone'], 'L2').apply(source, 4, body)).toBeNull();
  });
});

test('one event has different ids in two views, and the same id in one', () => {
  const other = viewKey(Buffer.alloc(32, 1), 'b'.repeat(64));
  expect(keyedId(key, Buffer.from('e'))).toBe(keyedId(key, Buffer.from('e')));
  expect(keyedId(key, Buffer.from('e'))).not.toBe(keyedId(other, Buffer.from('e')));
});

test('a mask secret that is short or not hex is refused', () => {
  expect(() => parseMaskSecret('ab'.repeat(16))).toThrow(RangeError);
  expect(() => parseMaskSecret('zz'.repeat(32))).toThrow(RangeError);
  expect(parseMaskSecret(`${'ab'.repeat(32)}\n`)).toHaveLength(32);
});

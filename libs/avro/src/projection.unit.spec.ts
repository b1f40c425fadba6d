import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileCodec } from './codec.js';
import { compileProjection, PredicateFailed, Undecodable } from './projection.js';
import type { AvroRecord } from './schema.js';
import { projectSchema } from './view-schema.js';

const flight: AvroRecord = {
  type: 'record',
  name: 'FlightMovement',
  namespace: 'city.bao_an',
  key: 'flightId',
  fields: [
    { name: 'flightId', type: 'string', doc: 'the flight', classification: { level: 'L1', category: 'identifier' } },
    { name: 'delay', type: 'int', default: 0 },
    { name: 'origin', type: ['null', 'string'], default: null },
    { name: 'gate', type: { type: 'enum', name: 'Gate', symbols: ['A', 'B'], default: 'A' } },
    {
      name: 'crew',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Member',
          fields: [
            { name: 'role', type: 'string' },
            { name: 'secret', type: 'string' },
          ],
        },
      },
    },
    { name: 'seen', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
};
const event = {
  flightId: 'f-1',
  delay: 12,
  origin: 'LAX',
  gate: 'B',
  crew: [{ role: 'captain', secret: 'XYZZY' }],
  seen: 978307200000,
};
const encode = (value: unknown): Buffer => compileCodec(flight).encode(value);
const viewOf = (fields: string[]) => compileCodec(projectSchema(flight, fields) ?? 'null');

describe('a projection', () => {
  test('keeps exactly the fields of the view, in the contract’s order', () => {
    const fields = ['seen', 'flightId', 'origin'];
    const projection = compileProjection({ writer: flight, fields, predicate: null, key: 'flightId', time: 'seen' });
    const out = projection.project(encode(event));
    expect(viewOf(fields).decode(out?.body ?? Buffer.alloc(0))).toEqual({
      flightId: 'f-1',
      origin: 'LAX',
      seen: 978307200000,
    });
    expect(out?.key?.toString()).toBe('f-1');
    expect(out?.time).toBe(978307200000);
  });

  test('has no key when the view drops the key field', () => {
    const projection = compileProjection({ writer: flight, fields: ['delay'], predicate: null, key: null, time: null });
    expect(projection.project(encode(event))?.key).toBeNull();
  });

  test('keeps one field of a record inside a list and drops its neighbour', () => {
    const projection = compileProjection({
      writer: flight,
      fields: ['crew.role'],
      predicate: null,
      key: null,
      time: null,
    });
    const out = projection.project(encode(event));
    expect(viewOf(['crew.role']).decode(out?.body ?? Buffer.alloc(0))).toEqual({ crew: [{ role: 'captain' }] });
    expect(out?.body.includes('XYZZY')).toBe(false);
  });

  test('withholds a row that the predicate does not let through', () => {
    const projection = compileProjection({
      writer: flight,
      fields: ['delay'],
      predicate: { op: 'eq', field: 'origin', value: 'SFO' },
      key: null,
      time: null,
    });
    expect(projection.project(encode(event))).toBeNull();
    expect(projection.project(encode({ ...event, origin: 'SFO' }))).not.toBeNull();
    expect(projection.project(encode({ ...event, origin: null }))).toBeNull();
  });

  test('tells bytes that are not an event from a predicate that fails', () => {
    const predicate = { op: 'eq', field: 'terminal', value: 'T3' } as const;
    const projection = compileProjection({ writer: flight, fields: ['delay'], predicate, key: null, time: null });
    const whole = encode(event);
    expect(() => projection.project(whole.subarray(0, whole.length - 3))).toThrow(Undecodable);
    expect(() => projection.project(Buffer.concat([whole, Buffer.from([0])]))).toThrow(Undecodable);
    expect(() => projection.project(whole)).toThrow(PredicateFailed);
  });

  test('uses the contract’s default for a predicate field that an older writer lacks', () => {
    const predicate = { op: 'eq', field: 'terminal', value: 'T3' } as const;
    const options = { writer: flight, fields: ['delay'], predicate, key: null, time: null };
    expect(compileProjection({ ...options, absent: { terminal: 'T3' } }).project(encode(event))).not.toBeNull();
    expect(compileProjection({ ...options, absent: { terminal: null } }).project(encode(event))).toBeNull();
  });

  test('shows no byte of a dropped text, whatever the data', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: -1000, max: 1000 }),
        fc.array(text, { maxLength: 4 }),
        (id, delay, secrets) => {
          const marked = secrets.map((s) => `<<${s}>>`);
          const body = encode({ ...event, flightId: id, delay, crew: marked.map((secret) => ({ role: 'r', secret })) });
          const fields = ['flightId', 'delay', 'crew.role'];
          const out = compileProjection({
            writer: flight,
            fields,
            predicate: null,
            key: 'flightId',
            time: null,
          }).project(body);
          const decoded = viewOf(fields).decode(out?.body ?? Buffer.alloc(0));
          expect(decoded).toEqual({ flightId: id, delay, crew: marked.map(() => ({ role: 'r' })) });
          expect(out?.body.includes('<<')).toBe(id.includes('<<'));
        },
      ),
    );
  });

  test('keeps a long beyond 2^53 exactly', () => {
    const big = 9_007_199_254_740_995n;
    const projection = compileProjection({ writer: flight, fields: ['seen'], predicate: null, key: null, time: null });
    const out = projection.project(encode({ ...event, seen: big }));
    expect(viewOf(['seen']).decode(out?.body ?? Buffer.alloc(0))).toEqual({ seen: big });
  });
});

describe('a view schema', () => {
  test('carries names, types, docs and defaults, and no attribute of the source', () => {
    expect(projectSchema(flight, ['flightId', 'delay'])).toEqual({
      type: 'record',
      name: 'FlightMovement',
      namespace: 'city.bao_an',
      fields: [
        { name: 'flightId', type: 'string', doc: 'the flight' },
        { name: 'delay', type: 'int', default: 0 },
      ],
    });
  });

  test('is none where the version has none of the fields', () => {
    expect(projectSchema(flight, ['unknown'])).toBeNull();
  });

  test('gives one name to one selection of a record only', () => {
    const point = {
      type: 'record',
      name: 'Point',
      fields: [
        { name: 'x', type: 'int' },
        { name: 'y', type: 'int' },
      ],
    };
    const writer = {
      type: 'record',
      name: 'Line',
      fields: [
        { name: 'a', type: point },
        { name: 'b', type: 'Point' },
      ],
    } as AvroRecord;
    const view = projectSchema(writer, ['a.x', 'b']);
    expect(view?.fields.map((f) => (f.type as { name: string }).name)).toEqual(['Point', 'Point2']);
    expect(() => compileCodec(view ?? 'null')).not.toThrow();
  });

  test('defines a type where the view first uses it, when the source defined it in a dropped field', () => {
    const gate = { type: 'enum', name: 'Gate', symbols: ['A'] };
    const writer = {
      type: 'record',
      name: 'R',
      namespace: 'n',
      fields: [
        { name: 'a', type: gate },
        { name: 'b', type: 'Gate' },
      ],
    } as AvroRecord;
    expect(projectSchema(writer, ['b'])?.fields[0]?.type).toMatchObject({ type: 'enum', name: 'Gate', symbols: ['A'] });
  });
});

import { describe, expect, test } from '@jest/globals';
import type { ExecutableMask } from '@citystreams/contracts';
import { compileCodec } from '../codec.js';
import { frameOf } from '../frame.js';
import { compileProjection } from '../projection.js';
import type { AvroRecord, AvroType } from '../schema.js';
import { type ByteViewOptions, compileByteView } from './byte.view.js';
import { MalformedEvent } from './malformed.error.js';
import { compileScanner } from './scanner.js';
import { viewOf } from './scratch.js';

const KEY = Buffer.alloc(32, 5);
const PSEUDONYM: ExecutableMask = { kind: 'pseudonym', text: 'hex', key: { per: 'purpose', purpose: 'P' } };
const options = (fields: string[], more: Partial<ByteViewOptions> = {}): ByteViewOptions => ({
  fields,
  predicate: null,
  key: null,
  time: null,
  schemaId: null,
  ...more,
});
const recordOf = (fields: Record<string, AvroType>): AvroRecord => ({
  type: 'record',
  name: 'Event',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});

interface Shown {
  value: Buffer;
  key: string | null;
  time: number | null;
}

/** The event as the view shows it, written into the middle of a batch; null when withheld. */
function shownBy(writer: AvroRecord, view: ByteViewOptions, event: object): Shown | null {
  const scanner = compileScanner(writer);
  const compiled = compileByteView(scanner, view);
  const body = compileCodec(writer).encode(event);
  scanner.scan(body, viewOf(body), 0, body.length);
  const size = compiled.measure(scanner.event);
  if (size < 0) return null;
  const target = Buffer.alloc(size + 20, 0xa5);
  expect(compiled.write(scanner.event, target, viewOf(target), 10)).toBe(10 + size);
  expect(target.subarray(0, 10).every((b) => b === 0xa5) && target.subarray(10 + size).every((b) => b === 0xa5)).toBe(
    true,
  );
  const key = Buffer.alloc(Math.max(0, compiled.keySize));
  if (compiled.keySize >= 0) compiled.writeKey(scanner.event, key, viewOf(key), 0);
  return {
    value: target.subarray(10, 10 + size),
    key: compiled.keySize < 0 ? null : key.toString('utf8'),
    time: compiled.time(scanner.event),
  };
}

describe('a view over bytes', () => {
  const writer = recordOf({ id: 'string', at: { type: 'long', logicalType: 'timestamp-millis' }, note: 'string' });
  const event = { id: 'f-1', at: 1_700_000_000_123, note: 'n'.repeat(300) };

  test('frames the value with the id of its own schema', () => {
    const plain = shownBy(writer, options(['id', 'note']), event);
    const framed = shownBy(writer, options(['id', 'note'], { schemaId: 70_000 }), event);
    expect(framed?.value).toEqual(frameOf(70_000, plain?.value ?? Buffer.alloc(0)));
  });

  test('shows the time in the field’s own unit, and none where the view drops it', () => {
    expect(shownBy(writer, options(['at'], { time: 'at' }), event)?.time).toBe(1_700_000_000_123);
    expect(shownBy(writer, options(['id'], { time: 'at' }), event)?.time).toBeNull();
    const toTheHour = { at: { kind: 'truncate', to: { unit: 'hour' } } } as const;
    const masked = shownBy(writer, options(['at'], { time: 'at', masks: toTheHour }), event);
    expect(masked?.time).toBe(Math.floor(1_700_000_000_123 / 3_600_000) * 3_600_000);
  });

  test('withholds what its predicate does not let through', () => {
    const predicate = { op: 'eq', field: 'id', value: 'f-2' } as const;
    expect(shownBy(writer, options(['id'], { predicate }), event)).toBeNull();
  });

  test('shows as key the text of a string, an int, a long or an enum, and null for null', () => {
    const keyOf = (type: AvroType, value: unknown): string | null | undefined =>
      shownBy(recordOf({ k: type, other: 'int' }), options(['k'], { key: 'k' }), { k: value, other: 1 })?.key;
    expect(keyOf('string', '深圳')).toBe('深圳');
    expect(keyOf('string', 'x'.repeat(500))).toBe('x'.repeat(500));
    expect(keyOf('string', '')).toBe('');
    expect(keyOf('int', -7)).toBe('-7');
    expect(keyOf('long', -(2n ** 63n))).toBe('-9223372036854775808');
    expect(keyOf({ type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B')).toBe('B');
    expect(keyOf(['null', 'string'], null)).toBeNull();
    expect(keyOf(['string', 'null'], 'x')).toBe('x');
    expect(keyOf(['null', 'long'], 12)).toBe('12');
  });

  test('has no key where it drops the field, and the masked one where it masks it', () => {
    expect(shownBy(writer, options(['note'], { key: 'id' }), event)?.key).toBeNull();
    const pseudonym = { id: PSEUDONYM };
    const masked = shownBy(writer, options(['id'], { key: 'id', masks: pseudonym, maskKey: () => KEY }), event);
    expect(masked?.key).toMatch(/^[0-9a-f]{64}$/);
    expect(masked?.value.subarray(2).toString()).toBe(masked?.key);
    expect(shownBy(writer, options(['id'], { key: 'id', masks: { id: { kind: 'null' } } }), event)?.key).toBeNull();
  });

  test('does not compile without a field to show, a key that has text, or the key of its pseudonyms', () => {
    const scanner = compileScanner(recordOf({ id: 'string', raw: 'bytes', choice: ['null', 'string', 'int'] }));
    const pseudonym = { id: PSEUDONYM };
    const refused = [
      options(['unknown']),
      options(['id.below']),
      options(['raw'], { key: 'raw' }),
      options(['choice'], { key: 'choice' }),
      options(['id'], { masks: pseudonym }),
      options(['id'], { masks: pseudonym, maskKey: () => KEY.subarray(0, 8) }),
    ];
    for (const view of refused) expect(() => compileByteView(scanner, view)).toThrow(RangeError);
  });

  test('refuses to choose fields of a record that a plain value may stand in for', () => {
    const place: AvroType = [
      'null',
      'string',
      { type: 'record', name: 'Place', fields: [{ name: 'city', type: 'string' }] },
    ];
    const mixed = recordOf({ place });
    expect(() => compileByteView(compileScanner(mixed), options(['place.city']))).toThrow(RangeError);
    expect(() => compileProjection({ writer: mixed, ...options(['place.city']) })).toThrow(RangeError);
  });

  test('keeps every second of three hundred fields', () => {
    const names = Array.from({ length: 300 }, (_, i) => `f${i}`);
    const wide = recordOf(Object.fromEntries(names.map((name) => [name, 'string'])));
    const fields = names.filter((_, i) => i % 2 === 0);
    const full = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    const expected = compileProjection({ writer: wide, ...options(fields) }).project(compileCodec(wide).encode(full));
    expect(shownBy(wide, options(fields), full)?.value).toEqual(expected?.body);
  });

  test('gives up on an event that its masks would make too large', () => {
    const list = recordOf({ ids: { type: 'array', items: 'string' } });
    const view = options(['ids'], { masks: { ids: PSEUDONYM }, maskKey: () => KEY });
    const scanner = compileScanner(list);
    const compiled = compileByteView(scanner, view);
    const body = compileCodec(list).encode({ ids: Array.from({ length: 300_000 }, () => '') });
    scanner.scan(body, viewOf(body), 0, body.length);
    expect(() => compiled.measure(scanner.event)).toThrow(MalformedEvent);
    const small = compileCodec(list).encode({ ids: ['a'] });
    scanner.scan(small, viewOf(small), 0, small.length);
    expect(compiled.measure(scanner.event)).toBe(1 + 2 + 64 + 1);
  });
});

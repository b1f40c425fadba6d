import { describe, expect, test } from '@jest/globals';
import type { AvroRecord } from '@citystreams/avro';
import { eventTypes } from './event-types.js';

const record = (fields: AvroRecord['fields']): AvroRecord => ({ type: 'record', name: 'Event', doc: 'One.', fields });

describe('the type of an event', () => {
  test('carries the words of the contract', () => {
    expect(
      eventTypes(record([{ name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When.' }])),
    ).toBe('/** One. */\nexport interface Event {\n  /** When. */\n  at: number;\n}\n');
  });

  test('says which values an enum has and what may be null', () => {
    const text = eventTypes(
      record([
        { name: 'sky', type: ['null', { type: 'enum', name: 'Sky', symbols: ['sun', 'fog'] }] },
        { name: 'before', type: 'Sky' },
      ]),
    );
    expect(text).toContain("  sky: null | 'sun' | 'fog';\n  before: 'sun' | 'fog';\n");
  });

  test('names a record inside after the way to it, wherever it lies', () => {
    const point: AvroRecord = { type: 'record', name: 'Point', fields: [{ name: 'x', type: 'double' }] };
    const text = eventTypes(
      record([
        { name: 'path', type: { type: 'array', items: point } },
        { name: 'end', type: 'Point' },
      ]),
    );
    expect(text).toContain('export interface Event {\n  path: (EventPoint)[];\n  end: EventPoint;\n}');
    expect(text).toContain('export interface EventPoint {\n  x: number;\n}');
  });
});

import { describe, expect, test } from '@jest/globals';
import { plainBatch, plainHeader, plainRecord, sealPlain, varint } from '../hostile/plain.writer.js';
import { RecordBatchError } from '../record-batch.error.js';
import { HeaderCursor } from './header.cursor.js';
import { PartitionReader } from './partition.reader.js';
import { NULL_REGION, type RecordCursor } from './record.cursor.js';

function onBatch(batch: Buffer): RecordCursor {
  const reader = new PartitionReader();
  reader.open(batch, 0, batch.length, 0, []);
  reader.nextBatch();
  return reader.records;
}
/** A batch of records as they are. */
const raw = (...records: Buffer[]) =>
  sealPlain(plainHeader({ lastOffsetDelta: records.length - 1, recordCount: records.length }), Buffer.concat(records));
const record = (...parts: (Buffer | number[])[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(BigInt(body.length)), body]);
};
const text = (cursor: { bytes: Buffer }, start: number, end: number) =>
  start === NULL_REGION ? null : cursor.bytes.toString('utf8', start, end);

function refusal(read: () => unknown): RecordBatchError {
  try {
    read();
  } catch (error) {
    if (error instanceof RecordBatchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a record', () => {
  test('is its regions, in the batch’s own bytes', () => {
    const cursor = onBatch(plainBatch([{ key: Buffer.from('k'), value: Buffer.from('value') }]));
    expect(cursor.next()).toBe(true);
    expect(text(cursor, cursor.keyStart, cursor.keyEnd)).toBe('k');
    expect(text(cursor, cursor.valueStart, cursor.valueEnd)).toBe('value');
    expect(cursor.bytes.subarray(cursor.start, cursor.end)).toEqual(
      plainRecord({ key: Buffer.from('k'), value: Buffer.from('value') }),
    );
    expect(cursor.view.getUint8(cursor.keyStart)).toBe(0x6b);
  });

  test('tells null from empty', () => {
    const cursor = onBatch(plainBatch([{}, { key: Buffer.alloc(0), value: Buffer.alloc(0) }]));
    cursor.next();
    expect([cursor.keyStart, cursor.keyEnd, cursor.valueStart, cursor.valueEnd]).toEqual(Array(4).fill(NULL_REGION));
    cursor.next();
    expect([cursor.keyEnd - cursor.keyStart, cursor.valueEnd - cursor.valueStart]).toEqual([0, 0]);
    expect(cursor.keyStart).toBeGreaterThan(0);
  });

  const good = plainRecord({ offsetDelta: 1, value: Buffer.from('good') });
  test.each([
    ['a key longer than the record', record([0, 0, 0], varint(9n), [65, 1, 0]), 'FIELD_LENGTH'],
    ['a key of length -2', record([0, 0, 0, 3, 1, 0]), 'FIELD_LENGTH'],
    ['a value longer than the record', record([0, 0, 0, 1, 4, 0]), 'FIELD_LENGTH'],
    ['a value of length -2', record([0, 0, 0, 1, 3, 0]), 'FIELD_LENGTH'],
    ['no header count', record([0, 0, 0, 1, 2, 65]), 'HEADER_COUNT'],
    ['a number that does not end', record([0, 0, 0, 255, 255, 255]), 'VARINT'],
    ['an int of more than 32 bits', record([0, 0, 0, 255, 255, 255, 255, 31, 1, 0]), 'VARINT'],
    ['a long of more than ten bytes', record([0], Array(10).fill(128), [0, 0, 1, 1, 0]), 'VARINT'],
    ['an offset beyond the batch', record([0, 0, 4, 1, 1, 0]), 'RECORD_OFFSET'],
    ['an offset before the batch', record([0, 0, 1, 1, 1, 0]), 'RECORD_OFFSET'],
  ])('is refused alone for %s', (_, bad, code) => {
    const cursor = onBatch(raw(bad, good));
    expect(refusal(() => cursor.next())).toMatchObject({ code, scope: 'record', offset: 0, batchStart: 0 });
    expect(cursor.bytes.subarray(cursor.start, cursor.end)).toEqual(bad);
    expect(cursor.position).toBe(0);
    expect(cursor.next()).toBe(true);
    expect(text(cursor, cursor.valueStart, cursor.valueEnd)).toBe('good');
    expect(cursor.next()).toBe(false);
  });

  test('whose offset does not rise is refused alone', () => {
    const cursor = onBatch(raw(plainRecord({}), plainRecord({}), plainRecord({ offsetDelta: 2 })));
    expect(cursor.next()).toBe(true);
    expect(refusal(() => cursor.next())).toMatchObject({ code: 'RECORD_OFFSET', scope: 'record', offset: 1 });
    expect(cursor.next()).toBe(true);
    expect(cursor.position).toBe(3);
  });

  test.each([
    ['longer than its batch', Buffer.concat([varint(99n), Buffer.alloc(20)]), 'RECORD_LENGTH'],
    ['of negative length', Buffer.concat([varint(-1n), Buffer.alloc(20)]), 'RECORD_LENGTH'],
    ['too short to be one', Buffer.concat([varint(5n), Buffer.alloc(20)]), 'RECORD_LENGTH'],
    ['without an end of its length', Buffer.alloc(3, 255), 'VARINT'],
    ['that is not there', Buffer.alloc(0), 'VARINT'],
  ])('%s costs the rest of its batch', (_, bad, code) => {
    const cursor = onBatch(raw(plainRecord({}), bad));
    expect(cursor.next()).toBe(true);
    expect(refusal(() => cursor.next())).toMatchObject({ code, scope: 'batch', offset: 1 });
    expect(cursor.next()).toBe(false);
  });

  test('bytes after the last one are refused', () => {
    const header = plainHeader({ lastOffsetDelta: 0, recordCount: 1 });
    const cursor = onBatch(sealPlain(header, Buffer.concat([plainRecord({}), Buffer.from([0])])));
    expect(cursor.next()).toBe(true);
    const at = 61 + plainRecord({}).length;
    expect(refusal(() => cursor.next())).toMatchObject({ code: 'TRAILING_BYTES', scope: 'batch', offset: 1, at });
    expect(cursor.next()).toBe(false);
  });
});

describe('headers', () => {
  const onHeaders = (bytes: Buffer): HeaderCursor => {
    const cursor = onBatch(bytes);
    cursor.next();
    const headers = new HeaderCursor();
    headers.open(cursor);
    return headers;
  };
  const named = (name: string, value: string | null) => [Buffer.from(name), value === null ? null : Buffer.from(value)];

  test('come in order, repeated names and null values included', () => {
    const headers = onHeaders(plainBatch([{ headers: [named('a', '1'), named('b', null), named('a', '')] }]));
    expect(headers.count).toBe(3);
    const seen: unknown[] = [];
    while (headers.next()) {
      const name = text(headers, headers.keyStart, headers.keyEnd);
      seen.push([name, text(headers, headers.valueStart, headers.valueEnd)]);
    }
    expect(seen).toEqual([
      ['a', '1'],
      ['b', null],
      ['a', ''],
    ]);
    expect(headers.next()).toBe(false);
  });

  test('are known by the whole of their name', () => {
    const headers = onHeaders(plainBatch([{ headers: [named('ce_id', 'x')] }]));
    headers.next();
    expect(headers.isNamed(Buffer.from('ce_id'))).toBe(true);
    expect(['ce_i', 'ce_ie', 'xe_id', 'ce_id2', ''].map((name) => headers.isNamed(Buffer.from(name)))).toEqual(
      Array(5).fill(false),
    );
  });

  const body = (...tail: number[]) => raw(record([0, 0, 0, 1, 1], tail));
  test.each([
    ['more than the record can hold', body(4, 0, 0, 0), 'HEADER_COUNT'],
    ['fewer than none', body(1), 'HEADER_COUNT'],
    ['a name longer than the record', body(2, 6, 65, 1), 'FIELD_LENGTH'],
    ['a name that is null', body(2, 1, 1), 'FIELD_LENGTH'],
    ['a value longer than the record', body(2, 0, 4, 65), 'FIELD_LENGTH'],
    ['a value of length -2', body(2, 0, 3), 'FIELD_LENGTH'],
    ['a length without an end', body(2, 128, 128), 'VARINT'],
    ['bytes after the last one', body(0, 0), 'TRAILING_BYTES'],
  ])('are refused for %s', (_, bytes, code) => {
    const cursor = onBatch(bytes);
    expect(cursor.next()).toBe(true);
    const headers = new HeaderCursor();
    const error = refusal(() => {
      headers.open(cursor);
      while (headers.next());
    });
    expect(error).toMatchObject({ code, scope: 'record', offset: 0 });
    expect(headers.next()).toBe(false);
    expect(cursor.next()).toBe(false);
  });
});

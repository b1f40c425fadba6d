import { frameOf } from '@citystreams/avro';
import type { StreamMessage, StreamName } from '@citystreams/contracts';
import type { IncomingRecord } from '@citystreams/kafka';
import { describe, expect, test } from '@jest/globals';
import { judge, LATE_SCHEMA_MS } from './judgement.js';

const now = new Date('2026-03-02T08:00:00Z');
const stream = {
  stream: 'bao-an.flight-movement' as StreamName,
  versions: [{ schemaId: 7 }],
} as unknown as StreamMessage;
const known = { isKnown: (id: number) => id === 7 || id === 8 };
const record = (value: Buffer | null, timestamp = now.getTime()): IncomingRecord => ({
  topic: stream.stream,
  partition: 0,
  offset: 3n,
  timestamp: BigInt(timestamp),
  key: null,
  value,
  headers: [],
});
const judged = (value: Buffer | null, timestamp?: number, firstSeen = now) =>
  judge(record(value, timestamp), stream, known, firstSeen, now);

describe('the router judges a source record', () => {
  test('an event under a version of the stream is one', () => {
    expect(judged(frameOf(7, Buffer.from([1, 2])))).toEqual({ kind: 'event', schemaId: 7, body: Buffer.from([1, 2]) });
  });

  test('no value, no frame, and a schema of another subject are poison', () => {
    expect(judged(null)).toEqual({ kind: 'poison', reason: 'TOMBSTONE' });
    expect(judged(Buffer.from('{"not":"avro"}'))).toEqual({ kind: 'poison', reason: 'NOT_AVRO' });
    expect(judged(Buffer.alloc(0))).toEqual({ kind: 'poison', reason: 'NOT_AVRO' });
    expect(judged(frameOf(8, Buffer.alloc(1)))).toEqual({ kind: 'poison', reason: 'FOREIGN_SCHEMA_ID' });
  });

  test('waits for an id nobody has announced, and not longer than the announcement may be late', () => {
    expect(judged(frameOf(9, Buffer.alloc(1)))).toEqual({ kind: 'wait' });
    expect(judged(frameOf(9, Buffer.alloc(1)), now.getTime() - LATE_SCHEMA_MS - 1)).toEqual({
      kind: 'poison',
      reason: 'UNKNOWN_SCHEMA_ID',
    });
  });

  test('a timestamp in the future does not hold the partition', () => {
    const future = now.getTime() + 86_400_000;
    const firstSeen = new Date(now.getTime() - LATE_SCHEMA_MS - 1);
    expect(judged(frameOf(9, Buffer.alloc(1)), future, firstSeen)).toEqual({
      kind: 'poison',
      reason: 'UNKNOWN_SCHEMA_ID',
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Bytes, bytesOf } from '../batch-layout.js';
import type { WritableCodec } from '../codecs/compressor.js';
import { PartitionReader } from '../reading/partition.reader.js';
import { NULL_REGION } from '../reading/record.cursor.js';
import { BatchBufferPool } from './buffer.pool.js';
import { HeaderBlock } from './header.block.js';
import { PartitionAccumulator } from './partition.accumulator.js';
import { nextSequence, type ProducerStamp, type SealedBatch } from './sealed.batch.js';

interface Event {
  timestamp: number;
  key: string | null;
  value: string | null;
}

const STAMP: ProducerStamp = { producerId: 7n, epoch: 3, sequence: 40, transactional: true };
const NO_HEADERS = new HeaderBlock();
const event = (value: string | null, key: string | null = null, timestamp = 1000): Event => ({ timestamp, key, value });

function accumulating(options: { bufferBytes?: number; sealBytes?: number; codec?: WritableCodec } = {}) {
  const { bufferBytes = 4096, sealBytes = 2048, codec = 'none' } = options;
  const pool = new BatchBufferPool({ bufferBytes, keep: 4 });
  const sealed: SealedBatch[] = [];
  const onSealed = (batch: SealedBatch) => sealed.push(batch);
  const accumulator = new PartitionAccumulator({ topic: 't', partition: 2, pool, sealBytes, codec, onSealed });
  return { pool, sealed, accumulator };
}

function begin(accumulator: PartitionAccumulator, { timestamp, key, value }: Event, headers = NO_HEADERS): number {
  const keyBytes = key === null ? null : bytesOf(Buffer.from(`<${key}>`));
  const keyEnd = keyBytes === null ? NULL_REGION : keyBytes.bytes.length - 1;
  const length = value === null ? -1 : Buffer.byteLength(value);
  return accumulator.begin(timestamp, keyBytes, 1, keyEnd, length, headers, headers.start, headers.end);
}
function append(accumulator: PartitionAccumulator, record: Event): void {
  const at = begin(accumulator, record);
  accumulator.end(at + (record.value === null ? 0 : accumulator.bytes.write(record.value, at)));
}
function readBack(bytes: Buffer): Event[] {
  const reader = new PartitionReader();
  reader.open(bytes, 0, bytes.length, 0, []);
  const events: Event[] = [];
  const text = ({ bytes: of }: Bytes, start: number, end: number) =>
    start === NULL_REGION ? null : of.toString('utf8', start, end);
  while (reader.nextBatch()) {
    const { records } = reader;
    while (records.next()) {
      const key = text(records, records.keyStart, records.keyEnd);
      events.push({ timestamp: records.timestamp, key, value: text(records, records.valueStart, records.valueEnd) });
    }
  }
  return events;
}

describe('an accumulator', () => {
  test('gives what was appended, in order, whatever the codec and the size of batches', () => {
    const text = fc.option(fc.string({ maxLength: 300, unit: 'grapheme' }));
    const timestamp = fc.oneof(fc.nat(2000), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));
    const events = fc.array(fc.record({ timestamp, key: text, value: text }), { minLength: 1, maxLength: 40 });
    const codec = fc.constantFrom<WritableCodec>('none', 'gzip', 'lz4', 'zstd');
    const property = fc.property(events, codec, fc.nat(3000), (appended, codec, sealBytes) => {
      const { accumulator, sealed } = accumulating({ codec, sealBytes, bufferBytes: 1024 });
      for (const one of appended) append(accumulator, one);
      accumulator.seal();
      expect(sealed.flatMap((batch) => readBack(batch.finish(STAMP)))).toEqual(appended);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('seals a batch at its size, and hands it over between records', () => {
    const { accumulator, sealed } = accumulating({ sealBytes: 300 });
    for (let i = 0; i < 10; i++) append(accumulator, event('v'.repeat(100)));
    expect(sealed.map((batch) => batch.recordCount)).toEqual([3, 3, 3]);
    expect(accumulator.recordCount).toBe(1);
    expect(sealed.every((batch) => batch.byteLength >= 300 && batch.byteLength < 450)).toBe(true);
    expect(sealed[0]).toMatchObject({ topic: 't', partition: 2, maxTimestamp: 1000 });
  });

  test('seals before a record for which the buffer has no room', () => {
    const { accumulator, sealed } = accumulating({ bufferBytes: 1000, sealBytes: 900 });
    append(accumulator, event('a'.repeat(700)));
    append(accumulator, event('b'.repeat(700)));
    expect(sealed.map((batch) => readBack(batch.finish(STAMP)))).toEqual([[event('a'.repeat(700))]]);
    expect(accumulator.recordCount).toBe(1);
  });

  test('takes a record larger than any buffer, in a batch of its own that does not go back to the pool', () => {
    const { accumulator, sealed, pool } = accumulating({ bufferBytes: 1000, sealBytes: 900 });
    const large = 'L'.repeat(50_000);
    for (const value of ['a', large, 'b']) append(accumulator, event(value));
    accumulator.seal();
    const values = sealed.map((batch) => readBack(batch.finish(STAMP)).map((one) => one.value));
    expect(values).toEqual([['a'], [large], ['b']]);
    for (const batch of sealed) batch.release();
    expect(pool.idle).toBe(2);
  });

  test('keeps a large record out of a buffer that was taken and not used', () => {
    const { accumulator, sealed, pool } = accumulating({ bufferBytes: 1000, sealBytes: 900 });
    begin(accumulator, event('given up'));
    append(accumulator, event('L'.repeat(5000)));
    expect(sealed).toHaveLength(1);
    expect(pool.idle).toBe(1);
  });

  test('leaves a record out that was begun and not ended, or not written as said', () => {
    const { accumulator, sealed } = accumulating();
    append(accumulator, event('a', null, 50));
    begin(accumulator, event('broken off', null, 9000));
    const at = begin(accumulator, event('too short', null, 9000));
    expect(() => accumulator.end(at + 3)).toThrow(RangeError);
    expect(() => accumulator.end(at + 9)).toThrow(RangeError);
    append(accumulator, event('b', null, 60));
    expect(() => accumulator.end(0)).toThrow(RangeError);
    accumulator.seal();
    expect(readBack(sealed[0]!.finish(STAMP))).toEqual([event('a', null, 50), event('b', null, 60)]);
    expect(sealed[0]!.maxTimestamp).toBe(60);
  });

  test('takes base and greatest timestamp from the records that were ended', () => {
    const { accumulator, sealed } = accumulating();
    begin(accumulator, event('broken off', null, 1));
    for (const timestamp of [-70, -90, -80]) append(accumulator, event('x', null, timestamp));
    accumulator.seal();
    const bytes = sealed[0]!.finish(STAMP);
    expect([bytes.readBigInt64BE(27), bytes.readBigInt64BE(35)]).toEqual([-70n, -70n]);
  });

  test('hands over nothing when nothing was appended', () => {
    const { accumulator, sealed, pool } = accumulating();
    accumulator.seal();
    accumulator.drop();
    expect([sealed.length, pool.idle, accumulator.byteLength]).toEqual([0, 0, 0]);
  });

  test('forgets what is not sealed when dropped, and gives the buffer back', () => {
    const { accumulator, sealed, pool } = accumulating();
    append(accumulator, event('a'));
    accumulator.drop();
    expect([accumulator.recordCount, pool.idle]).toEqual([0, 1]);
    append(accumulator, event('b'));
    accumulator.seal();
    expect(readBack(sealed[0]!.finish(STAMP))).toEqual([event('b')]);
  });

  test('puts prepared headers into the record as they are', () => {
    const { accumulator, sealed } = accumulating();
    const headers = new HeaderBlock();
    headers.add(bytesOf(Buffer.from('name')), bytesOf(Buffer.from('value')), 0, 5);
    const at = begin(accumulator, event(null), headers);
    accumulator.end(at);
    accumulator.seal();
    const bytes = sealed[0]!.finish(STAMP);
    expect(bytes.subarray(-12).toString('latin1')).toBe('\x02\x08name\x0avalue');
  });

  test('sends no byte of what its buffer held before', () => {
    const { accumulator, sealed, pool } = accumulating();
    for (let i = 0; i < 5; i++) append(accumulator, event('SECRET SECRET SECRET SECRET'));
    accumulator.seal();
    sealed[0]!.release();
    append(accumulator, event('x', 'key'));
    accumulator.seal();
    expect(pool.idle).toBe(0);
    expect(sealed[1]!.finish(STAMP).includes('SEC')).toBe(false);
  });
});

describe('a sealed batch', () => {
  const one = (codec: WritableCodec = 'none', value = 'v') => {
    const { accumulator, sealed, pool } = accumulating({ codec });
    append(accumulator, event(value));
    append(accumulator, event(value, 'k', 1500));
    accumulator.seal();
    return { batch: sealed[0]!, pool };
  };

  test('has the header that its stamp says', () => {
    const bytes = one().batch.finish(STAMP);
    expect([bytes.readBigInt64BE(0), bytes.readInt32BE(8), bytes.readInt32BE(12)]).toEqual([0n, bytes.length - 12, -1]);
    expect([bytes[16], bytes.readInt16BE(21), bytes.readInt32BE(23)]).toEqual([2, 16, 1]);
    expect([bytes.readBigInt64BE(27), bytes.readBigInt64BE(35)]).toEqual([1000n, 1500n]);
    expect([bytes.readBigInt64BE(43), bytes.readInt16BE(51), bytes.readInt32BE(53)]).toEqual([7n, 3, 40]);
    expect(bytes.readInt32BE(57)).toBe(2);
  });

  test.each(['none', 'gzip', 'lz4', 'zstd'] as const)('is finished again with another stamp, in %s', (codec) => {
    const { batch } = one(codec, 'the same words, '.repeat(20));
    const first = Buffer.from(batch.finish(STAMP));
    const again = batch.finish({ producerId: -1n, epoch: -1, sequence: -1, transactional: false });
    expect([again.readBigInt64BE(43), again.readInt16BE(51), again.readInt32BE(53)]).toEqual([-1n, -1, -1]);
    expect(again.readInt16BE(21)).toBe(first.readInt16BE(21) & ~16);
    expect(readBack(again)).toEqual(readBack(first));
    expect(batch.finish(STAMP).equals(first)).toBe(true);
  });

  test('stays uncompressed when compression would make it larger', () => {
    const bytes = one('gzip').batch.finish(STAMP);
    expect(bytes.readInt16BE(21) & 7).toBe(0);
    expect(readBack(bytes)).toHaveLength(2);
  });

  test('goes back to the pool once, and is not sent after', () => {
    const { batch, pool } = one();
    batch.release();
    batch.release();
    expect(pool.idle).toBe(1);
    expect(() => batch.finish(STAMP)).toThrow('released');
  });

  test('is followed by the next sequence, which begins anew after the largest', () => {
    expect(nextSequence(0, 3)).toBe(3);
    expect(nextSequence(2 ** 31 - 2, 1)).toBe(2 ** 31 - 1);
    expect(nextSequence(2 ** 31 - 1, 1)).toBe(0);
    expect(nextSequence(2 ** 31 - 2, 5)).toBe(3);
  });
});

describe('a pool', () => {
  test('keeps no more buffers than told, and hands them out again', () => {
    const pool = new BatchBufferPool({ bufferBytes: 100, keep: 1 });
    const [a, b] = [pool.take(10), pool.take(100)];
    pool.give(a);
    pool.give(b);
    expect(pool.idle).toBe(1);
    expect(pool.take(1)).toBe(a);
    expect(pool.take(101).bytes.length).toBe(101);
  });
});

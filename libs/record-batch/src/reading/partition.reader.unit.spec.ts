import { describe, expect, test } from '@jest/globals';
import { type PlainHeader, type PlainRecord, plainBatch, plainHeader, sealPlain } from '../hostile/plain.writer.js';
import { RecordBatchError } from '../record-batch.error.js';
import { PartitionReader } from './partition.reader.js';

const value = (text: string) => ({ value: Buffer.from(text) });
const APPEND_TIME = 8;

/** What comes out of the batches, `offset value` each. */
function read(reader: PartitionReader): string[] {
  const lines: string[] = [];
  while (reader.nextBatch()) {
    const { records } = reader;
    while (records.next())
      lines.push(`${records.offset} ${records.bytes.toString('utf8', records.valueStart, records.valueEnd)}`);
  }
  return lines;
}

function opened(batches: Buffer[], position = 0): PartitionReader {
  const reader = new PartitionReader();
  const answer = Buffer.concat(batches);
  reader.open(answer, 0, answer.length, position, []);
  return reader;
}

const batch = (baseOffset: number, texts: string[], fields: Partial<PlainHeader> = {}, records: PlainRecord[] = []) =>
  plainBatch([...texts.map(value), ...records], { baseOffset, ...fields });

function refusal(read: () => unknown): RecordBatchError {
  try {
    read();
  } catch (error) {
    if (error instanceof RecordBatchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a partition’s answer', () => {
  test('gives its records in order, batch after batch, and the offset to go on from', () => {
    const reader = opened([batch(5, ['a', 'b']), batch(7, ['c'])], 5);
    expect(read(reader)).toEqual(['5 a', '6 b', '7 c']);
    expect(reader.position).toBe(8);
    expect(reader.cutBatchBytes).toBe(0);
  });

  test('lies anywhere in a buffer, and nothing outside its region counts', () => {
    const inner = batch(0, ['a']);
    const reader = new PartitionReader();
    const bytes = Buffer.concat([batch(0, ['before']), inner, batch(1, ['after'])]);
    const start = bytes.indexOf(inner);
    reader.open(bytes, start, start + inner.length, 0, null);
    expect(read(reader)).toEqual(['0 a']);
    expect(() => reader.open(bytes, 0, bytes.length + 1, 0, null)).toThrow(RangeError);
  });

  test('shows each batch as it came, also one that it refuses', () => {
    const bad = batch(1, ['b']);
    bad.writeUInt8(7, 22);
    const sealed = sealPlain(bad.subarray(0, 61), bad.subarray(61));
    const reader = opened([batch(0, ['a']), sealed]);
    expect(reader.nextBatch()).toBe(true);
    expect(reader.batchBytes).toEqual(batch(0, ['a']));
    expect(refusal(() => reader.nextBatch())).toMatchObject({ code: 'CODEC', scope: 'batch' });
    expect(reader.batchBytes).toEqual(sealed);
  });

  test('may begin inside a batch: records below the position stay out', () => {
    const reader = opened([batch(0, ['a', 'b', 'c']), batch(3, ['d'])], 2);
    expect(read(reader)).toEqual(['2 c', '3 d']);
  });

  test('may begin with a batch that ends below the position', () => {
    const reader = opened([batch(0, ['a', 'b']), batch(2, ['c'])], 2);
    expect(read(reader)).toEqual(['2 c']);
  });

  test('may begin in a gap that compaction left', () => {
    const gap: PlainRecord[] = [
      { offsetDelta: 0, ...value('a') },
      { offsetDelta: 4, ...value('e') },
    ];
    const reader = opened([batch(0, [], { lastOffsetDelta: 6 }, gap), batch(9, ['z'])], 3);
    expect(reader.nextBatch() && reader.records.next()).toBe(true);
    expect(reader.records.offset).toBe(4);
    expect(reader.records.next()).toBe(false);
    expect(reader.position).toBe(5);
    expect(reader.nextBatch()).toBe(true);
    expect(reader.position).toBe(7);
    expect(read(reader)).toEqual([]);
    expect(reader.position).toBe(10);
  });

  test('may hold batches that compaction emptied', () => {
    const header = { baseOffset: 3, lastOffsetDelta: 4, attributes: 4, recordCount: 0 };
    const bare = sealPlain(plainHeader(header), Buffer.alloc(0));
    const reader = opened([bare, plainBatch([], { ...header, baseOffset: 8 }), batch(13, ['n'])], 3);
    expect(read(reader)).toEqual(['13 n']);
  });

  test('may be empty', () => {
    const reader = opened([], 7);
    expect(reader.nextBatch()).toBe(false);
    expect(reader.position).toBe(7);
  });

  test.each([1, 8, 11, 12, 60, 61, 70])('leaves a batch alone of which only %i bytes came', (bytes) => {
    const cut = batch(1, ['this one is cut off']);
    const reader = opened([batch(0, ['a']), cut.subarray(0, bytes)]);
    expect(read(reader)).toEqual(['0 a']);
    expect(reader.position).toBe(1);
    expect(reader.cutBatchBytes).toBe(bytes < 12 ? 61 : cut.length);
  });

  test('is walked by one reader as often as asked', () => {
    const reader = opened([batch(0, ['a', 'b'])]);
    expect(reader.nextBatch() && reader.records.next()).toBe(true);
    const other = batch(90, ['z']);
    reader.open(other, 0, other.length, 90, []);
    expect(reader.position).toBe(90);
    expect(read(reader)).toEqual(['90 z']);
  });
});

describe('times', () => {
  const LATE = 2n ** 33n;
  const at = (timestampDelta: bigint) => ({ timestampDelta });

  test('are the producer’s, also far from the batch’s first and before it', () => {
    const reader = opened([plainBatch([at(0n), at(LATE), at(-LATE)], { baseTimestamp: 1_700_000_000_000n })]);
    const seen: number[] = [];
    while (reader.nextBatch()) while (reader.records.next()) seen.push(reader.records.timestamp);
    expect(seen).toEqual([1_700_000_000_000, 1_708_589_934_592, 1_691_410_065_408]);
  });

  test('are the broker’s where the topic says so', () => {
    const fields = { baseTimestamp: 5n, maxTimestamp: 900n, attributes: APPEND_TIME };
    const reader = opened([plainBatch([at(0n), at(2n ** 62n)], fields)]);
    const seen: number[] = [];
    while (reader.nextBatch()) while (reader.records.next()) seen.push(reader.records.timestamp);
    expect(seen).toEqual([900, 900]);
  });

  test.each([
    ['a delta', plainBatch([at(2n ** 53n), at(1n)], { baseTimestamp: -5n })],
    ['a sum', plainBatch([at(2n ** 52n), at(-(2n ** 52n))], { baseTimestamp: 2n ** 52n })],
    ['a base', plainBatch([at(0n), at(1n)], { baseTimestamp: 2n ** 53n })],
  ])('beyond a number are refused, not rounded: %s', (_, bytes) => {
    const reader = opened([bytes]);
    reader.nextBatch();
    expect(refusal(() => reader.records.next())).toMatchObject({ code: 'TIMESTAMP', scope: 'record', offset: 0 });
  });
});

describe('a batch is refused', () => {
  const header = { lastOffsetDelta: 0, recordCount: 1 };
  const wrong = (change: (bytes: Buffer) => unknown) => {
    const bytes = batch(1, ['b']);
    change(bytes);
    return bytes;
  };

  test.each([
    ['of another version', wrong((b) => (b[16] = 1)), 'MAGIC', 16],
    ['with a wrong checksum', wrong((b) => (b[b.length - 1] = 9)), 'CRC', 17],
    [
      'that ends before it begins',
      sealPlain(plainHeader({ ...header, lastOffsetDelta: -1 }), Buffer.alloc(0)),
      'BATCH_OFFSETS',
      23,
    ],
    [
      'with less than no records',
      sealPlain(plainHeader({ ...header, recordCount: -1 }), Buffer.alloc(0)),
      'BATCH_OFFSETS',
      57,
    ],
    [
      'with more records than offsets',
      sealPlain(plainHeader({ ...header, recordCount: 2 }), Buffer.alloc(20)),
      'BATCH_OFFSETS',
      57,
    ],
    ['in a codec that nobody knows', batch(1, ['b'], { attributes: 5 }), 'CODEC', 61],
  ])('%s, and the next one is read', (_, bytes, code, at) => {
    const refused = Buffer.from(bytes);
    if (code === 'BATCH_OFFSETS') refused.writeBigInt64BE(1n);
    const first = batch(0, ['a']);
    const reader = opened([first, refused, batch(9, ['j'])]);
    expect(reader.nextBatch() && reader.records.next() && reader.records.next()).toBe(false);
    const error = refusal(() => reader.nextBatch());
    const batchStart = first.length;
    expect(error).toMatchObject({ code, scope: 'batch', offset: 1, batchStart, at: batchStart + at });
    expect(reader.position).toBe(1);
    expect(read(reader)).toEqual(['9 j']);
  });

  test.each([
    ['backwards', -3n],
    ['before the first', -(2n ** 40n)],
    ['beyond a number', 2n ** 60n],
  ])('and all after it, when offsets go %s', (_, base) => {
    const bytes = batch(0, ['b']);
    bytes.writeBigInt64BE(base);
    const reader = opened([batch(0, ['a']), bytes, batch(9, ['j'])]);
    expect(reader.nextBatch()).toBe(true);
    expect(refusal(() => reader.nextBatch())).toMatchObject({ code: 'BATCH_OFFSETS', scope: 'answer', offset: 1 });
    expect(reader.nextBatch()).toBe(false);
  });

  test('and all after it, when it is shorter than its header', () => {
    const bytes = batch(1, ['b']);
    bytes.writeInt32BE(48, 8);
    const reader = opened([batch(0, ['a']), bytes, batch(9, ['j'])]);
    expect(reader.nextBatch()).toBe(true);
    expect(refusal(() => reader.nextBatch())).toMatchObject({ code: 'BATCH_LENGTH', scope: 'answer' });
    expect(reader.nextBatch()).toBe(false);
  });

  test('given up, it counts as read once the next one is asked for', () => {
    const reader = opened([batch(0, ['a', 'b', 'c'])]);
    expect(reader.nextBatch() && reader.records.next()).toBe(true);
    expect(reader.position).toBe(1);
    expect(reader.nextBatch()).toBe(false);
    expect(reader.position).toBe(3);
  });

  test('says where, and carries nothing of what was read', () => {
    const bytes = batch(1, ['secret']);
    bytes[bytes.length - 2] = 0;
    const error = refusal(() => opened([bytes]).nextBatch());
    expect(error.name).toBe('RecordBatchError');
    expect(error.message).toBe('CRC at offset 0: byte 17, batch at byte 0');
  });
});

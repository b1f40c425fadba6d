import { describe, expect, test } from '@jest/globals';
import {
  BatchBufferPool,
  type Bytes,
  bytesOf,
  HeaderBlock,
  HeaderCursor,
  NULL_REGION,
  PartitionAccumulator,
  PartitionReader,
  type WritableCodec,
} from '@citystreams/record-batch';
import { createRecordsBatch, Reader, readRecordsBatches } from '@platformatic/kafka';
import fc from 'fast-check';

interface Event {
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: [Buffer, Buffer | null][];
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const nullable = fc.option(fc.oneof({ weight: 5, arbitrary: bytes(80) }, bytes(3000)));
const header = fc.tuple(bytes(20), fc.option(bytes(200)));
const eventsAt = (timestamp: fc.Arbitrary<number>) =>
  fc.array(fc.record({ timestamp, key: nullable, value: nullable, headers: fc.array(header, { maxLength: 9 }) }), {
    minLength: 1,
    maxLength: 30,
  });
const near = fc.integer({ min: 1_600_000_000_000, max: 1_600_000_001_000 });
/** Further from the first than 32 bits reach, forward and back. */
const far = fc.oneof(near, fc.integer({ min: 0, max: 2 ** 45 }));
/** This client writes a distance beyond 32 bits as another number (2^40 as 256). */
const within32Bits = fc.oneof(near, fc.integer({ min: 1_600_000_000_000, max: 1_600_000_000_000 + 2 ** 31 - 1 }));
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const region = ({ bytes: source }: Bytes, start: number, end: number) =>
  start === NULL_REGION ? null : Buffer.from(source.subarray(start, end));

function readByUs(answer: Buffer): Event[] {
  const reader = new PartitionReader();
  const headers = new HeaderCursor();
  const read: Event[] = [];
  reader.open(answer, 0, answer.length, 0, []);
  while (reader.nextBatch()) {
    const { records } = reader;
    while (records.next()) {
      expect(records.offset).toBe(read.length);
      const found: Event['headers'] = [];
      headers.open(records);
      while (headers.next()) {
        const name = region(headers, headers.keyStart, headers.keyEnd);
        found.push([name ?? Buffer.alloc(0), region(headers, headers.valueStart, headers.valueEnd)]);
      }
      read.push({
        timestamp: records.timestamp,
        key: region(records, records.keyStart, records.keyEnd),
        value: region(records, records.valueStart, records.valueEnd),
        headers: found,
      });
    }
  }
  expect(reader.position).toBe(read.length);
  return read;
}

function writeByUs(written: Event[], codec: WritableCodec, stamp: { sequence: number }): Buffer[] {
  const batches: Buffer[] = [];
  const accumulator = new PartitionAccumulator({
    topic: 't',
    partition: 0,
    pool: new BatchBufferPool({ bufferBytes: 2000, keep: 1 }),
    sealBytes: 1500,
    codec,
    onSealed: (batch) => {
      const finished = batch.finish({ producerId: 99n, epoch: 4, transactional: true, ...stamp });
      batches.push(Buffer.from(finished));
      batch.release();
    },
  });
  const block = new HeaderBlock();
  for (const { timestamp: time, key, value, headers } of written) {
    block.clear();
    for (const [name, content] of headers) {
      if (content === null) block.addNull(bytesOf(name));
      else block.add(bytesOf(name), bytesOf(content), 0, content.length);
    }
    const keyBytes = key === null ? null : bytesOf(key);
    const length = value?.length ?? -1;
    const at = accumulator.begin(time, keyBytes, 0, key?.length ?? 0, length, block, block.start, block.end);
    accumulator.end(at + (value?.copy(accumulator.bytes, at) ?? 0));
  }
  accumulator.seal();
  return batches;
}

describe('another client’s reader', () => {
  test.each(['none', 'gzip', 'lz4', 'zstd'] as const)('reads what we write, in %s', (codec) => {
    const property = fc.property(eventsAt(far), fc.nat(2 ** 31 - 1), (written, sequence) => {
      const batches = writeByUs(written, codec, { sequence });
      const read = readRecordsBatches(Reader.from(Buffer.concat(batches)));
      expect(read).toHaveLength(batches.length);
      for (const batch of read) {
        expect(batch).toMatchObject({ firstOffset: 0n, magic: 2, producerId: 99n, producerEpoch: 4 });
        expect(batch).toMatchObject({ partitionLeaderEpoch: -1, firstSequence: sequence });
        expect(batch.attributes & 0b11_1000).toBe(0b01_0000);
      }
      const times = read.flatMap((batch) => batch.records.map((one) => batch.firstTimestamp + one.timestampDelta));
      const most = read.map((batch) =>
        batch.records.reduce((high, { timestampDelta: delta }) => (delta > high ? delta : high), 0n),
      );
      expect(times.map(Number)).toEqual(written.map((one) => one.timestamp));
      expect(read.map((batch) => batch.maxTimestamp - batch.firstTimestamp)).toEqual(most);
      const records = read.flatMap((batch) => batch.records);
      expect(records.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(
        written.map(({ key, value, headers }) => ({ key, value, headers })),
      );
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe('another client’s writer', () => {
  test.each(CODECS)('is read by us, in %s', (compression) => {
    const property = fc.property(fc.array(eventsAt(within32Bits), { minLength: 1, maxLength: 4 }), (written) => {
      let offset = 0;
      const batches = written.map((records) => {
        const messages = records.map(({ timestamp: time, key, value, headers }) => ({
          topic: 't',
          timestamp: BigInt(time),
          headers: new Map(headers),
          ...(key === null ? {} : { key }),
          value,
        }));
        const batch = createRecordsBatch(messages as Parameters<typeof createRecordsBatch>[0], { compression }).buffer;
        batch.writeBigInt64BE(BigInt(offset));
        offset += records.length;
        return batch;
      });
      expect(readByUs(Buffer.concat(batches))).toEqual(written.flat());
    });
    fc.assert(property, { numRuns: 40 });
  });
});

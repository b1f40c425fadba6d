import type { AbortedTransaction } from '../reading/aborted.ranges.js';
import { plainCompress, plainHeader, plainRecord, VARIANTS } from './plain.writer.js';
import type { SeededRandom } from './seeded.random.js';

/** A batch in parts, before it is put together: what mutations work on. */
export interface SampleBatch {
  codec: number;
  /** 61 bytes; length and CRC come when the batch is put together. */
  header: Buffer;
  records: Buffer;
  compressed: Buffer;
}

/** What a broker may answer for a partition. */
export interface SampleAnswer {
  batches: SampleBatch[];
  aborted: AbortedTransaction[];
  position: number;
}

/** Mostly those that are decoded here: none, snappy, lz4; now and then gzip and zstd. */
const CODECS = [0, 0, 0, 2, 2, 2, 3, 3, 3, 1, 4];

function sampleBytes(random: SeededRandom): Buffer | null {
  if (random.oneIn(5)) return null;
  return random.oneIn(8) ? Buffer.alloc(random.below(300), 'repeat me ') : random.bytes(random.below(20));
}

function sampleRecord(random: SeededRandom, offsetDelta: number): Buffer {
  return plainRecord({
    offsetDelta,
    timestampDelta: random.oneIn(6)
      ? (BigInt(random.uint32()) << BigInt(random.below(20))) * (random.oneIn(2) ? -1n : 1n)
      : BigInt(random.below(1000) - 20),
    key: sampleBytes(random),
    value: sampleBytes(random),
    headers: Array.from({ length: random.below(4) }, () => [random.bytes(random.below(8)), sampleBytes(random)]),
  });
}

function sampleBatch(random: SeededRandom, baseOffset: number): SampleBatch {
  const control = random.oneIn(5);
  const codec = control ? 0 : random.of(CODECS);
  const records: Buffer[] = [];
  let delta = 0;
  for (let n = random.below(6); n >= 0; n--) {
    records.push(sampleRecord(random, delta));
    // Compaction leaves gaps.
    delta += random.oneIn(6) ? 1 + random.below(3) : 1;
  }
  const time = 1_700_000_000_000n + BigInt(random.below(1_000_000));
  const transaction = control ? 0b11_0000 : random.oneIn(2) ? 0b1_0000 : 0;
  const header = plainHeader({
    baseOffset,
    attributes: codec | transaction | (random.oneIn(4) ? 8 : 0) | (random.oneIn(9) ? 64 : 0),
    lastOffsetDelta: delta - 1 + (random.oneIn(6) ? random.below(3) : 0),
    baseTimestamp: random.oneIn(9) ? -1n : time,
    maxTimestamp: time + 5n,
    producerId: BigInt(random.below(3)),
    recordCount: records.length,
  });
  const all = Buffer.concat(records);
  return { codec, header, records: all, compressed: plainCompress(codec, all, random.below(VARIANTS)) };
}

export function sampleAnswer(random: SeededRandom): SampleAnswer {
  const batches: SampleBatch[] = [];
  const first = random.oneIn(5) ? 2 ** 40 : random.below(1000);
  let offset = first;
  for (let n = random.below(5); n >= 0; n--) {
    const batch = sampleBatch(random, offset);
    batches.push(batch);
    offset += batch.header.readInt32BE(23) + 1 + (random.oneIn(5) ? random.below(4) : 0);
  }
  const aborted: AbortedTransaction[] = [];
  for (let n = random.below(4); n > 0; n--) {
    aborted.push({ producerId: BigInt(random.below(3)), firstOffset: first + random.below(offset - first) });
  }
  return { batches, aborted, position: random.oneIn(2) ? first : first + random.below(offset - first) };
}

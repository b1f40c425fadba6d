import { crc32c } from '@node-rs/crc32';
import type { SampleAnswer, SampleBatch } from './answer.sample.js';
import { framedLz4Block, plainLz4Block } from './plain.lz4.js';
import { plainCompress, VARIANTS, varint } from './plain.writer.js';
import type { SeededRandom } from './seeded.random.js';

const INTERESTING = [0n, 1n, -1n, -2n, 63n, 64n, 127n, 128n, 2n ** 31n - 1n, -(2n ** 31n), 2n ** 32n, 2n ** 53n];
const EXTREME = [...INTERESTING, 2n ** 53n - 1n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];

/** Header fields: position and width. */
const FIELDS = [
  [0, 8],
  [8, 4],
  [12, 4],
  [16, 1],
  [17, 4],
  [21, 2],
  [23, 4],
  [27, 8],
  [35, 8],
  [43, 8],
  [57, 4],
] as const;

/** One change somewhere in the bytes: a bit, a number, a range left out, doubled, or repeated beyond every bound. */
function damage(random: SeededRandom, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  const to = Math.min(bytes.length, at + 1 + random.below(12));
  const splice = (middle: Buffer) => Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(to)]);
  switch (random.below(8)) {
    case 0:
    case 1: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at] = copy[at]! ^ (1 << random.below(8));
      return copy;
    }
    case 2: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at] = random.uint32();
      return copy;
    }
    case 3: {
      // A number over a number, the rest in place.
      const copy = Buffer.from(bytes);
      varint(random.of(EXTREME)).copy(copy, at);
      return copy;
    }
    case 4:
      return splice(random.oneIn(2) ? varint(random.of(EXTREME)) : Buffer.alloc(random.below(12), 0xff));
    case 5:
      return splice(Buffer.alloc(0));
    case 6: {
      const range = bytes.subarray(at, to);
      const times = random.oneIn(50) && range.length > 0 ? Math.ceil(100_000 / range.length) : random.below(3);
      return splice(Buffer.concat(Array.from({ length: times }, () => range)));
    }
    default:
      return bytes.subarray(0, at);
  }
}

function damageField(random: SeededRandom, batch: Buffer): void {
  const [at, width] = random.of(FIELDS);
  const value = random.oneIn(4) ? BigInt(random.uint32()) : random.of(EXTREME);
  if (width === 8) batch.writeBigInt64BE(BigInt.asIntN(64, value), at);
  else if (width === 4) batch.writeInt32BE(Number(BigInt.asIntN(32, value)), at);
  else if (width === 2) batch.writeInt16BE(random.oneIn(2) ? random.below(64) : random.below(65_536) - 32_768, at);
  else batch[at] = random.below(4);
}

/** Compressed bytes made wrong: anywhere, or inside an lz4 block that its frame still describes rightly. */
function damageBody(random: SeededRandom, { codec, records, compressed }: SampleBatch): Buffer {
  const inBlock = codec === 3 && random.oneIn(2);
  let bytes = inBlock ? plainLz4Block(records, 0, records.length, 0) : compressed;
  for (let n = random.below(3); n >= 0; n--) bytes = damage(random, bytes);
  return inBlock ? framedLz4Block(bytes) : bytes;
}

function assemble(random: SeededRandom, sample: SampleBatch, hurt: boolean): Buffer {
  let { records, compressed: body } = sample;
  let header = Buffer.from(sample.header);
  const kind = hurt ? random.below(5) : -1;
  if (kind === 0 || kind === 1) {
    for (let n = random.below(3); n >= 0; n--) records = damage(random, records);
    body = plainCompress(sample.codec, records, random.below(VARIANTS));
  }
  if (kind === 2) body = damageBody(random, sample);
  header.writeInt32BE(49 + body.length, 8);
  if (kind === 3) for (let n = random.below(2); n >= 0; n--) damageField(random, header);
  if (kind === 4 && random.oneIn(3)) header = Buffer.concat([damage(random, header), Buffer.alloc(61)]).subarray(0, 61);
  const batch = Buffer.concat([header, body]);
  // Mostly with the right sum, or nothing behind it would ever be looked at.
  if (!random.oneIn(30)) batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** The bytes of the answer, with some of it made wrong; now and then with nothing wrong. */
export function mutated(random: SeededRandom, answer: SampleAnswer): Buffer {
  const batches = answer.batches.map((batch) => assemble(random, batch, random.oneIn(2)));
  if (random.oneIn(16)) batches.push(batches[random.below(batches.length)]!);
  if (random.oneIn(16)) batches.reverse();
  const bytes = Buffer.concat(batches);
  switch (random.below(16)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length + 1));
    case 1:
      return Buffer.concat([bytes, random.bytes(random.below(80))]);
    case 2:
      return damage(random, bytes);
    default:
      return bytes;
  }
}

import { gzipSync, zstdCompressSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import { plainLz4 } from './plain.lz4.js';

/** Batches written field by field, without a line of the product's: for answers that its writer would never make. */
export interface PlainRecord {
  offsetDelta?: number;
  timestampDelta?: bigint;
  key?: Buffer | null;
  value?: Buffer | null;
  headers?: (Buffer | null)[][];
}

export interface PlainHeader {
  baseOffset?: number;
  attributes?: number;
  lastOffsetDelta: number;
  baseTimestamp?: bigint;
  maxTimestamp?: bigint;
  producerId?: bigint;
  recordCount: number;
}

/** Zigzag varint of any size. */
export function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const lengthAnd = (bytes: Buffer | null) =>
  bytes === null ? varint(-1n) : Buffer.concat([varint(BigInt(bytes.length)), bytes]);

export function plainRecord(record: PlainRecord): Buffer {
  const { offsetDelta = 0, timestampDelta = 0n, key = null, value = null, headers = [] } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(BigInt(offsetDelta)),
    lengthAnd(key),
    lengthAnd(value),
    varint(BigInt(headers.length)),
    ...headers.flat().map(lengthAnd),
  ]);
  return Buffer.concat([varint(BigInt(body.length)), body]);
}

/** The 61 bytes; length and CRC are not filled in. */
export function plainHeader(fields: PlainHeader): Buffer {
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(fields.baseOffset ?? 0), 0);
  header.writeInt32BE(7, 12);
  header[16] = 2;
  header.writeInt16BE(fields.attributes ?? 0, 21);
  header.writeInt32BE(fields.lastOffsetDelta, 23);
  header.writeBigInt64BE(fields.baseTimestamp ?? 0n, 27);
  header.writeBigInt64BE(fields.maxTimestamp ?? 0n, 35);
  header.writeBigInt64BE(fields.producerId ?? -1n, 43);
  header.writeInt32BE(fields.recordCount, 57);
  return header;
}

/** Header and (compressed) records as one batch, length and CRC right. */
export function sealPlain(header: Buffer, records: Buffer): Buffer {
  const batch = Buffer.concat([header, records]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

export function plainBatch(records: PlainRecord[], fields: Partial<PlainHeader> = {}): Buffer {
  const numbered = records.map((record, index) => ({ offsetDelta: index, ...record }));
  const header = plainHeader({
    lastOffsetDelta: numbered.at(-1)?.offsetDelta ?? 0,
    recordCount: records.length,
    ...fields,
  });
  const bytes = Buffer.concat(numbered.map(plainRecord));
  return sealPlain(header, plainCompress((fields.attributes ?? 0) & 7, bytes, 0));
}

/** What ends a transaction: a control batch of one record. */
export function plainMarker(kind: 'abort' | 'commit', offset: number, producerId: bigint): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'commit' ? 1 : 0]);
  return plainBatch([{ key, value: Buffer.alloc(6) }], { baseOffset: offset, producerId, attributes: 0b11_0000 });
}

function framedSnappy(records: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from('82534e41505059000000000100000001', 'hex')];
  for (let at = 0; at < records.length; at += 64) {
    const block = snappyCompress(records.subarray(at, at + 64));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** Kinds of snappy and lz4 that `plainCompress` knows; 0 is what other compressors write. */
export const VARIANTS = 256;

/** Records as the numbered codec writes them, in the chosen variant. */
export function plainCompress(codec: number, records: Buffer, variant: number): Buffer {
  if (codec === 1) return gzipSync(records, { level: 1 });
  // The library's compressors fail on nothing at all, after their memory grew: then the other kind.
  if (records.length === 0) variant |= 1;
  if (codec === 2) return variant % 2 === 1 ? framedSnappy(records) : snappyCompress(records);
  if (codec === 3) return variant % 2 === 1 ? plainLz4(records, variant >> 1) : lz4Compress(records);
  return codec === 4 ? zstdCompressSync(records) : records;
}

import { crc32c } from '@node-rs/crc32';
import {
  ATTRIBUTES,
  BASE_OFFSET,
  BASE_SEQUENCE,
  BASE_TIMESTAMP,
  type Bytes,
  CODEC_NUMBERS,
  CRC,
  CURRENT_MAGIC,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  LENGTH_END,
  MAGIC,
  MAX_TIMESTAMP,
  PRODUCER_EPOCH,
  PRODUCER_ID,
  RECORD_COUNT,
  RECORDS,
  TRANSACTIONAL,
} from '../batch-layout.js';
import { COMPRESS, type WritableCodec } from '../codecs/compressor.js';
import type { BatchBufferPool } from './buffer.pool.js';

/** Who sends a batch. Without idempotence: -1n, -1, -1. */
export interface ProducerStamp {
  producerId: bigint;
  epoch: number;
  /** Sequence of the batch's first record; see `nextSequence`. */
  sequence: number;
  transactional: boolean;
}

/** What the accumulator knows of the records of a batch. */
export interface SealedRecords {
  topic: string;
  partition: number;
  codec: WritableCodec;
  buffer: Bytes;
  /** After the last record. */
  end: number;
  recordCount: number;
  baseTimestamp: number;
  maxTimestamp: number;
}

/** The sequence after `count` more records: 2^31 - 1 is followed by 0. */
export function nextSequence(sequence: number, count: number): number {
  return (sequence + count) % 2 ** 31;
}

/**
 * A batch that takes no more records and waits to be sent. Its header is written by `finish`, right before sending,
 * because epoch and sequence are only known then.
 */
export class SealedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly recordCount: number;
  /** Milliseconds. */
  readonly maxTimestamp: number;
  readonly #baseTimestamp: number;
  readonly #pool: BatchBufferPool;
  readonly #codec: WritableCodec;
  /** Attributes bits of the codec that was used; null: the records were not compressed yet. */
  #codecNumber: number | null = null;
  #buffer: Bytes | null;
  #end: number;

  constructor(records: SealedRecords, pool: BatchBufferPool) {
    this.topic = records.topic;
    this.partition = records.partition;
    this.recordCount = records.recordCount;
    this.maxTimestamp = records.maxTimestamp;
    this.#baseTimestamp = records.baseTimestamp;
    this.#codec = records.codec;
    this.#buffer = records.buffer;
    this.#end = records.end;
    this.#pool = pool;
  }

  /** Bytes of the batch with its header: before the first `finish` uncompressed, after it as sent. */
  get byteLength(): number {
    return this.#end;
  }

  /**
   * Completes the batch for this producer and answers its bytes: the accumulator's own, not a copy, valid until
   * `release`. May be called again with another stamp, as long as no send of the former bytes is under way; records are
   * compressed once. A batch that its codec does not make smaller stays as it is, which Kafka allows batch by batch.
   */
  finish(stamp: ProducerStamp): Buffer {
    if (this.#buffer === null) throw new Error('the batch was released');
    const { bytes, view } = this.#buffer;
    this.#codecNumber ??= this.#compress(bytes);
    const end = this.#end;
    view.setBigInt64(BASE_OFFSET, 0n);
    view.setInt32(LENGTH, end - LENGTH_END);
    view.setInt32(LEADER_EPOCH, -1);
    view.setInt8(MAGIC, CURRENT_MAGIC);
    view.setInt16(ATTRIBUTES, this.#codecNumber | (stamp.transactional ? TRANSACTIONAL : 0));
    view.setInt32(LAST_OFFSET_DELTA, this.recordCount - 1);
    view.setBigInt64(BASE_TIMESTAMP, BigInt(this.#baseTimestamp));
    view.setBigInt64(MAX_TIMESTAMP, BigInt(this.maxTimestamp));
    view.setBigInt64(PRODUCER_ID, stamp.producerId);
    view.setInt16(PRODUCER_EPOCH, stamp.epoch);
    view.setInt32(BASE_SEQUENCE, stamp.sequence);
    view.setInt32(RECORD_COUNT, this.recordCount);
    view.setUint32(CRC, crc32c(bytes.subarray(ATTRIBUTES, end)));
    return bytes.subarray(0, end);
  }

  /** Gives the buffer back to the pool: acknowledged, or given up. A second call does nothing. */
  release(): void {
    if (this.#buffer !== null) this.#pool.give(this.#buffer);
    this.#buffer = null;
  }

  #compress(bytes: Buffer): number {
    const compressed = COMPRESS[this.#codec]?.(bytes.subarray(RECORDS, this.#end)) ?? null;
    if (compressed === null || compressed.length >= this.#end - RECORDS) return CODEC_NUMBERS.none;
    compressed.copy(bytes, RECORDS);
    this.#end = RECORDS + compressed.length;
    return CODEC_NUMBERS[this.#codec];
  }
}

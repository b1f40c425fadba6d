import { type Bytes, RECORDS } from '../batch-layout.js';
import type { WritableCodec } from '../codecs/compressor.js';
import { NULL_REGION } from '../reading/record.cursor.js';
import type { BatchBufferPool } from './buffer.pool.js';
import { copyRun } from './copy-run.js';
import { SealedBatch } from './sealed.batch.js';
import { putInt, putLong, sizeOfInt, sizeOfLong } from './varint.writer.js';

export interface PartitionAccumulatorOptions {
  topic: string;
  partition: number;
  pool: BatchBufferPool;
  /** Bytes from which on a batch is sealed, uncompressed. Brokers refuse batches over `max.message.bytes`. */
  sealBytes: number;
  codec: WritableCodec;
  /** Takes each batch that is full. Called between records, never inside one. */
  onSealed: (batch: SealedBatch) => void;
}

/** What a record takes besides its parts: lengths, attributes, timestamp and offset at their longest. */
const RECORD_OVERHEAD = 5 + 1 + 10 + 5 + 5 + 5;
const NULL_LENGTH = -1;

/**
 * Collects the records of one partition of one topic into batches. No object per record: the caller names regions, and
 * writes the value itself, straight into the batch:
 *
 *     let at = accumulator.begin(timestamp, key, keyStart, keyEnd, valueBytes, headers, headersStart, headersEnd);
 *     at = view.write(..., accumulator.bytes, accumulator.view, at);   // exactly valueBytes bytes
 *     accumulator.end(at);
 *
 * Guarantees: a record belongs to a batch once `end` has returned; whatever happens before leaves the batch as it was.
 * No byte of a batch is another's, provided that each value is written from its first byte to its last. A batch is
 * larger than the pool's buffers only if it holds a single record. Timestamps may go back.
 */
export class PartitionAccumulator implements Bytes {
  readonly topic: string;
  readonly partition: number;

  readonly #pool: BatchBufferPool;
  readonly #sealBytes: number;
  readonly #codec: WritableCodec;
  readonly #onSealed: (batch: SealedBatch) => void;
  #buffer: Bytes | null = null;
  #count = 0;
  /** After the last record that was ended. */
  #end = RECORDS;
  #baseTimestamp = 0;
  #maxTimestamp = 0;
  /** Of the record begun: its timestamp, where its value must end, where it ends; -1: none is. */
  #timestamp = 0;
  #valueEnd = -1;
  #recordEnd = 0;

  constructor(options: PartitionAccumulatorOptions) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.#pool = options.pool;
    this.#sealBytes = options.sealBytes;
    this.#codec = options.codec;
    this.#onSealed = options.onSealed;
  }

  /** Records of the batch so far. */
  get recordCount(): number {
    return this.#count;
  }

  /** Where the value of the record begun is written; another buffer after each `begin`. */
  get bytes(): Buffer {
    return this.#open.bytes;
  }

  get view(): DataView {
    return this.#open.view;
  }

  /** Bytes of the batch so far, header included; 0 when it has no record. */
  get byteLength(): number {
    return this.#count === 0 ? 0 : this.#end;
  }

  /**
   * Writes a record up to its value and after it; answers where the value's `valueBytes` bytes go (-1: the value is
   * null, nothing is to be written). `timestamp` in milliseconds; `key` null, or the region of it; `headers`: a headers
   * region as a `HeaderBlock` prepares or a record that was read holds it. Regions must not lie in this accumulator.
   * A record begun and never ended is as if it had not been.
   */
  begin(
    timestamp: number,
    key: Bytes | null,
    keyStart: number,
    keyEnd: number,
    valueBytes: number,
    headers: Bytes,
    headersStart: number,
    headersEnd: number,
  ): number {
    const keyLength = key === null || keyStart === NULL_REGION ? NULL_LENGTH : keyEnd - keyStart;
    const headersLength = headersEnd - headersStart;
    const most = RECORD_OVERHEAD + Math.max(keyLength, 0) + Math.max(valueBytes, 0) + headersLength;
    const buffer = this.#roomFor(most);
    if (this.#count === 0) this.#baseTimestamp = timestamp;

    const timestampDelta = timestamp - this.#baseTimestamp;
    const { bytes } = buffer;
    let at = putInt(
      bytes,
      this.#end,
      1 +
        sizeOfLong(timestampDelta) +
        sizeOfInt(this.#count) +
        sizeOfInt(keyLength) +
        Math.max(keyLength, 0) +
        sizeOfInt(valueBytes) +
        Math.max(valueBytes, 0) +
        headersLength,
    );
    bytes[at++] = 0;
    at = putLong(bytes, at, timestampDelta);
    at = putInt(bytes, at, this.#count);
    at = putInt(bytes, at, keyLength);
    if (key !== null && keyLength > 0) at = copyRun(key, keyStart, keyEnd, buffer, at);
    at = putInt(bytes, at, valueBytes);
    this.#timestamp = timestamp;
    this.#valueEnd = at + Math.max(valueBytes, 0);
    this.#recordEnd = copyRun(headers, headersStart, headersEnd, buffer, this.#valueEnd);
    return at;
  }

  /**
   * Makes the record begun part of the batch. `at`: the position after its value; a value that is not as long as was
   * said is a programming error (RangeError) and the record is left out. Hands the batch over when it is full.
   */
  end(at: number): void {
    const expected = this.#valueEnd;
    this.#valueEnd = -1;
    if (at !== expected || expected < 0) throw new RangeError('the value is not as long as was said');
    const timestamp = this.#timestamp;
    if (this.#count === 0 || timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    this.#count++;
    this.#end = this.#recordEnd;
    if (this.#end >= this.#sealBytes) this.seal();
  }

  /** Hands over what is there; nothing when no record is. */
  seal(): void {
    if (this.#count === 0) return;
    const batch = new SealedBatch(
      {
        topic: this.topic,
        partition: this.partition,
        codec: this.#codec,
        buffer: this.#open,
        end: this.#end,
        recordCount: this.#count,
        baseTimestamp: this.#baseTimestamp,
        maxTimestamp: this.#maxTimestamp,
      },
      this.#pool,
    );
    this.#reset();
    this.#onSealed(batch);
  }

  /** Gives up the records that are not sealed yet, and the buffer. */
  drop(): void {
    if (this.#buffer !== null) this.#pool.give(this.#buffer);
    this.#reset();
  }

  get #open(): Bytes {
    this.#buffer ??= this.#pool.take(RECORDS);
    return this.#buffer;
  }

  /** The buffer, with room for a record of at most so many bytes after the last one. */
  #roomFor(bytes: number): Bytes {
    if (this.#buffer !== null && this.#end + bytes > this.#buffer.bytes.length) {
      if (this.#count > 0) this.seal();
      else this.drop();
    }
    this.#buffer ??= this.#pool.take(this.#end + bytes);
    return this.#buffer;
  }

  #reset(): void {
    this.#buffer = null;
    this.#end = RECORDS;
    this.#count = 0;
    this.#valueEnd = -1;
  }
}

import { crc32c } from '@node-rs/crc32';
import {
  ATTRIBUTES,
  BASE_OFFSET,
  BASE_TIMESTAMP,
  type Bytes,
  bytesOf,
  CODEC_BITS,
  CONTROL,
  CRC,
  CURRENT_MAGIC,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  LENGTH_END,
  LOG_APPEND_TIME,
  MAGIC,
  MAX_TIMESTAMP,
  PRODUCER_ID,
  RECORD_COUNT,
  RECORDS,
  TRANSACTIONAL,
} from '../batch-layout.js';
import { Decompressor, NotDecompressed } from '../codecs/decompressor.js';
import { RecordBatchError, type RecordBatchErrorCode, type RecordBatchErrorScope } from '../record-batch.error.js';
import { AbortedRanges, type AbortedTransaction } from './aborted.ranges.js';
import { RecordCursor } from './record.cursor.js';

export interface PartitionReaderOptions {
  /** Most bytes that the records of one batch may have after decompression; 64 MiB unless told. */
  maxDecompressedBytes?: number;
}

const MAX_DECOMPRESSED_BYTES = 64 << 20;
const NOTHING_ABORTED: readonly AbortedTransaction[] = [];

/**
 * Walks the batches of one partition in a fetch answer. One object serves any number of answers, one at a time:
 *
 *     reader.open(answer, start, end, position, aborted);
 *     while (reader.nextBatch()) while (reader.records.next()) use(reader.records);
 *     // continue fetching at reader.position
 *
 * Guarantees: no byte outside `[start, end)` is read; every whole batch has its CRC32C checked before anything in it is
 * believed; control batches, batches of aborted transactions and records below the position never come out; offsets
 * only rise; `position` passes everything that was handed out or rightly left out, and nothing else; what is wrong with
 * the bytes is a `RecordBatchError`, and its scope says how to go on.
 * Not promised: that the bytes are still there after the answer's buffer was used again, or, for a compressed batch,
 * after `nextBatch`. Nothing is copied.
 */
export class PartitionReader {
  /** The records of the batch that `nextBatch` moved to. */
  readonly records = new RecordCursor();
  /** The batch in the answer, header included: also one that was refused. */
  batchStart = 0;
  batchEnd = 0;
  /** Offsets of that batch, -1 when it was refused before they could be believed. Compaction may leave gaps in them. */
  baseOffset = -1;
  lastOffset = -1;
  leaderEpoch = -1;
  /** Bytes that the batch cut off by the end of the answer needs in all (61 when even that is cut off); 0: none is. */
  cutBatchBytes = 0;

  readonly #decompressor: Decompressor;
  readonly #aborted = new AbortedRanges();
  #answer: Bytes = bytesOf(Buffer.alloc(0));
  #start = 0;
  #end = 0;
  /** The lowest base offset that the next batch can have; unknown before the first. */
  #floor = 0;

  constructor(options: PartitionReaderOptions = {}) {
    this.#decompressor = new Decompressor(options.maxDecompressedBytes ?? MAX_DECOMPRESSED_BYTES);
  }

  /** The offset to fetch next: the lowest that was neither handed out nor left out. */
  get position(): number {
    return this.records.position;
  }

  /** Bytes of the answer that was opened. */
  get byteLength(): number {
    return this.#end - this.#start;
  }

  /** The batch as it came, header included, also one that was refused. Good as long as the answer is. */
  get batchBytes(): Buffer {
    return this.#answer.bytes.subarray(this.batchStart, this.batchEnd);
  }

  /**
   * Starts on the batches in `answer[start..end)`. Records below `position` are left out; `aborted` is the answer's list
   * for this partition (empty or null when reading uncommitted).
   */
  open(
    answer: Buffer,
    start: number,
    end: number,
    position: number,
    aborted: readonly AbortedTransaction[] | null,
  ): void {
    if (start < 0 || start > end || end > answer.length) throw new RangeError('the answer is shorter than that');
    if (this.#answer.bytes !== answer) this.#answer = bytesOf(answer);
    this.batchStart = this.batchEnd = this.#start = start;
    this.#end = end;
    this.#floor = 0;
    this.baseOffset = this.lastOffset = -1;
    this.cutBatchBytes = 0;
    this.#aborted.reset(aborted ?? NOTHING_ABORTED);
    this.records.leave(0);
    this.records.position = position;
  }

  /**
   * Moves to the next batch with records to hand out, giving up what is left of the one before. False: the answer has
   * no more whole batches. Throws `RecordBatchError`.
   */
  nextBatch(): boolean {
    for (;;) {
      this.records.leave(this.lastOffset + 1);
      const start = this.batchEnd;
      if (!this.#findEnd(start)) return false;
      const attributes = this.#checkHeader(start);
      if (this.#isLeftOut(start, attributes)) continue;
      this.#openRecords(start, attributes);
      return true;
    }
  }

  /** Whether a whole batch begins at `start`; sets where it ends. */
  #findEnd(start: number): boolean {
    const { view } = this.#answer;
    const available = this.#end - start;
    this.batchStart = start;
    this.baseOffset = this.lastOffset = -1;
    if (available < LENGTH_END) {
      this.cutBatchBytes = available === 0 ? 0 : RECORDS;
      return false;
    }
    const size = LENGTH_END + view.getInt32(start + LENGTH);
    if (size < RECORDS) this.#refuse('BATCH_LENGTH', 'answer', start + LENGTH);
    if (size > available) {
      this.cutBatchBytes = size;
      return false;
    }
    this.batchEnd = start + size;
    return true;
  }

  #checkHeader(start: number): number {
    const { bytes, view } = this.#answer;
    if (bytes[start + MAGIC] !== CURRENT_MAGIC) this.#refuse('MAGIC', 'batch', start + MAGIC);
    const crc = crc32c(bytes.subarray(start + ATTRIBUTES, this.batchEnd));
    if (crc !== view.getUint32(start + CRC)) this.#refuse('CRC', 'batch', start + CRC);
    const baseOffset = int64(view, start + BASE_OFFSET);
    const lastOffsetDelta = view.getInt32(start + LAST_OFFSET_DELTA);
    const lastOffset = baseOffset + lastOffsetDelta;
    if (!(baseOffset >= this.#floor) || !(lastOffset < Number.MAX_SAFE_INTEGER)) {
      this.#refuse('BATCH_OFFSETS', 'answer', start + BASE_OFFSET);
    }
    const count = view.getInt32(start + RECORD_COUNT);
    if (lastOffsetDelta < 0) this.#refuse('BATCH_OFFSETS', 'batch', start + LAST_OFFSET_DELTA);
    if (count < 0 || count > lastOffsetDelta + 1) this.#refuse('BATCH_OFFSETS', 'batch', start + RECORD_COUNT);
    this.baseOffset = baseOffset;
    this.lastOffset = lastOffset;
    this.leaderEpoch = view.getInt32(start + LEADER_EPOCH);
    this.#floor = lastOffset + 1;
    return view.getInt16(start + ATTRIBUTES);
  }

  /** Control batches, aborted ones, and those that end below the position. */
  #isLeftOut(start: number, attributes: number): boolean {
    const { view } = this.#answer;
    const aborted = this.#aborted;
    const isControl = (attributes & CONTROL) !== 0;
    if (!aborted.none) {
      aborted.reach(this.lastOffset);
      if (isControl) aborted.close(view.getBigInt64(start + PRODUCER_ID));
      else if ((attributes & TRANSACTIONAL) !== 0 && aborted.covers(view.getBigInt64(start + PRODUCER_ID))) return true;
    }
    return isControl || this.lastOffset < this.records.position;
  }

  #openRecords(start: number, attributes: number): void {
    const { view } = this.#answer;
    const recordCount = view.getInt32(start + RECORD_COUNT);
    const baseTimestamp = int64(view, start + BASE_TIMESTAMP);
    const maxTimestamp = int64(view, start + MAX_TIMESTAMP);
    // A batch that compaction emptied keeps its codec, with nothing to decompress.
    const codec = start + RECORDS === this.batchEnd ? 0 : attributes & CODEC_BITS;
    const inflated = codec === 0 ? null : this.#decompress(codec, start);
    this.records.open({
      source: inflated?.output ?? this.#answer,
      start: inflated === null ? start + RECORDS : 0,
      end: inflated?.length ?? this.batchEnd,
      inflated: inflated !== null,
      batchStart: start,
      baseOffset: this.baseOffset,
      lastOffsetDelta: this.lastOffset - this.baseOffset,
      recordCount,
      baseTimestamp,
      appendTime: (attributes & LOG_APPEND_TIME) === 0 ? null : maxTimestamp,
    });
  }

  #decompress(codec: number, start: number): { output: Bytes; length: number } {
    try {
      return this.#decompressor.decompress(codec, this.#answer, start + RECORDS, this.batchEnd);
    } catch (error) {
      if (!(error instanceof NotDecompressed)) throw error;
      return this.#refuse(error.refusal, 'batch', start + RECORDS, error.cause);
    }
  }

  #refuse(code: RecordBatchErrorCode, scope: RecordBatchErrorScope, at: number, cause?: unknown): never {
    const offset = this.position;
    if (scope === 'answer') this.batchEnd = this.#end;
    const place = { batchStart: this.batchStart, at, inflated: false, offset };
    throw new RecordBatchError(code, scope, place, cause);
  }
}

/** As a number; infinite where a number would not be exact. */
function int64(view: DataView, at: number): number {
  const value = view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4);
  return Number.isSafeInteger(value) ? value : Math.sign(value) * Infinity;
}

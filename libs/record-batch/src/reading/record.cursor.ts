import type { Bytes } from '../batch-layout.js';
import { RecordBatchError, type RecordBatchErrorCode } from '../record-batch.error.js';
import { VarintReader } from './varint.reader.js';

/** In place of the two ends of a key or value that is null. */
export const NULL_REGION = -1;

/** Attributes, timestamp, offset, key length, value length and header count of one byte each. */
const SHORTEST_BODY = 6;

/** The records of one batch, and how to read them. Offsets and times are exact numbers. */
export interface RecordRegion {
  source: Bytes;
  start: number;
  end: number;
  inflated: boolean;
  batchStart: number;
  baseOffset: number;
  lastOffsetDelta: number;
  recordCount: number;
  baseTimestamp: number;
  /** The timestamp of every record, or null: each has its own. */
  appendTime: number | null;
}

/**
 * One record after the other, as numbers: positions in `bytes`, an offset and a time. The same object for all of them.
 *
 *     varint   length of what follows
 *     int8     attributes, unused
 *     varlong  timestamp - base timestamp
 *     varint   offset - base offset
 *     varint   key length, -1 null        key
 *     varint   value length, -1 null      value
 *     varint   header count               headers (see HeaderCursor)
 *
 * Guarantees: key, value and headers lie one after the other inside the record, the record inside its batch; offsets
 * rise. Not looked at: the inside of the headers region.
 */
export class RecordCursor implements Bytes {
  /** What all positions below count in: the answer itself, or the decompressed records of the batch. */
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, 0, 0);
  /** The whole record with its length: also of a record that was refused, when the error's scope is `record`. */
  start = 0;
  end = 0;
  /** `NULL_REGION` in both ends: null. Equal ends: empty. */
  keyStart = NULL_REGION;
  keyEnd = NULL_REGION;
  valueStart = NULL_REGION;
  valueEnd = NULL_REGION;
  /** Count and headers, up to `end`. */
  headersStart = 0;
  offset = 0;
  /** Milliseconds: the producer's, or the broker's when the topic says LogAppendTime. */
  timestamp = 0;
  /** The lowest offset that was not handed out yet. */
  position = 0;
  /** True when `bytes` are decompressed and only valid up to the next batch. */
  inflated = false;
  batchStart = 0;

  #left = 0;
  #regionEnd = 0;
  #baseOffset = 0;
  #previousDelta = -1;
  #lastOffsetDelta = -1;
  #baseTimestamp = 0;
  #appendTime: number | null = null;
  readonly #input = new VarintReader(() => this.#refuse('VARINT'));

  /** For PartitionReader: starts on the records of a batch; those below `position` will be passed over. */
  open(region: RecordRegion): void {
    this.bytes = region.source.bytes;
    this.view = region.source.view;
    this.#input.bytes = region.source.bytes;
    this.start = this.end = region.start;
    this.#regionEnd = region.end;
    this.inflated = region.inflated;
    this.batchStart = region.batchStart;
    this.#left = region.recordCount;
    this.#baseOffset = region.baseOffset;
    this.#previousDelta = -1;
    this.#lastOffsetDelta = region.lastOffsetDelta;
    this.#baseTimestamp = region.baseTimestamp;
    this.#appendTime = region.appendTime;
  }

  /** For PartitionReader: gives up what is left of the batch; everything below `position` counts as read. */
  leave(position: number): void {
    this.#left = 0;
    this.end = this.#regionEnd;
    if (position > this.position) this.position = position;
  }

  /**
   * Moves to the next record at or after `position`. False: the batch has no more.
   * Throws `RecordBatchError`; the fields other than `start`, `end` and `position` then mean nothing.
   */
  next(): boolean {
    const input = this.#input;
    for (;;) {
      if (this.#left === 0) return this.#finish();
      this.#left--;
      const start = this.end;
      this.start = start;
      this.end = start;
      input.at = start;
      input.end = this.#regionEnd;
      const length = input.int();
      const body = input.at;
      if (length < SHORTEST_BODY || length > this.#regionEnd - body) this.#refuse('RECORD_LENGTH');
      const end = body + length;
      this.end = end;
      input.end = end;
      input.at = body + 1;
      const timestampDelta = input.long();
      const offsetDelta = input.int();
      if (offsetDelta <= this.#previousDelta || offsetDelta > this.#lastOffsetDelta) this.#refuse('RECORD_OFFSET');
      this.#previousDelta = offsetDelta;
      const offset = this.#baseOffset + offsetDelta;
      this.offset = offset;
      const wanted = offset >= this.position;
      if (wanted) this.position = offset;
      this.timestamp = this.#appendTime ?? this.#baseTimestamp + timestampDelta;
      if (!(Math.abs(this.timestamp) <= Number.MAX_SAFE_INTEGER)) this.#refuse('TIMESTAMP');

      const keyLength = input.int();
      const keyStart = input.at;
      if (keyLength < 0) {
        if (keyLength !== -1) this.#refuse('FIELD_LENGTH');
        this.keyStart = this.keyEnd = NULL_REGION;
      } else {
        if (keyLength > end - keyStart) this.#refuse('FIELD_LENGTH');
        this.keyStart = keyStart;
        input.at = this.keyEnd = keyStart + keyLength;
      }
      const valueLength = input.int();
      const valueStart = input.at;
      if (valueLength < 0) {
        if (valueLength !== -1) this.#refuse('FIELD_LENGTH');
        this.valueStart = this.valueEnd = NULL_REGION;
      } else {
        if (valueLength > end - valueStart) this.#refuse('FIELD_LENGTH');
        this.valueStart = valueStart;
        input.at = this.valueEnd = valueStart + valueLength;
      }
      if (input.at >= end) this.#refuse('HEADER_COUNT');
      this.headersStart = input.at;
      if (wanted) {
        this.position = offset + 1;
        return true;
      }
    }
  }

  #finish(): false {
    if (this.end === this.#regionEnd) return false;
    this.start = this.end;
    this.#input.at = this.end;
    return this.#refuse('TRAILING_BYTES');
  }

  /** A record whose end is known costs itself, any other the rest of its batch. */
  #refuse(code: RecordBatchErrorCode): never {
    const scope = this.end > this.start ? 'record' : 'batch';
    if (scope === 'batch') {
      this.#left = 0;
      this.end = this.#regionEnd;
    }
    const { batchStart, inflated, position } = this;
    throw new RecordBatchError(code, scope, { batchStart, inflated, at: this.#input.at, offset: position });
  }
}

import type { Bytes } from '../batch-layout.js';
import { RecordBatchError, type RecordBatchErrorCode } from '../record-batch.error.js';
import { NULL_REGION, type RecordCursor } from './record.cursor.js';
import { VarintReader } from './varint.reader.js';

/** Key length and value length of one byte each. */
const SHORTEST_HEADER = 2;

/**
 * The headers of a record, one after the other, as positions in the record's `bytes`. The same object for all of them.
 *
 *     varint   header count
 *     for each: varint key length   key, UTF-8   varint value length, -1 null   value
 *
 * Guarantees: every region lies inside the record; after the last header the record is at its end. Names may repeat,
 * and their UTF-8 is not checked. A record whose headers are refused was handed out already: `position` is past it.
 */
export class HeaderCursor implements Bytes {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, 0, 0);
  count = 0;
  /** The whole header with its lengths. */
  start = 0;
  end = 0;
  keyStart = 0;
  keyEnd = 0;
  /** `NULL_REGION` in both ends: null. */
  valueStart = NULL_REGION;
  valueEnd = NULL_REGION;

  #left = 0;
  #record: RecordCursor | null = null;
  readonly #input = new VarintReader(() => this.#refuse('VARINT'));

  /** Starts on the headers of the record that the cursor stands on. Throws `RecordBatchError` of scope `record`. */
  open(record: RecordCursor): void {
    const input = this.#input;
    this.#record = record;
    this.bytes = input.bytes = record.bytes;
    this.view = record.view;
    input.at = record.headersStart;
    input.end = record.end;
    const count = input.int();
    if (count < 0 || count > (input.end - input.at) / SHORTEST_HEADER) this.#refuse('HEADER_COUNT');
    this.count = this.#left = count;
  }

  /** Moves to the next header; false after the last. Throws `RecordBatchError` of scope `record`. */
  next(): boolean {
    const input = this.#input;
    if (this.#left === 0) {
      if (input.at !== input.end) this.#refuse('TRAILING_BYTES');
      return false;
    }
    this.#left--;
    this.start = input.at;
    const keyLength = input.int();
    if (keyLength < 0 || keyLength > input.end - input.at) this.#refuse('FIELD_LENGTH');
    this.keyStart = input.at;
    this.keyEnd = input.at += keyLength;
    const valueLength = input.int();
    if (valueLength < 0) {
      if (valueLength !== -1) this.#refuse('FIELD_LENGTH');
      this.valueStart = this.valueEnd = NULL_REGION;
    } else {
      if (valueLength > input.end - input.at) this.#refuse('FIELD_LENGTH');
      this.valueStart = input.at;
      this.valueEnd = input.at += valueLength;
    }
    this.end = input.at;
    return true;
  }

  /** Whether the header's key is exactly these bytes. */
  isNamed(name: Uint8Array): boolean {
    const { bytes, keyStart } = this;
    if (this.keyEnd - keyStart !== name.length) return false;
    // From the end: names of one family share their beginning.
    for (let i = name.length - 1; i >= 0; i--) if (bytes[keyStart + i] !== name[i]) return false;
    return true;
  }

  #refuse(code: RecordBatchErrorCode): never {
    this.#left = 0;
    const at = this.#input.at;
    // What is left is not looked at again: `next` answers false.
    this.#input.at = this.#input.end;
    const { batchStart = 0, inflated = false, offset = 0 } = this.#record ?? {};
    throw new RecordBatchError(code, 'record', { batchStart, inflated, at, offset });
  }
}

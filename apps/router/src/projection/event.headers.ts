import { type Bytes, HeaderBlock, HeaderCursor, NULL_REGION, type RecordCursor } from '@citystreams/record-batch';
import { CE_ID, ENCODED_NAMES, HEADER_NAMES, isNameAt, LONGEST_NAME, NAME_SIZES } from './header.names.js';

const COUNT = HEADER_NAMES.length;
const UNKNOWN = -1;

/**
 * The headers of one source record, as views may show them: those of the list, in its order; everything else stays
 * behind. Nothing is made per record: a record that carries nothing but allowed headers in their order is shown as it
 * lies in the source, and any other is put together in one block that is used again and again.
 */
export class EventHeaders implements Bytes {
  /** The record's own bytes, which positions count in. */
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, 0, 0);
  /** The value of `ce_id`; `NULL_REGION`: there is none. */
  idStart = NULL_REGION;
  idEnd = NULL_REGION;
  readonly #cursor = new HeaderCursor();
  readonly #block = new HeaderBlock();
  /** Of a record that is not as allowed: where each header of the list lies, by its place there. */
  readonly #start = new Int32Array(COUNT);
  readonly #end = new Int32Array(COUNT);
  #isAsAllowed = false;
  #regionStart = 0;
  #regionEnd = 0;

  /** Looks at a record's headers; of a name that repeats, the first counts. Throws `RecordBatchError`. */
  read(record: RecordCursor): void {
    this.bytes = record.bytes;
    this.view = record.view;
    this.#regionStart = record.headersStart;
    this.#regionEnd = record.end;
    this.#isAsAllowed = this.#areAsAllowed();
    if (!this.#isAsAllowed) this.#pick(record);
  }

  /** The headers to show: `source` holds them as the region `[start, end)`. */
  get source(): Bytes {
    return this.#isAsAllowed ? this : this.#block;
  }

  get start(): number {
    return this.#isAsAllowed ? this.#regionStart : this.#block.start;
  }

  get end(): number {
    return this.#isAsAllowed ? this.#regionEnd : this.#block.end;
  }

  /**
   * Whether the record carries headers of the list in its order and no others. Knows only what nearly all records have:
   * a count and lengths of one byte; false for anything else.
   */
  #areAsAllowed(): boolean {
    const { bytes, view } = this;
    const end = this.#regionEnd;
    let at = this.#regionStart;
    if (end + LONGEST_NAME > bytes.length) return false;
    let left = bytes[at++]!;
    if (left > 2 * COUNT || (left & 1) !== 0) return false;
    this.idStart = NULL_REGION;
    for (let index = 0; left > 0 && index < COUNT; index++) {
      if (!isNameAt(view, at, index)) continue;
      at += NAME_SIZES[index]!;
      const length = bytes[at++]!;
      if (length > 127 || (length & 1) !== 0 || at > end) return false;
      if (index === CE_ID) {
        this.idStart = at;
        this.idEnd = at + (length >>> 1);
      }
      at += length >>> 1;
      if (at > end) return false;
      left -= 2;
    }
    return left === 0 && at === end;
  }

  #pick(record: RecordCursor): void {
    const cursor = this.#cursor;
    const block = this.#block;
    cursor.open(record);
    this.#start.fill(UNKNOWN);
    this.idStart = NULL_REGION;
    while (cursor.next()) {
      const index = indexOf(cursor);
      if (index === UNKNOWN || this.#start[index] !== UNKNOWN) continue;
      this.#start[index] = cursor.start;
      this.#end[index] = cursor.end;
      if (index !== CE_ID) continue;
      this.idStart = cursor.valueStart;
      this.idEnd = cursor.valueEnd;
    }
    block.clear();
    for (let i = 0; i < COUNT; i++) {
      if (this.#start[i] !== UNKNOWN) block.addRun(this, this.#start[i]!, this.#end[i]!, 1);
    }
  }
}

function indexOf(cursor: HeaderCursor): number {
  for (let i = 0; i < COUNT; i++) if (cursor.isNamed(ENCODED_NAMES[i]!.bytes)) return i;
  return UNKNOWN;
}

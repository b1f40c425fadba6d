import { type Bytes, bytesOf } from '../batch-layout.js';
import { copyRun } from './copy-run.js';
import { putInt, sizeOfInt } from './varint.writer.js';

/** Room for a count of any size, written backwards from the first header. */
const COUNT_ROOM = 5;
const FIRST_BYTES = 512;
/** The largest lengths of a key and a value. */
const LENGTH_ROOM = 10;

/**
 * The headers region of a record, prepared once and appended to any number of batches as `[start, end)`. The same
 * object for one event after the other: `clear`, then `add`.
 */
export class HeaderBlock implements Bytes {
  bytes: Buffer;
  view: DataView;
  /** The region to append: count and headers. */
  start = 0;
  end = 0;
  /** Where the first header begins, behind the count: `[first, end)` is what `addRun` of another block takes. */
  readonly first = COUNT_ROOM;
  #count = 0;

  constructor() {
    ({ bytes: this.bytes, view: this.view } = bytesOf(Buffer.allocUnsafeSlow(FIRST_BYTES)));
    this.clear();
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.end = COUNT_ROOM;
    this.#counted(-this.#count);
  }

  /** Adds a header with this name (the whole of it, UTF-8) and the value `value[start..end)`. */
  add(name: Bytes, value: Bytes, start: number, end: number): void {
    this.#makeRoom(LENGTH_ROOM + name.bytes.length + end - start);
    let at = this.#putName(name);
    at = putInt(this.bytes, at, end - start);
    this.end = copyRun(value, start, end, this, at);
    this.#counted(1);
  }

  /**
   * Adds `count` headers that lie one after the other in `[start, end)` as they are: out of a record that was read
   * (`HeaderCursor.start`, `end`), or of a block that holds constants. One copy instead of two for each header.
   */
  addRun(source: Bytes, start: number, end: number, count: number): void {
    this.#makeRoom(end - start);
    this.end = copyRun(source, start, end, this, this.end);
    this.#counted(count);
  }

  /** Adds a header whose value is null. */
  addNull(name: Bytes): void {
    this.#makeRoom(LENGTH_ROOM + name.bytes.length);
    this.end = putInt(this.bytes, this.#putName(name), -1);
    this.#counted(1);
  }

  #putName(name: Bytes): number {
    const at = putInt(this.bytes, this.end, name.bytes.length);
    return copyRun(name, 0, name.bytes.length, this, at);
  }

  #counted(more: number): void {
    const count = this.#count + more;
    this.#count = count;
    this.start = COUNT_ROOM - sizeOfInt(count);
    putInt(this.bytes, this.start, count);
  }

  #makeRoom(more: number): void {
    if (this.end + more <= this.bytes.length) return;
    const larger = bytesOf(Buffer.allocUnsafeSlow(2 * (this.end + more)));
    this.bytes.copy(larger.bytes, 0, 0, this.end);
    this.bytes = larger.bytes;
    this.view = larger.view;
  }
}

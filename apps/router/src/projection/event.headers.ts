/**
 * The headers of one source record, as views may show them: CloudEvents attributes from an allow-list (binary mode of
 * the CloudEvents Kafka protocol binding 1.0), always in the order of the list; everything else stays behind.
 *
 * Nothing is made per record: positions of the allowed headers, and one block that is filled again and again. A record
 * that carries nothing but allowed headers in their order is shown as it lies in the source.
 */
import {
  type Bytes,
  bytesOf,
  HeaderBlock,
  HeaderCursor,
  NULL_REGION,
  type RecordCursor,
} from '@citystreams/record-batch';

const NAMES = ['ce_specversion', 'ce_type', 'ce_source', 'ce_id', 'ce_time', 'content-type', 'traceparent'] as const;
export const CE_ID = NAMES.indexOf('ce_id');

const encoded: readonly Bytes[] = NAMES.map((name) => bytesOf(Buffer.from(name)));
export const headerName = (name: (typeof NAMES)[number]): Bytes => encoded[NAMES.indexOf(name)]!;

const UNKNOWN = -1;
const BY_LENGTH: readonly (readonly number[])[] = Array.from({ length: 16 }, (_, length) =>
  NAMES.flatMap((name, index) => (name.length === length ? [index] : [])),
);

export class EventHeaders implements Bytes {
  /** The record's own bytes: what `valueStart` and `valueEnd` count in. */
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, 0, 0);
  /** Of each allowed header, by its place in the list: the header, and its value. -1: there is none. */
  readonly #start = new Int32Array(NAMES.length);
  readonly #end = new Int32Array(NAMES.length);
  readonly valueStart = new Int32Array(NAMES.length);
  readonly valueEnd = new Int32Array(NAMES.length);
  readonly #cursor = new HeaderCursor();
  readonly #block = new HeaderBlock();
  #isAsAllowed = false;
  #regionStart = 0;
  #regionEnd = 0;
  #isPrepared = false;

  /** Finds the allowed headers of a record; of a name that repeats, the first counts. Throws `RecordBatchError`. */
  read(record: RecordCursor): void {
    const cursor = this.#cursor;
    cursor.open(record);
    this.bytes = record.bytes;
    this.view = record.view;
    this.#start.fill(UNKNOWN);
    this.valueStart.fill(NULL_REGION);
    this.#isPrepared = false;
    this.#regionStart = record.headersStart;
    this.#regionEnd = record.end;
    let last = UNKNOWN;
    let isAsAllowed = true;
    while (cursor.next()) {
      const index = this.#indexOf(cursor);
      if (index > last) last = index;
      else isAsAllowed = false;
      if (index === UNKNOWN || this.#start[index] !== UNKNOWN) continue;
      this.#start[index] = cursor.start;
      this.#end[index] = cursor.end;
      this.valueStart[index] = cursor.valueStart;
      this.valueEnd[index] = cursor.valueEnd;
    }
    this.#isAsAllowed = isAsAllowed;
  }

  /** The allowed headers as they are, ready to append: `source` holds the region `[start, end)`. */
  get source(): Bytes {
    if (this.#isAsAllowed) return this;
    if (!this.#isPrepared) this.#prepare();
    return this.#block;
  }

  get start(): number {
    return this.#isAsAllowed ? this.#regionStart : this.#block.start;
  }

  get end(): number {
    return this.#isAsAllowed ? this.#regionEnd : this.#block.end;
  }

  #prepare(): void {
    const block = this.#block;
    block.clear();
    for (let i = 0; i < NAMES.length; i++) {
      if (this.#start[i] !== UNKNOWN) block.addRun(this, this.#start[i]!, this.#end[i]!, 1);
    }
    this.#isPrepared = true;
  }

  #indexOf(cursor: HeaderCursor): number {
    const length = cursor.keyEnd - cursor.keyStart;
    const candidates = length < BY_LENGTH.length ? BY_LENGTH[length]! : [];
    for (let i = 0; i < candidates.length; i++) {
      const index = candidates[i]!;
      if (cursor.isNamed(encoded[index]!.bytes)) return index;
    }
    return UNKNOWN;
  }
}

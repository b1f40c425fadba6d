const FIRST_BYTES = 256;
const NULL_STRING = -1;

/**
 * Writes one request, in Kafka's primitives (big-endian; `compact`: length + 1 as unsigned varint, 0 is null).
 * `reference` takes a payload in without copying it: the request is a list of parts, sent with one vectored write.
 */
export class RequestWriter {
  #bytes: Buffer;
  #at = 0;
  /** Where the part under way begins in `#bytes`. */
  #start = 0;
  readonly #parts: Buffer[] = [];
  #before = 0;

  constructor(expectedBytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
  }

  /** Bytes written so far, references included. */
  get length(): number {
    return this.#before + this.#at - this.#start;
  }

  int8(value: number): this {
    this.#room(1);
    this.#at = this.#bytes.writeInt8(value, this.#at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    this.#room(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
    return this;
  }

  int32(value: number): this {
    this.#room(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
    return this;
  }

  /** A safe integer, or a bigint for what is not counted with: producer ids. */
  int64(value: number | bigint): this {
    this.#room(8);
    if (typeof value === 'bigint') {
      this.#at = this.#bytes.writeBigInt64BE(value, this.#at);
      return this;
    }
    this.#bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.#at);
    this.#at = this.#bytes.writeUInt32BE(value >>> 0, this.#at + 4);
    return this;
  }

  /** Up to 2^31 - 1. */
  unsignedVarint(value: number): this {
    this.#room(5);
    while (value > 127) {
      this.#bytes[this.#at++] = (value & 127) | 128;
      value >>>= 7;
    }
    this.#bytes[this.#at++] = value;
    return this;
  }

  /** Length of a compact array. */
  count(items: number): this {
    return this.unsignedVarint(items + 1);
  }

  /** The end of every structure of a flexible version, where we have nothing to add. */
  noTags(): this {
    return this.unsignedVarint(0);
  }

  string(value: string | null): this {
    if (value === null) return this.int16(NULL_STRING);
    const length = Buffer.byteLength(value);
    this.int16(length).#room(length);
    this.#at += this.#bytes.write(value, this.#at);
    return this;
  }

  compactString(value: string | null): this {
    if (value === null) return this.unsignedVarint(0);
    const length = Buffer.byteLength(value);
    this.unsignedVarint(length + 1).#room(length);
    this.#at += this.#bytes.write(value, this.#at);
    return this;
  }

  compactBytes(value: Buffer): this {
    return this.unsignedVarint(value.length + 1).raw(value);
  }

  /** Without a length, as a UUID is written. */
  raw(value: Buffer): this {
    this.#room(value.length);
    value.copy(this.#bytes, this.#at);
    this.#at += value.length;
    return this;
  }

  /** As `compactBytes`, but the bytes themselves are sent: they must stay as they are until the answer has come. */
  reference(value: Buffer): this {
    this.unsignedVarint(value.length + 1).#closePart();
    this.#parts.push(value);
    this.#before += value.length;
    return this;
  }

  /** Overwrites an int32 in the first part, where the header lies. */
  patchInt32(at: number, value: number): void {
    (this.#parts[0] ?? this.#bytes).writeInt32BE(value, at);
  }

  /** Everything, in order. Nothing can be written after it. */
  finish(): readonly Buffer[] {
    this.#closePart();
    return this.#parts;
  }

  #closePart(): void {
    if (this.#at === this.#start) return;
    this.#parts.push(this.#bytes.subarray(this.#start, this.#at));
    this.#before += this.#at - this.#start;
    this.#start = this.#at;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const written = this.#at - this.#start;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, written + bytes + FIRST_BYTES));
    this.#bytes.copy(larger, 0, this.#start, this.#at);
    this.#bytes = larger;
    this.#start = 0;
    this.#at = written;
  }
}

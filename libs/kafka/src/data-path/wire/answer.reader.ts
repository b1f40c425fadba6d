import { KafkaFailure } from '../../failure.js';

/** An answer that is not what the protocol says: the connection it came over cannot be believed any more. */
export function malformedAnswer(what: string): KafkaFailure {
  return new KafkaFailure('OTHER', `A broker's answer is malformed: ${what}`, { retriable: true });
}

/**
 * Reads one answer's primitives; `RequestWriter` says how they are written. No byte outside the answer is read: what is
 * too short, or a number that cannot be, is a `malformedAnswer`.
 */
export class AnswerReader {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;

  open(bytes: Buffer, start: number, end: number): this {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    return this;
  }

  boolean(): boolean {
    return this.bytes[this.#pass(1)] !== 0;
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#pass(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#pass(4));
  }

  /** Offsets and times. */
  int64(): number {
    const at = this.#pass(8);
    const value = this.bytes.readInt32BE(at) * 2 ** 32 + this.bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw malformedAnswer('a number beyond 2^53');
    return value;
  }

  bigint64(): bigint {
    return this.bytes.readBigInt64BE(this.#pass(8));
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.#pass(1)]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw malformedAnswer('a varint of more than five bytes');
  }

  /** Items of a compact array; 0 for null. Each item takes a byte at least. */
  count(): number {
    const items = this.unsignedVarint() - 1;
    if (items > this.end - this.at) throw malformedAnswer('more items than bytes');
    return Math.max(items, 0);
  }

  string(): string | null {
    return this.#text(this.int16());
  }

  compactString(): string | null {
    return this.#text(this.unsignedVarint() - 1);
  }

  /** Where the protocol allows no null. */
  compactText(): string {
    const text = this.compactString();
    if (text === null) throw malformedAnswer('null where a text must be');
    return text;
  }

  /** A copy; empty for null. */
  compactBytes(): Buffer {
    const length = this.unsignedVarint() - 1;
    if (length <= 0) return Buffer.alloc(0);
    const start = this.#pass(length);
    return Buffer.from(this.bytes.subarray(start, this.at));
  }

  uuid(): string {
    const start = this.#pass(16);
    return uuidText(this.bytes.subarray(start, this.at));
  }

  skip(bytes: number): void {
    this.#pass(bytes);
  }

  skipTags(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      this.skip(this.unsignedVarint());
    }
  }

  /** The tags of the body itself, and nothing after them. */
  finish(): void {
    this.skipTags();
    if (this.at !== this.end) throw malformedAnswer('it goes on after its end');
  }

  #text(length: number): string | null {
    if (length < 0) return null;
    const start = this.#pass(length);
    return this.bytes.toString('utf8', start, this.at);
  }

  #pass(bytes: number): number {
    const at = this.at;
    if (bytes > this.end - at) throw malformedAnswer('it ends too early');
    this.at = at + bytes;
    return at;
  }
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return parts.join('-');
}

/** The 16 bytes of a UUID in its usual spelling. */
export function uuidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16) throw new RangeError(`"${text}" is not a UUID`);
  return bytes;
}

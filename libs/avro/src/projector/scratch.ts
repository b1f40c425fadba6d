import { MalformedEvent } from './malformed.error.js';

const FIRST_BYTES = 4_096;
/** A larger one is given back after the event that needed it. */
const KEPT_BYTES = 1_048_576;

/**
 * Bytes under construction: grows as needed, up to a bound. Everything a view does not copy as it is, is written here
 * first, so that the size of a value is known before it is written where it belongs.
 */
export class Scratch {
  bytes: Buffer = Buffer.alloc(FIRST_BYTES);
  data: DataView = viewOf(this.bytes);
  at = 0;

  /** `most`: bytes that one event may become; beyond it MalformedEvent `TOO_LARGE`. */
  constructor(private readonly most: number) {}

  clear(): void {
    this.at = 0;
    if (this.bytes.length > KEPT_BYTES) this.take(FIRST_BYTES);
  }

  /** Room for `more` bytes at `at`. */
  need(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    if (needed > this.most) throw new MalformedEvent('TOO_LARGE');
    const before = this.bytes;
    this.take(Math.min(this.most, Math.max(needed, before.length * 2)));
    before.copy(this.bytes, 0, 0, this.at);
  }

  byte(value: number): void {
    this.need(1);
    this.bytes[this.at] = value;
    this.at += 1;
  }

  /** A zigzag number of at most 53 bits. */
  number(value: number): void {
    this.need(10);
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    while (rest > 127) {
      this.bytes[this.at] = (rest % 128) | 128;
      this.at += 1;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at] = rest;
    this.at += 1;
  }

  long(value: number | bigint): void {
    if (typeof value === 'number' && Math.abs(value) < 2 ** 51) return this.number(value);
    this.need(10);
    const wide = BigInt(value);
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
    for (; rest > 127n; rest >>= 7n) this.byte(Number(rest & 127n) | 128);
    this.byte(Number(rest));
  }

  float(value: number): void {
    this.need(4);
    this.data.setFloat32(this.at, value, true);
    this.at += 4;
  }

  double(value: number): void {
    this.need(8);
    this.data.setFloat64(this.at, value, true);
    this.at += 8;
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.number(length);
    this.need(length);
    this.bytes.write(value, this.at, 'utf8');
    this.at += length;
  }

  /** Bytes `start` to `end` of others. */
  copy(from: Uint8Array, start: number, end: number): void {
    this.need(end - start);
    const to = this.bytes;
    let q = this.at;
    if (end - start > 64) {
      to.set(from.subarray(start, end), q);
      q += end - start;
    } else {
      for (let p = start; p < end; p += 1) to[q++] = from[p]!;
    }
    this.at = q;
  }

  /** Puts a number before what was written since `start`: a count that is known only afterwards. */
  numberAt(start: number, value: number): void {
    const end = this.at;
    this.number(value);
    const width = this.at - end;
    const number = this.bytes.subarray(end, end + width).toString('latin1');
    this.bytes.copyWithin(start + width, start, end);
    this.bytes.write(number, start, 'latin1');
  }

  private take(size: number): void {
    this.bytes = Buffer.alloc(size);
    this.data = viewOf(this.bytes);
  }
}

/** The DataView of exactly these bytes. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

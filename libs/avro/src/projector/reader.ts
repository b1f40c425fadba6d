/**
 * Reads values of an event that a scanner has found well-formed: nothing is checked again here.
 */
export class Reader {
  bytes: Uint8Array = new Uint8Array(0);
  data: DataView = new DataView(this.bytes.buffer);
  at = 0;

  /** Continues at a position of other bytes; `data` is a view of exactly these. */
  open(bytes: Uint8Array, data: DataView, at: number): this {
    this.bytes = bytes;
    this.data = data;
    this.at = at;
    return this;
  }

  skipVarint(): void {
    const b = this.bytes;
    let p = this.at;
    while (b[p]! > 127) p += 1;
    this.at = p + 1;
  }

  /** A zigzag number of at most 53 bits: an int, a length, an index, a count. */
  number(): number {
    const b = this.bytes;
    let p = this.at;
    let byte = b[p++]!;
    let sum = byte & 127;
    for (let weight = 128; byte > 127; weight *= 128) {
      byte = b[p++]!;
      sum += (byte & 127) * weight;
    }
    this.at = p;
    return sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
  }

  /** A number while it is exact, a bigint beyond 2^53. */
  long(): number | bigint {
    const start = this.at;
    this.skipVarint();
    if (this.at - start <= 7) {
      this.at = start;
      return this.number();
    }
    let sum = 0n;
    for (let p = this.at - 1; p >= start; p -= 1) sum = (sum << 7n) | BigInt(this.bytes[p]! & 127);
    const value = (sum >> 1n) ^ -(sum & 1n);
    return value <= SAFE && value >= -SAFE ? Number(value) : value;
  }

  float(): number {
    this.at += 4;
    return this.data.getFloat32(this.at - 4, true);
  }

  double(): number {
    this.at += 8;
    return this.data.getFloat64(this.at - 8, true);
  }

  skipBytes(): void {
    const length = this.number();
    this.at += length;
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return utf8Of(this.bytes, this.at - length, this.at);
  }
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The text of some bytes. */
export const utf8Of = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');

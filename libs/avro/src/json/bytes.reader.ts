/** Avro binary, read from its beginning. Every method throws RangeError on bytes that cannot be what is asked for. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class BytesReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Buffer {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.left) throw new RangeError('the bytes end early');
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** Zigzag, at most ten bytes, of which the last holds one bit. */
  long(): bigint {
    let raw = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (raw >> 64n !== 0n) break;
        return (raw >> 1n) ^ -(raw & 1n);
      }
    }
    throw new RangeError('a number has more than 64 bits');
  }

  int(): number {
    const value = this.long();
    if (BigInt.asIntN(32, value) !== value) throw new RangeError('an int has more than 32 bits');
    return Number(value);
  }

  boolean(): boolean {
    const byte = this.byte();
    if (byte > 1) throw new RangeError('a boolean is neither 0 nor 1');
    return byte === 1;
  }

  float(): number {
    return this.take(4).readFloatLE();
  }

  double(): number {
    return this.take(8).readDoubleLE();
  }

  /** What a length stands before. */
  block(): Buffer {
    return this.take(Number(this.long()));
  }

  string(): string {
    try {
      return utf8.decode(this.block());
    } catch (cause) {
      throw cause instanceof RangeError ? cause : new RangeError('a string is no UTF-8', { cause });
    }
  }

  /** Items of the next block of an array or a map; 0 at its end. */
  count(): number {
    const count = this.long();
    if (count >= 0n) return Number(count);
    this.long(); // How many bytes the block has, for those who skip it.
    return Number(-count);
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the bytes end early');
    this.at += 1;
    return byte;
  }
}

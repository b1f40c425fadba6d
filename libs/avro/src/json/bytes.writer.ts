/** Avro binary, written piece by piece. */
export class BytesWriter {
  private readonly pieces: Buffer[] = [];

  long(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const bytes: number[] = [];
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.raw(Buffer.from(bytes));
  }

  int(value: number): void {
    this.long(BigInt(value));
  }

  boolean(value: boolean): void {
    this.raw(Buffer.from([value ? 1 : 0]));
  }

  float(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.raw(bytes);
  }

  double(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.raw(bytes);
  }

  block(bytes: Buffer): void {
    this.int(bytes.length);
    this.raw(bytes);
  }

  string(text: string): void {
    this.block(Buffer.from(text, 'utf8'));
  }

  raw(bytes: Buffer): void {
    this.pieces.push(bytes);
  }

  end(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

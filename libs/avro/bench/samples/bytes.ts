/** Avro binary, written by hand: every type, and also the unusual forms that a reader has to take. */
import type { Tape } from './tape.js';
import { once } from './tape.js';

export class AvroBytes {
  private readonly parts: number[] = [];

  /** `odd`: how often (once in so many) a number is not in its shortest form; 0: never. */
  constructor(
    private readonly tape: Tape,
    private readonly odd: number,
  ) {}

  byte(value: number): void {
    this.parts.push(value & 255);
  }

  long(value: bigint, most = 10): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const groups: number[] = [];
    for (; rest > 127n; rest >>= 7n) groups.push(Number(rest & 127n));
    groups.push(Number(rest));
    while (this.odd > 0 && groups.length < most && once(this.tape, this.odd)) groups.push(0);
    for (const [i, group] of groups.entries()) this.byte(i < groups.length - 1 ? group | 128 : group);
  }

  int(value: number): void {
    this.long(BigInt(value), 5);
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.byte(byte);
  }

  sized(bytes: Uint8Array): void {
    this.long(BigInt(bytes.length));
    this.raw(bytes);
  }

  double(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.raw(bytes);
  }

  float(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.raw(bytes);
  }

  /** Items as blocks: one, or where the tape says so several, also with their sizes. */
  blocks(items: readonly ((to: AvroBytes) => void)[], several: boolean): void {
    let left = [...items];
    while (left.length > 0) {
      const count = several ? 1 + this.tape.below(left.length) : left.length;
      const block = new AvroBytes(this.tape, this.odd);
      for (const item of left.slice(0, count)) item(block);
      left = left.slice(count);
      const sized = several && once(this.tape, 2);
      this.long(BigInt(sized ? -count : count));
      if (sized) this.long(BigInt(block.parts.length));
      for (const byte of block.parts) this.byte(byte);
    }
    this.byte(0);
  }

  done(): Buffer {
    return Buffer.from(this.parts);
  }
}

/** Avro binary, written by hand: every type, the unusual forms that a reader has to take, and wrong ones. */
import { HUGE } from './mutations.js';
import { once, pick, type Tape } from './tape.js';

/** Not UTF-8: a lone continuation, a surrogate, an overlong form, one that is cut off. */
const NOT_TEXT = [[0x80], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf0, 0x9f, 0x98]];

export class AvroBytes {
  private readonly parts: number[] = [];

  /** `odd`: how often (once in so many) a number is not in its shortest form; 0: never. */
  constructor(
    private readonly tape: Tape,
    private readonly odd: number,
    /** How often something that holds the structure together is wrong: a length, count, size, index, text. 0: never. */
    private readonly spoilt = 0,
  ) {}

  private isSpoilt(): boolean {
    return this.spoilt > 0 && once(this.tape, this.spoilt);
  }

  /** A number that says how to read what follows. */
  structural(value: number): void {
    const wide = BigInt(value);
    if (!this.isSpoilt()) this.long(wide);
    else if (once(this.tape, 2)) this.raw(pick(this.tape, HUGE));
    else this.long(pick(this.tape, [wide + 1n, wide - 1n, -wide, wide * 2n, wide + 64n, -wide - 1n]));
  }

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
    this.structural(bytes.length);
    this.raw(bytes);
  }

  text(bytes: Uint8Array): void {
    const wrong = this.isSpoilt();
    this.sized(wrong ? Buffer.concat([bytes, Buffer.from(pick(this.tape, NOT_TEXT))]) : bytes);
  }

  boolean(value: boolean): void {
    this.byte(this.isSpoilt() ? 2 + this.tape.below(254) : Number(value));
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
      const block = new AvroBytes(this.tape, this.odd, this.spoilt);
      for (const item of left.slice(0, count)) item(block);
      left = left.slice(count);
      const sized = several && once(this.tape, 2);
      this.structural(sized ? -count : count);
      if (sized) this.structural(block.parts.length);
      for (const byte of block.parts) this.byte(byte);
    }
    this.byte(0);
  }

  done(): Buffer {
    return Buffer.from(this.parts);
  }
}

import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** The bytes cannot be read, or are more than the bound. */
export class Undecodable extends Error {
  constructor(readonly refusal: 'COMPRESSED_DATA' | 'DECOMPRESSED_SIZE' | 'CODEC') {
    super(refusal);
  }
}

/** Byte by byte, out of a copy that ends where the input ends. */
class Input {
  at = 0;
  constructor(readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    if (this.left < 1) throw new Undecodable('COMPRESSED_DATA');
    return this.bytes[this.at++]!;
  }

  little(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value += this.byte() * 256 ** i;
    return value;
  }

  take(length: number): Buffer {
    if (length > this.left) throw new Undecodable('COMPRESSED_DATA');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function repeat(output: number[], distance: number, count: number, floor: number): void {
  if (distance === 0 || distance > output.length - floor) throw new Undecodable('COMPRESSED_DATA');
  for (let i = 0; i < count; i++) output.push(output[output.length - distance]!);
}

function lz4Block(block: Buffer, output: number[], floor: number, most: number, tooMuch: Undecodable): void {
  const input = new Input(block);
  const length = (nibble: number) => {
    let count = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; count += more) more = input.byte();
    return count;
  };
  const room = (count: number) => {
    if (output.length + count > most) throw tooMuch;
  };
  for (;;) {
    const token = input.byte();
    const literals = length(token >>> 4);
    if (literals > input.left) throw new Undecodable('COMPRESSED_DATA');
    room(literals);
    output.push(...input.take(literals));
    if (input.left === 0) return;
    const distance = input.little(2);
    if (distance === 0 || distance > output.length - floor) throw new Undecodable('COMPRESSED_DATA');
    const count = length(token & 15) + 4;
    room(count);
    repeat(output, distance, count, floor);
  }
}

interface Lz4Frame {
  flags: number;
  largest: number;
  contentSize: number | null;
  blocks: { stored: boolean; bytes: Buffer }[];
}

function lz4Frame(input: Input): Lz4Frame {
  if (input.left < 11 || input.little(4) !== 0x184d2204) throw new Undecodable('COMPRESSED_DATA');
  const flags = input.byte();
  const size = (input.byte() >> 4) & 7;
  if (flags >> 6 !== 1 || (flags & 1) === 1 || size < 4) throw new Undecodable('COMPRESSED_DATA');
  const contentSize = (flags & 8) === 0 ? null : input.little(8);
  input.byte();
  const blocks: Lz4Frame['blocks'] = [];
  for (let word = input.little(4); word !== 0; word = input.little(4)) {
    blocks.push({ stored: word >= 2 ** 31, bytes: input.take(word % 2 ** 31) });
    if ((flags & 16) !== 0) input.take(4);
  }
  if ((flags & 4) !== 0) input.take(4);
  return { flags, largest: 4 ** (4 + size), contentSize, blocks };
}

function lz4(bytes: Buffer, bound: number): Buffer {
  const input = new Input(bytes);
  const frames: Lz4Frame[] = [];
  while (input.left > 0) frames.push(lz4Frame(input));
  const output: number[] = [];
  for (const { flags, largest, contentSize, blocks } of frames) {
    const start = output.length;
    for (const block of blocks) {
      const most = Math.min(bound, output.length + largest);
      const tooMuch = new Undecodable(most === bound ? 'DECOMPRESSED_SIZE' : 'COMPRESSED_DATA');
      if (!block.stored) lz4Block(block.bytes, output, (flags & 32) === 0 ? start : output.length, most, tooMuch);
      else if (output.length + block.bytes.length > most) throw tooMuch;
      else for (const byte of block.bytes) output.push(byte);
    }
    if (contentSize !== null && contentSize !== output.length - start) throw new Undecodable('COMPRESSED_DATA');
  }
  return Buffer.from(output);
}

function snappyLength(bytes: Buffer): [length: number, input: Input] {
  const input = new Input(bytes);
  let length = 0;
  for (let i = 0; ; i++) {
    const byte = input.byte();
    length += (byte & 127) * 128 ** i;
    if (byte < 128) break;
    if (i === 4) throw new Undecodable('COMPRESSED_DATA');
  }
  // Nothing decodes to more than 64 bytes out of three.
  if (length > bytes.length * 22) throw new Undecodable('COMPRESSED_DATA');
  return [length, input];
}

function snappyBlock(bytes: Buffer): number[] {
  const [length, input] = snappyLength(bytes);
  const output: number[] = [];
  while (input.left > 0) {
    const tag = input.byte();
    if ((tag & 3) === 0) {
      const count = tag >> 2 < 60 ? (tag >> 2) + 1 : input.little((tag >> 2) - 59) + 1;
      if (output.length + count > length) throw new Undecodable('COMPRESSED_DATA');
      output.push(...input.take(count));
      continue;
    }
    const count = (tag & 3) === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance =
      (tag & 3) === 1 ? (tag >> 5) * 256 + input.byte() : (tag & 3) === 2 ? input.little(2) : input.little(4);
    if (output.length + count > length) throw new Undecodable('COMPRESSED_DATA');
    repeat(output, distance, count, 0);
  }
  if (output.length !== length) throw new Undecodable('COMPRESSED_DATA');
  return output;
}

function snappy(bytes: Buffer, bound: number): Buffer {
  const framed = bytes.length >= 16 && bytes.subarray(0, 8).equals(Buffer.from('82534e4150505900', 'hex'));
  const blocks: Buffer[] = framed ? [] : [bytes];
  for (let at = 16; framed && at < bytes.length; ) {
    const length = bytes.length - at < 4 ? Infinity : bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) throw new Undecodable('COMPRESSED_DATA');
    blocks.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const total = blocks.reduce((sum, block) => sum + snappyLength(block)[0], 0);
  if (total > bound) throw new Undecodable('DECOMPRESSED_SIZE');
  return Buffer.concat(blocks.map((block) => Buffer.from(snappyBlock(block))));
}

function byZlib(decompress: () => Buffer): Buffer {
  try {
    return decompress();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Undecodable(code === 'ERR_BUFFER_TOO_LARGE' ? 'DECOMPRESSED_SIZE' : 'COMPRESSED_DATA');
  }
}

/** Slow and plain decompression of one batch's records; throws `Undecodable`. */
export function plainDecompress(codec: number, bytes: Buffer, bound: number): Buffer {
  // Of data both too large and damaged, the size of zlib's pieces decides which is found first.
  const limits = { maxOutputLength: bound, chunkSize: 128 << 10 };
  if (codec === 1) return byZlib(() => gunzipSync(bytes, limits));
  if (codec === 2) return snappy(bytes, bound);
  if (codec === 3) return lz4(bytes, bound);
  if (codec === 4) return byZlib(() => zstdDecompressSync(bytes, limits));
  throw new Undecodable('CODEC');
}

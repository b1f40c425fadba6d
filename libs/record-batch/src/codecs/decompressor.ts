import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Bytes, bytesOf, CODEC_NUMBERS } from '../batch-layout.js';
import { MALFORMED, NO_ROOM } from './decoded.js';
import { decodeLz4Frames, lz4FramesBound } from './lz4-frame.decoder.js';
import { decodeSnappy, snappyLength } from './snappy.decoder.js';

/** Output that grew beyond this for one batch is given up after it. */
const KEPT_BYTES = 16 << 20;
const FIRST_BYTES = 1 << 20;
/** zlib collects its output in pieces of this size. */
const PIECE_BYTES = 128 << 10;
export type Refusal = 'CODEC' | 'COMPRESSED_DATA' | 'DECOMPRESSED_SIZE';

/** Why bytes could not be decompressed; the reader says where. */
export class NotDecompressed extends Error {
  override readonly name = 'NotDecompressed';
  constructor(
    readonly refusal: Refusal,
    cause?: unknown,
  ) {
    super(refusal, { cause });
  }
}

/** Decompresses record regions of any codec, never to more than `maxBytes`. */
export class Decompressor {
  #kept: Bytes | null = null;
  readonly #maxBytes: number;
  readonly #limits: { maxOutputLength: number; chunkSize: number };

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#limits = { maxOutputLength: maxBytes, chunkSize: PIECE_BYTES };
  }

  /**
   * The decompressed bytes, `length` of them from index 0, valid until the next call: buffers are used again.
   * Throws `NotDecompressed`.
   */
  decompress(codec: number, input: Bytes, start: number, end: number): { output: Bytes; length: number } {
    switch (codec) {
      case CODEC_NUMBERS.gzip:
        return this.#byZlib(() => gunzipSync(input.bytes.subarray(start, end), this.#limits));
      case CODEC_NUMBERS.zstd:
        return this.#byZlib(() => zstdDecompressSync(input.bytes.subarray(start, end), this.#limits));
      case CODEC_NUMBERS.lz4: {
        const bound = lz4FramesBound(input, start, end);
        if (bound === MALFORMED) throw new NotDecompressed('COMPRESSED_DATA');
        const room = Math.min(bound, this.#maxBytes);
        const output = this.#room(room);
        return { output, length: this.#checked(decodeLz4Frames(input, start, end, output, room)) };
      }
      case CODEC_NUMBERS.snappy: {
        const total = this.#checked(snappyLength(input, start, end));
        const output = this.#room(total);
        return { output, length: this.#checked(decodeSnappy(input, start, end, output)) };
      }
      default:
        throw new NotDecompressed('CODEC');
    }
  }

  #byZlib(decompress: () => Buffer): { output: Bytes; length: number } {
    try {
      const bytes = decompress();
      return { output: bytesOf(bytes), length: bytes.length };
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      throw new NotDecompressed(tooLarge ? 'DECOMPRESSED_SIZE' : 'COMPRESSED_DATA', error);
    }
  }

  #checked(length: number): number {
    if (length === MALFORMED) throw new NotDecompressed('COMPRESSED_DATA');
    if (length === NO_ROOM || length > this.#maxBytes) throw new NotDecompressed('DECOMPRESSED_SIZE');
    return length;
  }

  #room(bytes: number): Bytes {
    if (this.#kept !== null && this.#kept.bytes.length >= bytes) return this.#kept;
    const fresh = bytesOf(Buffer.allocUnsafeSlow(Math.max(bytes, FIRST_BYTES)));
    if (fresh.bytes.length <= KEPT_BYTES) this.#kept = fresh;
    return fresh;
  }
}

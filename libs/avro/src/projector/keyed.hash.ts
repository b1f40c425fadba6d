/**
 * HMAC-SHA-256 (RFC 2104) of short values as two one-shot hashes over blocks that hold the padded key already: much
 * faster than a keyed hash object for each value.
 *
 *     inner = SHA-256( key ^ 0x36.. (64 bytes) | value )      outer = SHA-256( key ^ 0x5c.. (64 bytes) | inner )
 */
import { createHmac, hash } from 'node:crypto';

const BLOCK = 64;
/** Longer values go through a hash object: a copy of them would cost more than it saves. */
const SHORT = 1_024;
/** A shorter key could be guessed. */
const LEAST_KEY_BYTES = 16;

export class KeyedHash {
  /** Characters, and so bytes, of a hash as text. */
  static readonly SIZE = { hex: 64, base64url: 43 } as const;

  private readonly key: Buffer;
  private readonly inner = Buffer.alloc(BLOCK + SHORT);
  private readonly outer = Buffer.alloc(BLOCK + 32);
  /** `inner` up to a value of each length, made when first needed. */
  private readonly upTo: Buffer[] = [];

  /** The key is copied. Throws RangeError when it is shorter than 16 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < LEAST_KEY_BYTES) throw new RangeError('a keyed hash needs a key of at least 16 bytes');
    this.key = Buffer.from(key);
    const block = Buffer.alloc(BLOCK);
    (key.length > BLOCK ? hash('sha256', key, 'buffer') : this.key).copy(block);
    for (let i = 0; i < BLOCK; i += 1) {
      this.inner[i] = block[i]! ^ 0x36;
      this.outer[i] = block[i]! ^ 0x5c;
    }
  }

  /**
   * Writes the hash of bytes `start` to `end` as text at `at` of `target`, which must have the room (`SIZE`), and
   * returns the position after it.
   */
  write(bytes: Uint8Array, start: number, end: number, text: 'hex' | 'base64url', target: Buffer, at: number): number {
    return at + target.write(this.of(bytes, start, end, text), at, KeyedHash.SIZE[text], 'latin1');
  }

  private of(bytes: Uint8Array, start: number, end: number, text: 'hex' | 'base64url'): string {
    const length = end - start;
    if (length > SHORT) return createHmac('sha256', this.key).update(bytes.subarray(start, end)).digest(text);
    const inner = this.inner;
    let q = BLOCK;
    for (let p = start; p < end; p += 1) inner[q++] = bytes[p]!;
    const message = (this.upTo[length] ??= inner.subarray(0, q));
    this.outer.write(hash('sha256', message, 'binary'), BLOCK, 32, 'latin1');
    return hash('sha256', this.outer, text);
  }
}

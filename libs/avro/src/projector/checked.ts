/**
 * The parts of a generated scanner that are the same for every schema: reading what may be hostile. Each function is
 * given the position `p` of its value, at which one byte is known to lie within the event, and the position `e` that
 * the value must not pass; it returns the position after the value, at most `e`, or throws MalformedEvent.
 *
 *     varint    1..10 bytes, 7 bits each, least significant first; the high bit of a byte says that another follows
 *     zigzag    0 -> 0, -1 -> 1, 1 -> 2, ...: the lowest bit is the sign
 *     text      zigzag length, then UTF-8
 *     block     zigzag count; if negative, its size in bytes as a zigzag follows, and the count is meant positively
 */
import { MalformedEvent } from './malformed.error.js';

/** More nested values than any event has; keeps a hostile one from exhausting the stack. */
export const DEEPEST = 128;
/** Items without a byte (null, empty records) cost nothing to send: an event may have this many in all. */
const MOST_EMPTY_ITEMS = 65_536;

export interface ScanState {
  /** The number that was just read: a length, an index, a count. */
  value: number;
  /** Byte size of the block that was just begun, or -1 where it does not say. */
  blockBytes: number;
  /** Something was encoded in another way than the shortest, or in another block structure than one block. */
  odd: boolean;
  /** Items without a byte that were announced so far. */
  empty: number;
}

export function checkedReading(state: ScanState) {
  /** Varint of at most `most` bytes, the last of which is at most `top`; ends before `e`. */
  function varint(b: Uint8Array, p: number, e: number, most: number, top: number): number {
    const last = p + most - 1;
    while (b[p]! > 127) {
      if (p === last) throw new MalformedEvent('VARINT');
      p += 1;
      if (p >= e) throw new MalformedEvent('TRUNCATED');
      if (b[p] === 0) state.odd = true;
    }
    if (p === last && b[p]! > top) throw new MalformedEvent('VARINT');
    return p + 1;
  }
  /** 32 bits: the fifth byte holds the upper 4. */
  const int = (b: Uint8Array, p: number, e: number): number => varint(b, p, e, 5, 15);
  /** 64 bits: the tenth byte holds the topmost. */
  const long = (b: Uint8Array, p: number, e: number): number => varint(b, p, e, 10, 1);

  /** A zigzag number that may have up to 64 bits, as far as a double holds it exactly: callers refuse larger ones. */
  function zigzag(b: Uint8Array, p: number, e: number): number {
    const z = long(b, p, e);
    let sum = 0;
    for (let i = z - 1; i >= p; i -= 1) sum = sum * 128 + (b[i]! & 127);
    state.value = sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
    return z;
  }

  function length(b: Uint8Array, p: number, e: number): number {
    const low = b[p]!;
    const high = p + 1 < e ? b[p + 1]! : 0;
    if (low > 127 && (low & 1) === 0 && high > 0 && high < 128) {
      // Up to 8191, as nearly all lengths of more than one byte are.
      state.value = ((low & 127) | (high << 7)) >>> 1;
      if (state.value > e - p - 2) throw new MalformedEvent('LENGTH');
      return p + 2;
    }
    p = zigzag(b, p, e);
    if (state.value < 0 || state.value > e - p) throw new MalformedEvent('LENGTH');
    return p;
  }

  function bytes(b: Uint8Array, p: number, e: number): number {
    const n = b[p]!;
    if (n > 127) {
      p = length(b, p, e);
      return p + state.value;
    }
    p += 1 + (n >>> 1);
    if ((n & 1) !== 0 || p > e) throw new MalformedEvent('LENGTH');
    return p;
  }

  function text(b: Uint8Array, v: DataView, p: number, e: number): number {
    p = length(b, p, e);
    return utf8(b, v, p, p + state.value);
  }

  /** Index of a union's branch or an enum's symbol in `state.value`; the number below `count`. */
  function index(b: Uint8Array, p: number, e: number, count: number, of: 'BRANCH' | 'SYMBOL'): number {
    p = zigzag(b, p, e);
    if (state.value < 0 || state.value >= count) throw new MalformedEvent(of);
    return p;
  }

  /**
   * Count of the next block in `state.value`, 0 at the end; `least`: bytes that the smallest item takes. The list's own
   * end lies before `e` too.
   */
  function block(b: Uint8Array, p: number, e: number, least: number): number {
    p = zigzag(b, p, e);
    let count = state.value;
    state.blockBytes = -1;
    if (count === 0) return p;
    if (count < 0) {
      state.odd = true;
      count = -count;
      if (p >= e) throw new MalformedEvent('TRUNCATED');
      p = zigzag(b, p, e);
      if (state.value < 0 || state.value > e - p) throw new MalformedEvent('BLOCK_SIZE');
      state.blockBytes = state.value;
    }
    if (least > 0 && count > (e - 1 - p) / least) throw new MalformedEvent('COUNT');
    if (least === 0 && (state.empty += count) > MOST_EMPTY_ITEMS) throw new MalformedEvent('COUNT');
    state.value = count;
    return p;
  }

  return { state, int, long, bytes, text, index, block, fail };
}

function fail(code: MalformedEvent['code']): MalformedEvent {
  return new MalformedEvent(code);
}

/**
 * A text that is long or not ASCII: well-formed UTF-8 as the Unicode standard's table 3-7 has it, so no
 * overlong form, no surrogate and nothing beyond U+10FFFF.
 */
function utf8(b: Uint8Array, v: DataView, p: number, z: number): number {
  while (
    p + 16 <= z &&
    ((v.getInt32(p) | v.getInt32(p + 4) | v.getInt32(p + 8) | v.getInt32(p + 12)) & 0x80808080) === 0
  ) {
    p += 16;
  }
  while (p + 4 <= z && (v.getInt32(p) & 0x80808080) === 0) p += 4;
  // Most of Chinese: 1110xxxx 10xxxxxx 10xxxxxx with a first byte that allows any second.
  while (p + 4 <= z) {
    const word = v.getInt32(p);
    const lead = word >>> 24;
    if ((word & 0xf0c0c000) !== (0xe0808000 | 0) || lead === 0xe0 || lead === 0xed) break;
    p += 3;
  }
  while (p < z) {
    const lead = b[p]!;
    p += 1;
    if (lead < 0x80) continue;
    const more = lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    if (more < 0 || z - p < more) throw new MalformedEvent('TEXT');
    const second = b[p]!;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) throw new MalformedEvent('TEXT');
    for (let i = 1; i < more; i += 1) if ((b[p + i]! & 0xc0) !== 0x80) throw new MalformedEvent('TEXT');
    p += more;
  }
  return z;
}

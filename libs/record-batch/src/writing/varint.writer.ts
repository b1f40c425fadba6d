/**
 * Zigzag varints, as VarintReader reads them. `size...` answers how many bytes `put...` will write; `put...` writes at
 * `at` and answers the position after it.
 */
export function sizeOfInt(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 2 ** 7) return 1;
  if (zigzag < 2 ** 14) return 2;
  if (zigzag < 2 ** 21) return 3;
  return zigzag < 2 ** 28 ? 4 : 5;
}

export function putInt(bytes: Buffer, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  while (zigzag > 127) {
    bytes[at++] = (zigzag & 127) | 128;
    zigzag >>>= 7;
  }
  bytes[at++] = zigzag;
  return at;
}

const isInt32 = (value: number) => value === (value | 0);

/** `value`: any safe integer. */
export function sizeOfLong(value: number): number {
  if (isInt32(value)) return sizeOfInt(value);
  // Without the sign, which is the lowest bit: 6 bits in the first byte, 7 in each other.
  let rest = Math.floor((value < 0 ? -value - 1 : value) / 64);
  let size = 1;
  for (; rest >= 1; rest = Math.floor(rest / 128)) size++;
  return size;
}

export function putLong(bytes: Buffer, at: number, value: number): number {
  if (isInt32(value)) return putInt(bytes, at, value);
  const half = value < 0 ? -value - 1 : value;
  let rest = Math.floor(half / 64);
  bytes[at++] = ((half % 64) << 1) | (value < 0 ? 1 : 0) | (rest >= 1 ? 128 : 0);
  while (rest >= 1) {
    const next = Math.floor(rest / 128);
    bytes[at++] = (rest % 128) | (next >= 1 ? 128 : 0);
    rest = next;
  }
  return at;
}

/** Frames of every kind that the format allows and compressors at hand do not write. */
interface Variety {
  linked: boolean;
  blockChecksums: boolean;
  contentSize: boolean;
  contentChecksum: boolean;
  /** Bytes of content in a block. */
  blockBytes: number;
  /** Every so many blocks one is stored as it is. */
  storedEvery: number;
}

const FURTHEST_MATCH = 40;
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
/** A count of 15 or more goes on behind its four bits. */
const more = (count: number) =>
  count < 15 ? Buffer.alloc(0) : Buffer.from([...Array(Math.floor((count - 15) / 255)).fill(255), (count - 15) % 255]);

function matchAt(content: Buffer, at: number, floor: number, end: number): [distance: number, length: number] | null {
  for (let distance = 1; distance <= Math.min(at - floor, FURTHEST_MATCH); distance++) {
    let length = 0;
    while (at + length < end && content[at + length] === content[at + length - distance]) length++;
    if (length >= 4) return [distance, length];
  }
  return null;
}

/** `content[start..end)` as the bytes of one block; its matches reach back to `floor`. */
export function plainLz4Block(content: Buffer, start: number, end: number, floor: number): Buffer {
  const parts: Buffer[] = [];
  let literalsFrom = start;
  for (let at = start; at < end; ) {
    // The last bytes of a block are literals.
    const match = matchAt(content, at, floor, end - 1);
    if (match === null) {
      at++;
      continue;
    }
    const [distance, length] = match;
    const literals = at - literalsFrom;
    parts.push(Buffer.from([(Math.min(literals, 15) << 4) | Math.min(length - 4, 15)]), more(literals));
    parts.push(content.subarray(literalsFrom, at), Buffer.from([distance & 255, distance >> 8]), more(length - 4));
    at += length;
    literalsFrom = at;
  }
  const literals = end - literalsFrom;
  return Buffer.concat([
    ...parts,
    Buffer.from([Math.min(literals, 15) << 4]),
    more(literals),
    content.subarray(literalsFrom, end),
  ]);
}

function frame(content: Buffer, variety: Variety): Buffer {
  const { linked, blockChecksums, contentSize, contentChecksum, blockBytes, storedEvery } = variety;
  const flags =
    0x40 | (linked ? 0 : 32) | (blockChecksums ? 16 : 0) | (contentSize ? 8 : 0) | (contentChecksum ? 4 : 0);
  const parts: Buffer[] = [uint32(0x184d2204), Buffer.from([flags, 0x40])];
  if (contentSize) parts.push(uint32(content.length), uint32(0));
  parts.push(Buffer.from([0x77]));
  for (let at = 0, n = 1; at < content.length; at += blockBytes, n++) {
    const end = Math.min(content.length, at + blockBytes);
    const stored = n % storedEvery === 0;
    const bytes = stored ? content.subarray(at, end) : plainLz4Block(content, at, end, linked ? 0 : at);
    parts.push(uint32(bytes.length + (stored ? 2 ** 31 : 0)), bytes);
    if (blockChecksums) parts.push(Buffer.from('sum?'));
  }
  parts.push(uint32(0));
  if (contentChecksum) parts.push(Buffer.from('sum?'));
  return Buffer.concat(parts);
}

/** A frame of one block, whatever that holds: the frame itself is right. */
export function framedLz4Block(block: Buffer): Buffer {
  return Buffer.concat([Buffer.from('04224d18607077', 'hex'), uint32(block.length), block, uint32(0)]);
}

/** Content as one frame or two, whose kind the bits of `variant` say. Blocks hold 64 KiB at most. */
export function plainLz4(content: Buffer, variant: number): Buffer {
  const bit = (n: number) => ((variant >> n) & 1) === 1;
  const variety: Variety = {
    linked: bit(0),
    blockChecksums: bit(1),
    contentSize: bit(2),
    contentChecksum: bit(3),
    blockBytes: bit(4) ? 64 << 10 : 50,
    storedEvery: bit(5) ? 3 : 1000,
  };
  if (!bit(6)) return frame(content, variety);
  const middle = content.length >> 1;
  return Buffer.concat([frame(content.subarray(0, middle), variety), frame(content.subarray(middle), variety)]);
}

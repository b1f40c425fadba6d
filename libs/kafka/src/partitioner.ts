/**
 * The partition of a key, as Java clients compute it: `(murmur2(key) & 0x7fffffff) % partitions`.
 * Producers in other languages that use their default partitioner agree with it.
 */
export function partitionOfKey(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** 32-bit MurmurHash2 with Kafka's seed; a signed integer. */
export function murmur2(data: Buffer): number {
  const { length } = data;
  let h = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(data.readInt32LE(i), M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  const left = length - whole;
  if (left >= 3) h ^= data.readUInt8(whole + 2) << 16;
  if (left >= 2) h ^= data.readUInt8(whole + 1) << 8;
  if (left >= 1) h = Math.imul(h ^ data.readUInt8(whole), M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

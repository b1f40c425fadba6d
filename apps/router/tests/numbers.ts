/** Which events lie where: event `n` of a stream lies in partition `n % count`, at offset `n / count`. */

/** The numbers from..to, by partition. */
export const between = (from: number, to: number, count = 2): number[][] =>
  Array.from({ length: count }, (_, p) =>
    Array.from({ length: to - from }, (_, i) => from + i).filter((n) => n % count === p),
  );

/** The numbers at the offsets from..to of one partition. */
export const atOffsets = (partition: number, from: number, to: number, count = 2): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => (from + i) * count + partition);

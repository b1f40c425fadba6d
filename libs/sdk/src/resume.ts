/** Where a feed stands: every row before `row` is published, and with them the topic's partitions ended there. */
export interface Checkpoint {
  row: number;
  ends: ReadonlyMap<number, bigint>;
}

/** A partition that ends before the place where this feed once saw it end: it is not the same log any more. */
export class PartitionShrank extends Error {
  readonly code = 'PARTITION_SHRANK';

  constructor(readonly partition: number) {
    super(`Partition ${partition} ends before the place where this feed stopped`);
    this.name = 'PartitionShrank';
  }
}

/**
 * How many records each partition got after the checkpoint. With one writer, which writes each partition's rows once and
 * in order, these are exactly that partition's next rows. Throws `PartitionShrank`.
 */
export function appendedSince(checkpoint: Checkpoint, ends: ReadonlyMap<number, bigint>): Map<number, number> {
  const appended = new Map<number, number>();
  for (const [partition, end] of ends) {
    const count = end - (checkpoint.ends.get(partition) ?? 0n);
    if (count < 0n) throw new PartitionShrank(partition);
    if (count > 0n) appended.set(partition, Number(count));
  }
  return appended;
}

/** Takes the rows that are already there out of `rows`, and out of `appended`. */
export function missingRows<T>(
  rows: readonly { partition: number; row: T }[],
  appended: Map<number, number>,
): { partition: number; row: T }[] {
  return rows.filter(({ partition }) => {
    const there = appended.get(partition) ?? 0;
    if (there === 0) return true;
    if (there === 1) appended.delete(partition);
    else appended.set(partition, there - 1);
    return false;
  });
}

/** The checkpoint after these rows, all of them in the topic now. */
export function advance(checkpoint: Checkpoint, partitionsOfRows: readonly number[]): Checkpoint {
  const ends = new Map(checkpoint.ends);
  for (const partition of partitionsOfRows) ends.set(partition, (ends.get(partition) ?? 0n) + 1n);
  return { row: checkpoint.row + partitionsOfRows.length, ends };
}

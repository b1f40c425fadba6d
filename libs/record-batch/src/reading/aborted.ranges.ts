/** A line of a fetch answer's list: from `firstOffset` on, transactional batches of this producer were aborted. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/**
 * Which batches of one answer belong to aborted transactions.
 *
 * A range opens when the walk reaches its first offset, and closes at the next transaction marker of its producer,
 * whichever marker it is: after a marker the producer is in a new transaction, which has a line of its own if it was
 * aborted too. A range whose marker lies beyond the answer stays open to the end of it; the next answer lists it again.
 */
export class AbortedRanges {
  #listed: readonly AbortedTransaction[] = [];
  #reached = 0;
  readonly #open = new Set<bigint>();

  /** Forgets everything and starts with this list, in any order. */
  reset(listed: readonly AbortedTransaction[]): void {
    this.#listed = listed.length < 2 ? listed : listed.toSorted((a, b) => a.firstOffset - b.firstOffset);
    this.#reached = 0;
    if (this.#open.size > 0) this.#open.clear();
  }

  /** True when the answer lists nothing: producers need not be looked at. */
  get none(): boolean {
    return this.#listed.length === 0;
  }

  /** Opens the ranges that begin at or before this offset. */
  reach(lastOffset: number): void {
    for (; this.#reached < this.#listed.length; this.#reached++) {
      const next = this.#listed[this.#reached]!;
      if (next.firstOffset > lastOffset) return;
      this.#open.add(next.producerId);
    }
  }

  covers(producerId: bigint): boolean {
    return this.#open.has(producerId);
  }

  /** A transaction marker of this producer was read. */
  close(producerId: bigint): void {
    this.#open.delete(producerId);
  }
}

/**
 * A value that follows the transactions: set while records are handled, committed with them (`snapshot`, then
 * `committed`), or given up with them (`rewind`). Values are replaced, never changed.
 */
export class Revertible<T> {
  #inHand: T;
  #committed: T;
  #ending: { value: T } | null = null;

  constructor(value: T) {
    this.#inHand = this.#committed = value;
  }

  get inHand(): T {
    return this.#inHand;
  }

  get lastCommitted(): T {
    return this.#committed;
  }

  /** Whether a transaction has something to commit. */
  get isDirty(): boolean {
    return this.#inHand !== (this.#ending === null ? this.#committed : this.#ending.value);
  }

  set(value: T): void {
    this.#inHand = value;
  }

  /** What is in hand, for one transaction; more may happen before that is committed. */
  snapshot(): T {
    this.#ending = { value: this.#inHand };
    return this.#inHand;
  }

  /** The transaction that carried the snapshot is committed. */
  committed(): T {
    if (this.#ending !== null) this.#committed = this.#ending.value;
    this.#ending = null;
    return this.#committed;
  }

  rewind(): void {
    this.#inHand = this.#committed;
    this.#ending = null;
  }

  /** Changes all that is remembered alike: for what was always so, and has only been found out now. */
  amend(change: (value: T) => T): void {
    const [inHand, committed, ending] = [this.#inHand, this.#committed, this.#ending];
    this.#inHand = change(inHand);
    // Values that were one stay one: nothing has moved.
    this.#committed = committed === inHand ? this.#inHand : change(committed);
    if (ending !== null) this.#ending = { value: ending.value === inHand ? this.#inHand : change(ending.value) };
  }
}

/**
 * Whether more may be read: not while a transaction is being given up or the assignment is over, and not while more is
 * on its way than the bound allows.
 */
export class Gate {
  #isFrozen = true;
  #isFull = false;

  constructor(
    private readonly pendingBytes: () => number,
    private readonly mostBytes: number,
  ) {}

  /** Nothing is taken from now on. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** True: reading stopped at the bound and has to be woken. */
  get isFull(): boolean {
    return this.#isFull;
  }

  isOpen(): boolean {
    if (this.#isFrozen) return false;
    this.#isFull = this.pendingBytes() > this.mostBytes;
    return !this.#isFull;
  }
}

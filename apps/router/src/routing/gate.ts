import { Growth } from './growth.js';

/** What one fetch brings makes at most such a part of what may be on its way: the rest is being sent meanwhile. */
const PART = 1 / 4;
const LEAST_ROOM_BYTES = 256 << 10;

/**
 * Whether more may be read: not while a transaction is being given up or the assignment is over, and not while more is
 * on its way than the bound allows.
 */
export class Gate {
  readonly #growth = new Growth();
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

  /** So many bytes of a source were read. */
  read(bytes: number): void {
    this.#growth.read(bytes);
  }

  /** So many bytes for views were sealed. */
  written(bytes: number): void {
    this.#growth.written(bytes);
  }

  /** Bytes that the next fetch should bring at most: small bites where many views make much of each. */
  get room(): number {
    return Math.max(Math.ceil((PART * this.mostBytes) / this.#growth.ratio), LEAST_ROOM_BYTES);
  }

  isOpen(): boolean {
    if (this.#isFrozen) return false;
    this.#isFull = this.pendingBytes() > this.mostBytes;
    return !this.#isFull;
  }
}

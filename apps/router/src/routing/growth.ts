/** How much of what was seen before still counts: about the last sixteen amounts. */
const KEPT = 15 / 16;
/** So many bytes of a source are taken as seen before the first: one byte becomes one. */
const FIRST_BYTES = 1 << 16;

/** How many bytes the views get for each byte that is read: what a fetch answer will need on its way out. */
export class Growth {
  #read = FIRST_BYTES;
  #written = FIRST_BYTES;

  read(bytes: number): void {
    this.#read = KEPT * this.#read + bytes;
    this.#written *= KEPT;
  }

  written(bytes: number): void {
    this.#written += bytes;
  }

  get ratio(): number {
    return this.#written / this.#read;
  }
}

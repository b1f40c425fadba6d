/**
 * What happened on one partition since this process took it up: to one view, or to all that the shared reading read.
 * Events that were read and not written were withheld.
 */
export class Counts {
  /** Events, whatever became of them. */
  read = 0;
  /** Of them, those that the shared reading read for the view. */
  readShared = 0;
  written = 0;
  /** Records that were none. */
  quarantined = 0;
  /** Keys and values written. */
  bytes = 0;

  copyFrom(other: Counts): void {
    this.read = other.read;
    this.readShared = other.readShared;
    this.written = other.written;
    this.quarantined = other.quarantined;
    this.bytes = other.bytes;
  }
}

/** Counts that follow the transactions: given up with what they count, told when that is committed. */
export class CommittedCounts {
  readonly inHand = new Counts();
  readonly committed = new Counts();
  readonly #ending = new Counts();

  snapshot(): void {
    this.#ending.copyFrom(this.inHand);
  }

  commit(): void {
    this.committed.copyFrom(this.#ending);
  }

  rewind(): void {
    this.inHand.copyFrom(this.committed);
  }
}

import type { Ulid } from '@citystreams/contracts';
import { asKafkaFailure } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { Tenure } from '../tenure/tenure.js';
import type { SeatFinder } from '../views/seat.finder.js';
import type { SeatWish, Settling } from '../views/settling.js';

/** After Kafka could not say where a view begins. */
const ASK_AGAIN_MS = 1_000;

export interface SeatingHost {
  /** Seats changed: there is something to commit, and perhaps to read. */
  seated(): void;
}

/**
 * Keeps who reads what in step with what is announced: at once where that needs nothing, and as soon as Kafka has
 * answered where a view has no seat yet.
 */
export class Seating {
  private readonly log = new Logger('views');
  #tenure: Tenure | null = null;
  #nextTermChange = 0;
  #isFinding = false;
  #wishes: SeatWish[] = [];
  #findAgainAt = 0;

  constructor(
    private readonly settling: Settling,
    private readonly finder: SeatFinder,
    private readonly host: SeatingHost,
  ) {}

  /** Restores the committed seats of an assignment's partitions, before anything of them is read. Throws `KafkaFailure`. */
  async open(tenure: Tenure): Promise<void> {
    const { wishes } = this.settling.settle(tenure.desks(), Date.now());
    await this.finder.lookUp(wishes, () => tenure.isOver);
    this.#tenure = tenure;
    this.settle();
  }

  close(): void {
    this.#tenure = null;
    this.#wishes = [];
  }

  /** Whether a term of a view has begun or ended since it was last looked at. */
  isDue(now: number): boolean {
    return now >= this.#nextTermChange;
  }

  /** Between two records: whoever is not wanted any more stops here. */
  settle(): void {
    const tenure = this.#tenure;
    if (tenure === null || tenure.isOver) return;
    const { wishes, nextChange } = this.settling.settle(tenure.desks(), Date.now());
    this.#nextTermChange = nextChange;
    this.#wishes = wishes;
    this.host.seated();
    if (wishes.length > 0 && performance.now() >= this.#findAgainAt) void this.#find(tenure);
  }

  async #find(tenure: Tenure): Promise<void> {
    if (this.#isFinding) return;
    this.#isFinding = true;
    try {
      const wishes = this.#wishes;
      const isNew = ({ desk, view }: SeatWish): boolean => desk.lookedUp.has(view);
      await this.finder.lookUp(wishes, () => tenure.isOver);
      await this.finder.begin(wishes.filter(isNew).filter(notLost), () => tenure.isOver);
    } catch (error) {
      this.#findAgainAt = performance.now() + ASK_AGAIN_MS;
      this.log.warn(`where views begin cannot be asked: ${asKafkaFailure(error).message}`);
    } finally {
      this.#isFinding = false;
      this.host.seated();
    }
  }
}

const notLost = ({ desk, view }: { desk: SeatWish['desk']; view: Ulid }): boolean => !desk.lost.has(view);

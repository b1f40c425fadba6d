import { asKafkaFailure, type DataPath } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { OrdersDirectory } from '../directory/orders.directory.js';
import type { DeskPlace } from '../readings/desk.place.js';
import type { Tenure } from './tenure.js';

/** Finds the partitions that wait for an order to begin anew, and have one. */
export class NewBeginnings {
  private readonly log = new Logger('orders');
  #due: { tenure: Tenure; names: ReadonlySet<string> } | null = null;

  constructor(
    private readonly path: Pick<DataPath, 'describeTopics'>,
    private readonly orders: OrdersDirectory,
  ) {}

  /** Looks at what is stuck; tells when there is something to begin. */
  async look(tenure: Tenure | null, onDue: () => void): Promise<void> {
    if (tenure === null) return;
    try {
      const names = await this.#find(tenure);
      if (names.size === 0) return;
      this.#due = { tenure, names };
      onDue();
    } catch (error) {
      this.log.warn(`what was ordered cannot be carried out now: ${asKafkaFailure(error).message}`);
    }
  }

  areDue(tenure: Tenure | null): boolean {
    return this.#due !== null && this.#due.tenure === tenure;
  }

  /** Names of the partitions to begin anew. */
  take(): ReadonlySet<string> {
    const names = this.#due?.names ?? new Set<string>();
    this.#due = null;
    return names;
  }

  /** An order for another topic than the one that is there has no effect. */
  async #find(tenure: Tenure): Promise<Set<string>> {
    const waiting: { place: DeskPlace; last: number }[] = [
      ...[...tenure.stuck()].filter(({ isFinal }) => isFinal).map((place) => ({ place, last: place.order })),
      ...[...tenure.desks()]
        .filter(({ trouble }) => trouble?.isFinal === true)
        .map(({ place, ledger }) => ({ place, last: ledger.order })),
    ].filter(({ place, last }) => this.orders.hasBeginningAfter(place, last));
    if (waiting.length === 0) return new Set();
    const topics = await this.path.describeTopics([...new Set(waiting.map(({ place }) => place.stream))]);
    const isDue = ({ place, last }: (typeof waiting)[number]): boolean => {
      const topic = topics.get(place.stream);
      if (topic === undefined || topic instanceof Error) return false;
      return this.orders.beginningAfter({ ...place, topicId: topic.topicId }, last) !== undefined;
    };
    return new Set(waiting.filter(isDue).map(({ place }) => `${place.stream}/${place.partition}`));
  }
}

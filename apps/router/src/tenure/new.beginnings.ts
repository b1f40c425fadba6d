import type { DataPath } from '@citystreams/kafka';
import type { OrdersDirectory } from '../directory/orders.directory.js';
import type { DeskPlace } from '../readings/desk.place.js';
import type { Tenure } from './tenure.js';

/** Finds the partitions that wait for an order to begin anew, and have one. */
export class NewBeginnings {
  constructor(
    private readonly path: Pick<DataPath, 'describeTopics'>,
    private readonly orders: OrdersDirectory,
  ) {}

  /** Names of partitions; an order for another topic than the one that is there has no effect. Throws `KafkaFailure`. */
  async due(tenure: Tenure): Promise<Set<string>> {
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

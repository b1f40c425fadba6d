import { asKafkaFailure, type DataPath } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { OrdersDirectory } from '../directory/orders.directory.js';
import type { DeskPlace } from '../readings/desk.place.js';
import type { Tenure } from './tenure.js';

/** How often it is asked whether partitions that could not be opened can be. */
const ASK_EVERY_MS = 5_000;

/** Finds partitions that can be taken up now and could not before: one waits for an order to begin anew, and has one. */
export class NewBeginnings {
  private readonly log = new Logger('orders');
  #due: { tenure: Tenure; anew: ReadonlySet<string> } | null = null;
  #isLooking = false;
  #askedAt = -ASK_EVERY_MS;

  constructor(
    private readonly path: Pick<DataPath, 'describeTopics'>,
    private readonly orders: OrdersDirectory,
  ) {}

  /** Looks at what is stuck; tells when there is something to take up. */
  async look(tenure: Tenure | null, onDue: () => void): Promise<void> {
    if (tenure === null || this.#isLooking) return;
    this.#passOver(tenure);
    this.#isLooking = true;
    try {
      const anew = await this.#ordered(tenure);
      if (anew.size === 0 && !(await this.#canBeRead(tenure))) return;
      this.#due = { tenure, anew };
      onDue();
    } catch (error) {
      this.log.warn(`what was ordered cannot be carried out now: ${asKafkaFailure(error).message}`);
    } finally {
      this.#isLooking = false;
    }
  }

  areDue(tenure: Tenure | null): boolean {
    return this.#due !== null && this.#due.tenure === tenure;
  }

  /** Names of the partitions to begin anew. */
  take(): ReadonlySet<string> {
    const anew = this.#due?.anew ?? new Set<string>();
    this.#due = null;
    return anew;
  }

  /** An order for a partition that is read as it should has no effect, also not when it is stuck some other day. */
  #passOver(tenure: Tenure): void {
    for (const { place, ledger, trouble, isRead } of tenure.desks()) {
      if (trouble !== null || !isRead) continue;
      const last = this.orders.lastBeginning(place);
      if (last !== undefined) ledger.passOver(last.sequence);
    }
  }

  /** An order for another topic than the one that is there has no effect. */
  async #ordered(tenure: Tenure): Promise<Set<string>> {
    const waiting: { place: DeskPlace; last: number }[] = [
      ...[...tenure.stuck()].filter(({ isFinal }) => isFinal).map((place) => ({ place, last: place.order })),
      ...[...tenure.desks()]
        .filter(({ trouble }) => trouble?.isFinal === true)
        .map(({ place, ledger }) => ({ place, last: ledger.order })),
    ].filter(({ place, last }) => (this.orders.lastBeginning(place)?.sequence ?? -1) > last);
    if (waiting.length === 0) return new Set();
    const topics = await this.path.describeTopics([...new Set(waiting.map(({ place }) => place.stream))]);
    const isDue = ({ place, last }: (typeof waiting)[number]): boolean => {
      const topic = topics.get(place.stream);
      if (topic === undefined || topic instanceof Error) return false;
      return this.orders.beginningAfter({ ...place, topicId: topic.topicId }, last) !== undefined;
    };
    return new Set(waiting.filter(isDue).map(({ place }) => `${place.stream}/${place.partition}`));
  }

  /** Whether any topic is there that was not when its partitions were taken up. */
  async #canBeRead(tenure: Tenure): Promise<boolean> {
    const streams = new Set([...tenure.stuck()].flatMap(({ isFinal, stream }) => (isFinal ? [] : [stream])));
    if (streams.size === 0 || performance.now() - this.#askedAt < ASK_EVERY_MS) return false;
    this.#askedAt = performance.now();
    const topics = await this.path.describeTopics([...streams]);
    return [...topics.values()].some((topic) => !(topic instanceof Error));
  }
}

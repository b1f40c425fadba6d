import { quarantineTopicOf } from '@citystreams/contracts';
import { asKafkaFailure, type DataPath, type KafkaFailure } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { OrdersDirectory, RedriveOrder } from '../directory/orders.directory.js';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import { redriveGroupOf } from '../positions/groups.js';
import { redriveMark } from '../positions/stored.position.js';
import type { QuarantineWriter } from '../quarantine/quarantine.writer.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import type { Tenure } from '../tenure/tenure.js';
import { Redrive, type RedriveState } from './redrive.js';

const ASK_AGAIN_MS = 5_000;
const NO_ORDER = -1;

export interface RedrivesDeps {
  readonly path: Pick<DataPath, 'describeTopics' | 'listOffsets' | 'committedPositions'>;
  readonly orders: OrdersDirectory;
  readonly streams: StreamsDirectory;
  readonly quarantine: QuarantineWriter;
  /** There is something to read. */
  readonly onOpened: () => void;
}

/** Takes up the redrives that are ordered, one after the other on each partition. */
export class Redrives {
  private readonly log = new Logger('redrives');
  /** Of each desk, the last order that is known to be done; absent: it was not asked for yet. */
  readonly #doneUpTo = new WeakMap<PartitionDesk, number>();
  #isOpening = false;
  #againAt = 0;

  constructor(private readonly deps: RedrivesDeps) {}

  settle(tenure: Tenure | null): void {
    if (tenure === null || this.#isOpening || performance.now() < this.#againAt) return;
    const wishes: [PartitionDesk, RedriveOrder][] = [];
    for (const desk of tenure.desks()) {
      if (desk.redrive !== null) {
        const { isDone, order } = desk.redrive.state.lastCommitted;
        if (!isDone) continue;
        this.#doneUpTo.set(desk, order);
        desk.redrive = null;
      }
      const { stream, partition } = desk.place;
      const order = this.deps.orders.redriveAfter(stream, partition, this.#doneUpTo.get(desk) ?? NO_ORDER);
      if (order !== undefined) wishes.push([desk, order]);
    }
    if (wishes.length > 0) void this.#openAll(wishes, tenure);
  }

  async #openAll(wishes: readonly [PartitionDesk, RedriveOrder][], tenure: Tenure): Promise<void> {
    this.#isOpening = true;
    try {
      await Promise.all(wishes.map(([desk]) => this.#open(desk, tenure)));
    } catch (error) {
      this.#againAt = performance.now() + ASK_AGAIN_MS;
      this.log.warn(`what was ordered cannot be taken up now: ${asKafkaFailure(error).message}`);
    } finally {
      this.#isOpening = false;
      this.deps.onOpened();
    }
  }

  async #open(desk: PartitionDesk, tenure: Tenure): Promise<void> {
    const { stream, partition } = desk.place;
    const { path, orders, streams, quarantine } = this.deps;
    const topic = quarantineTopicOf(stream);
    const stored = await this.#stored(desk);
    // The order that was begun comes first; of those that are done, none.
    const order = orders.redriveAfter(
      stream,
      partition,
      stored === null ? NO_ORDER : stored.order - (stored.isDone ? 0 : 1),
    );
    if (order === undefined) return void this.#doneUpTo.set(desk, stored?.order ?? NO_ORDER);
    const identity = (await path.describeTopics([topic])).get(topic);
    if (identity === undefined || identity instanceof Error) throw identity ?? new RangeError(`${topic} is not there`);
    const [from, until] = await Promise.all([
      path.listOffsets(topic, [partition], 'earliest'),
      path.listOffsets(topic, [partition], 'latest'),
    ]);
    if (tenure.isOver) return;
    const isBegun = stored !== null && stored.order === order.sequence;
    const start: RedriveState = isBegun
      ? stored
      : { offset: from.get(partition) ?? 0, order: order.sequence, isDone: false, delivered: 0, refused: 0 };
    const running = () => desk.running();
    const end = until.get(partition) ?? 0;
    const onFailed = (failure: KafkaFailure): void => this.log.warn(`${topic} cannot be read: ${failure.message}`);
    const deps = { streams, quarantine, running, onFailed };
    desk.redrive = new Redrive(desk.place, identity.topicId, order, end, start, deps);
    this.log.log(`${stream}/${partition}: redrive of ${order.from} to ${order.to}, ordered by ${order.requestedBy}`);
  }

  async #stored({ place: { stream, partition } }: PartitionDesk): Promise<RedriveState | null> {
    const topic = quarantineTopicOf(stream);
    const committed = await this.deps.path.committedPositions(redriveGroupOf(stream), new Map([[topic, [partition]]]));
    const position = committed.get(topic)?.get(partition) ?? null;
    if (position === null) return null;
    const { order, done, delivered, refused } = redriveMark.parse(position.metadata);
    return { offset: position.offset, order, isDone: done, delivered, refused };
  }
}

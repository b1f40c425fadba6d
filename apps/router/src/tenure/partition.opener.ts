import type { StreamName } from '@citystreams/contracts';
import type { Assignment, DataPath } from '@citystreams/kafka';
import type { OrdersDirectory } from '../directory/orders.directory.js';
import type { ReportsDirectory } from '../directory/reports.directory.js';
import type { PositionStore } from '../positions/position.store.js';
import type { DeskPlace } from '../readings/desk.place.js';
import { PartitionDesk } from '../readings/partition.desk.js';
import { type JudgeDeps, PartitionJudge } from '../readings/partition.judge.js';
import { openingOf, type PartitionFacts } from '../seats/opening.js';
import { PartitionLedger } from '../seats/partition.ledger.js';
import { Tenure } from './tenure.js';

export interface OpenerDeps {
  readonly path: Pick<DataPath, 'describeTopics' | 'listOffsets'>;
  readonly positions: PositionStore;
  readonly reports: ReportsDirectory;
  readonly orders: OrdersDirectory;
  readonly judging: JudgeDeps;
}

/** Makes the desks of an assignment, each where its partition is to be gone on with; not yet with any view. */
export class PartitionOpener {
  constructor(private readonly deps: OpenerDeps) {}

  /**
   * `anew`: names of partitions that an order to begin anew is for, although they could be opened.
   * Throws `KafkaFailure` while Kafka cannot say: nothing is concluded from silence.
   */
  async open(assignment: Assignment, anew: ReadonlySet<string>): Promise<Tenure> {
    const tenure = new Tenure(assignment);
    const [identities, shared] = await Promise.all([
      this.deps.path.describeTopics([...assignment.partitions.keys()]),
      this.deps.positions.shared(assignment.partitions),
    ]);
    await Promise.all(
      [...assignment.partitions].map(async ([topic, partitions]) => {
        const stream = topic as StreamName;
        const identity = identities.get(topic);
        if (identity !== undefined && !(identity instanceof Error)) {
          const all = await this.#facts(stream, partitions, identity.topicId, shared.get(topic) ?? new Map());
          for (const [partition, facts] of all) this.#open(tenure, stream, partition, facts, anew);
          return;
        }
        const detail = identity?.message ?? 'nobody knows the topic';
        for (const partition of partitions) {
          tenure.leaveStuck({ stream, partition, topicId: '', code: 'UNREADABLE', detail, isFinal: false, order: -1 });
        }
      }),
    );
    return tenure;
  }

  async #facts(
    stream: StreamName,
    partitions: readonly number[],
    topicId: string,
    stored: ReadonlyMap<number, PartitionFacts['stored']>,
  ): Promise<Map<number, PartitionFacts>> {
    const fresh = partitions.filter((p) => (stored.get(p) ?? null) === null);
    const [firstRouter, earliest] =
      fresh.length === 0
        ? [new Map<number, number | null>(), new Map<number, number>()]
        : await Promise.all([
            this.deps.positions.firstScreening(stream, fresh),
            this.deps.path.listOffsets(stream, fresh, 'earliest'),
          ]);
    const facts = (partition: number): PartitionFacts => ({
      topicId,
      stored: stored.get(partition) ?? null,
      reported: this.deps.reports.ofPartition(stream, partition) ?? null,
      firstRouter: firstRouter.get(partition) ?? null,
      earliest: earliest.get(partition) ?? 0,
    });
    return new Map(partitions.map((partition) => [partition, facts(partition)]));
  }

  #open(tenure: Tenure, stream: StreamName, partition: number, facts: PartitionFacts, anew: ReadonlySet<string>): void {
    const { topicId, stored } = facts;
    const place = { stream, partition, topicId };
    const opening = openingOf(facts);
    if (opening.kind === 'stuck' || anew.has(`${stream}/${partition}`)) {
      const order = this.deps.orders.beginningAfter(place, stored?.order ?? -1);
      if (order !== undefined) {
        const state = { shared: Number(order.offset), refused: {}, order: order.sequence, seats: new Map() };
        return tenure.open(this.#desk(place, new PartitionLedger(state, false), true));
      }
    }
    if (opening.kind === 'open') {
      return tenure.open(this.#desk(place, new PartitionLedger(opening.state, opening.isStored), false));
    }
    const { trouble: code } = opening;
    tenure.leaveStuck({ ...place, code, detail: DETAILS[code], isFinal: true, order: stored?.order ?? -1 });
  }

  #desk(place: DeskPlace, ledger: PartitionLedger, isAnew: boolean): PartitionDesk {
    const judge = new PartitionJudge(this.deps.judging);
    const desk = new PartitionDesk(place, ledger, judge, isAnew);
    judge.sitsAt(desk);
    return desk;
  }
}

const DETAILS: Record<'POSITION_LOST' | 'TOPIC_RECREATED', string> = {
  POSITION_LOST: 'it was read before, and its committed position is gone',
  TOPIC_RECREATED: 'the topic was deleted and created anew',
};

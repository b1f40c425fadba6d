import type { StreamName } from '@citystreams/contracts';
import type { Assignment, DataPath, TopicIdentity } from '@citystreams/kafka';
import type { ReportsDirectory } from '../directory/reports.directory.js';
import type { PositionStore } from '../positions/position.store.js';
import { PartitionDesk } from '../readings/partition.desk.js';
import { type JudgeDeps, PartitionJudge } from '../readings/partition.judge.js';
import { openingOf, type PartitionFacts } from '../seats/opening.js';
import { type LedgerState, PartitionLedger } from '../seats/partition.ledger.js';
import { Tenure } from './tenure.js';

export interface OpenerDeps {
  readonly path: Pick<DataPath, 'describeTopics' | 'listOffsets'>;
  readonly positions: PositionStore;
  readonly reports: ReportsDirectory;
  readonly judging: JudgeDeps;
}

/** Makes the desks of an assignment, each where its partition is to be gone on with; not yet with any view. */
export class PartitionOpener {
  constructor(private readonly deps: OpenerDeps) {}

  /** Throws `KafkaFailure` while Kafka cannot say: nothing is concluded from silence. */
  async open(assignment: Assignment): Promise<Tenure> {
    const tenure = new Tenure(assignment);
    const [identities, shared] = await Promise.all([
      this.deps.path.describeTopics([...assignment.partitions.keys()]),
      this.deps.positions.shared(assignment.partitions),
    ]);
    await Promise.all(
      [...assignment.partitions].map(async ([topic, partitions]) => {
        const stream = topic as StreamName;
        const identity = identities.get(topic);
        if (identity === undefined || identity instanceof Error) {
          const detail = identity?.message ?? 'nobody knows the topic';
          for (const partition of partitions) {
            tenure.leaveStuck({ stream, partition, topicId: '', code: 'UNREADABLE', detail, isFinal: false });
          }
          return;
        }
        await this.#openStream(tenure, stream, partitions, identity, shared.get(topic) ?? new Map());
      }),
    );
    return tenure;
  }

  /** A desk at this place in its partition, whatever was there before. */
  deskAt(stream: StreamName, partition: number, topicId: string, state: LedgerState, isStored: boolean): PartitionDesk {
    const judge = new PartitionJudge(this.deps.judging);
    const desk = new PartitionDesk({ stream, partition, topicId }, new PartitionLedger(state, isStored), judge);
    judge.sitsAt(desk);
    return desk;
  }

  async #openStream(
    tenure: Tenure,
    stream: StreamName,
    partitions: readonly number[],
    { topicId }: TopicIdentity,
    stored: ReadonlyMap<number, PartitionFacts['stored']>,
  ): Promise<void> {
    const fresh = partitions.filter((p) => (stored.get(p) ?? null) === null);
    const [firstRouter, earliest] =
      fresh.length === 0
        ? [new Map<number, number | null>(), new Map<number, number>()]
        : await Promise.all([
            this.deps.positions.firstScreening(stream, fresh),
            this.deps.path.listOffsets(stream, fresh, 'earliest'),
          ]);
    for (const partition of partitions) {
      const opening = openingOf({
        topicId,
        stored: stored.get(partition) ?? null,
        isKnown: this.deps.reports.ofPartition(stream, partition) !== undefined,
        firstRouter: firstRouter.get(partition) ?? null,
        earliest: earliest.get(partition) ?? 0,
      });
      if (opening.kind === 'open') {
        tenure.open(this.deskAt(stream, partition, topicId, opening.state, opening.isStored));
      } else {
        const detail = DETAILS[opening.trouble];
        tenure.leaveStuck({ stream, partition, topicId, code: opening.trouble, detail, isFinal: true });
      }
    }
  }
}

const DETAILS: Record<'POSITION_LOST' | 'TOPIC_RECREATED', string> = {
  POSITION_LOST: 'it was read before, and its committed position is gone',
  TOPIC_RECREATED: 'the topic was deleted and created anew',
};

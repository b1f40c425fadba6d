import { KafkaFailure } from '../failure.js';
import type { KafkaSettings } from '../settings.js';
import { Cluster } from './cluster/cluster.js';
import { committedPositions, listOffsets } from './cluster/offset.lookup.js';
import type {
  CommittedPosition,
  DataPath,
  DataPathLimits,
  Fetcher,
  FetchHandler,
  FetchLimits,
  GroupMember,
  MemberOptions,
  OffsetPlace,
  TopicIdentity,
  TransactionalSender,
  TransactionOptions,
} from './data-path.js';
import { FetchLane } from './fetching/fetch.lane.js';
import { DATA_PATH_LIMITS, FETCH_LIMITS } from './limits.js';
import { StaticMember } from './membership/static.member.js';
import { TransactionSender } from './producing/transaction.sender.js';

const DESCRIBE_WITHIN_MS = 10_000;

/** Opens no socket yet. Throws `OTHER` for an address or a certificate file that cannot be read. */
export function openDataPath(kafka: KafkaSettings, limits: Partial<DataPathLimits> = {}): DataPath {
  return new OwnDataPath(new Cluster(kafka, { ...DATA_PATH_LIMITS, ...limits }));
}

class OwnDataPath implements DataPath {
  #lanes = 0;

  constructor(private readonly cluster: Cluster) {}

  async describeTopics(names: readonly string[]): Promise<Map<string, TopicIdentity | KafkaFailure>> {
    if (names.length > 0) await this.cluster.patiently(() => this.cluster.refresh(names), DESCRIBE_WITHIN_MS);
    return new Map(names.map((name) => [name, this.#identity(name)]));
  }

  listOffsets(topic: string, partitions: readonly number[], at: OffsetPlace): Promise<Map<number, number>> {
    return listOffsets(this.cluster, topic, partitions, at);
  }

  committedPositions(
    group: string,
    partitions: ReadonlyMap<string, readonly number[]>,
  ): Promise<Map<string, Map<number, CommittedPosition | null>>> {
    return committedPositions(this.cluster, group, partitions);
  }

  openFetcher(handler: FetchHandler, limits: Partial<FetchLimits> = {}): Fetcher {
    const role = `fetch-${++this.#lanes}`;
    return new FetchLane(this.cluster, role, handler, { ...FETCH_LIMITS, ...limits });
  }

  async openTransactions(options: TransactionOptions): Promise<TransactionalSender> {
    const role = `produce-${++this.#lanes}`;
    return TransactionSender.open(this.cluster, role, options);
  }

  openMember(options: MemberOptions): GroupMember {
    return new StaticMember(this.cluster, options);
  }

  close(): Promise<void> {
    return this.cluster.close();
  }

  #identity(name: string): TopicIdentity | KafkaFailure {
    const known = this.cluster.map.topic(name);
    if (known instanceof KafkaFailure) return known;
    if (known !== undefined) return { topicId: known.topicId, partitions: known.leaders.length };
    return new KafkaFailure('UNKNOWN_TOPIC', `Topic ${name} is not there`, { topic: name });
  }
}

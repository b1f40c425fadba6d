import { asKafkaFailure, failureOfCode, KafkaFailure } from '../../failure.js';
import { pause } from '../../retry.js';
import type { Cluster } from '../cluster/cluster.js';
import { generationFailure } from '../cluster/generation.failure.js';
import { OFFSETS_ROLE } from '../cluster/offset.lookup.js';
import type { GroupPositions } from '../data-path.js';
import { END_TXN } from '../messages/end.txn.js';
import type { CoordinatorKind } from '../messages/find.coordinator.js';
import { INIT_PRODUCER_ID, type ProducerIdentity } from '../messages/init.producer.id.js';
import { TXN_OFFSET_COMMIT } from '../messages/txn.offset.commit.js';
import type { Connection } from '../wire/connection.js';

const ROLE = 'transaction';
/** What a coordinator answers when nothing was done and the same may be asked again. */
const AGAIN = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
]);
const OPEN_WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 2;
const PAUSE_GROWTH = 1.3;
const LONGEST_PAUSE_MS = 200;
const NO_MEMBER = { memberId: '', generation: -1, instanceId: null };

/** What one sender asks of its transaction coordinator, and of its groups' coordinators on behalf of a transaction. */
export class TransactionCoordinator {
  constructor(
    private readonly cluster: Cluster,
    private readonly transactionalId: string,
    /** For everything but `open`; of one answer too. */
    private readonly withinMs: number,
  ) {}

  /**
   * A new identity; fences the older ones. The coordinator is looked for first in any case: on a cluster that never had a
   * transaction, that is what makes the transaction log.
   */
  async open(timeoutMs: number): Promise<ProducerIdentity> {
    const { transactionalId } = this;
    const ask = async (connection: Connection) => {
      const { errorCode, producerId, epoch } = await connection.ask(INIT_PRODUCER_ID, { transactionalId, timeoutMs });
      if (errorCode !== 0) throw failureOfCode(errorCode, `Opening transactions of ${transactionalId}`);
      return { producerId, epoch };
    };
    // Asking twice does no harm: the second answer is the one that counts.
    return this.#repeatedly('transaction', transactionalId, ask, OPEN_WITHIN_MS, (failure) => failure.retriable);
  }

  /** Answers the identity of the next transaction. */
  async end(identity: ProducerIdentity, commit: boolean): Promise<ProducerIdentity> {
    const { transactionalId, withinMs } = this;
    const ask = async (connection: Connection) => {
      const answer = await connection.ask(END_TXN, { transactionalId, ...identity, commit }, { withinMs });
      if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `End of a transaction of ${transactionalId}`);
      return { producerId: answer.producerId, epoch: answer.epoch };
    };
    return this.#repeatedly('transaction', transactionalId, ask, this.withinMs);
  }

  async commitPositions(identity: ProducerIdentity, { group, member, positions }: GroupPositions): Promise<void> {
    const topics = new Map<string, { partition: number; offset: number; metadata: string }[]>();
    for (const { topic, ...position } of positions) {
      const partitions = topics.get(topic) ?? [];
      partitions.push(position);
      topics.set(topic, partitions);
    }
    const { transactionalId, withinMs } = this;
    const request = { transactionalId, group, ...identity, ...(member ?? NO_MEMBER), topics };
    const ask = async (connection: Connection) => {
      const [refused] = await connection.ask(TXN_OFFSET_COMMIT, request, { withinMs });
      if (refused === undefined) return;
      const { topic, partition, errorCode } = refused;
      throw generationFailure(errorCode, `Positions of group ${group}`, { topic, partition });
    };
    return this.#repeatedly('group', group, ask, this.withinMs);
  }

  /** `worthIt`: beside what a coordinator refused for the moment, and what could not be asked at all. */
  async #repeatedly<T>(
    kind: CoordinatorKind,
    key: string,
    ask: (connection: Connection) => Promise<T>,
    withinMs: number,
    worthIt: (failure: KafkaFailure) => boolean = () => false,
  ): Promise<T> {
    const deadline = Date.now() + withinMs;
    const role = kind === 'transaction' ? ROLE : OFFSETS_ROLE;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS)) {
      let connection: Connection | undefined;
      let failure: KafkaFailure;
      try {
        connection = await this.cluster.coordinator(kind, key, role);
        return await ask(connection);
      } catch (error) {
        failure = asKafkaFailure(error);
      }
      this.cluster.coordinatorFailed(kind, key, failure);
      const wasNotAsked = connection === undefined && failure.retriable;
      const again = AGAIN.has(failure.kafkaError ?? '') || wasNotAsked || worthIt(failure);
      if (!again || Date.now() >= deadline || this.cluster.closing.aborted) throw failure;
      await pause(pauseMs, this.cluster.closing);
    }
  }
}

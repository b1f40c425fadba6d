import {
  addOffsetsToTxnV4,
  addPartitionsToTxnV3,
  endTxnV4,
  initProducerIdV5,
  offsetFetchV9,
  txnOffsetCommitV4,
} from '@platformatic/kafka';
import { ask, Cluster, type CoordinatorKind } from './cluster.js';
import { asKafkaFailure, failureOfCode, KafkaFailure } from './failure.js';
import type { Batch, ProducerIdentity } from './produce.js';
import type { OutgoingRecord } from './records.js';
import { retrying } from './retry.js';
import type { KafkaSettings } from './settings.js';
import { throwWorst, TransactionBatches } from './transaction.batches.js';

export interface TransactionWork {
  records: readonly OutgoingRecord[];
  /** The source topic and, per partition, the offset to go on from: the last one handled, plus one. */
  topic: string;
  positions: ReadonlyMap<number, bigint>;
}

/**
 * Writes records and a group's positions together, or neither: reading, deciding and writing exactly once.
 *
 * `open` comes first and fences every older writer of the same transactional id; a transaction it left behind is finished
 * (aborted, unless its commit had begun) before `open` resolves, so offsets read afterwards are final.
 * Any error of `commit` leaves the writer dead, because what became of the transaction may not be known: close it, open
 * another one, read the offsets again. `FENCED` means that another instance did just that; do not.
 * Calls must not overlap.
 */
export interface TransactionalWriter {
  open(): Promise<void>;
  /** Positions committed by the group, null where there is none; waits for pending transactions that would move them. */
  committedOffsets(topic: string, partitions: readonly number[]): Promise<Map<number, bigint | null>>;
  commit(work: TransactionWork): Promise<void>;
  close(): Promise<void>;
}

export function openTransactionalWriter(
  settings: KafkaSettings,
  options: { transactionalId: string; groupId: string },
): TransactionalWriter {
  return new TransactionWriter(settings, options.transactionalId, options.groupId);
}

const TRANSACTION_TIMEOUT_MS = 30_000;
/** An instance that died in mid-transaction holds its id until the broker has aborted it. */
const OPEN_WITHIN_MS = 60_000;
/** Shorter than the transaction's own life, so that we give up before the coordinator does. */
const COMMIT_WITHIN_MS = 20_000;
const FIRST_PAUSE_MS = 3;
const COORDINATOR_MOVED = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS']);

// The group is used without members: the transactional id alone says who may move its offsets.
const NO_GENERATION = -1;
const NO_MEMBER = '';

class TransactionWriter implements TransactionalWriter {
  readonly #cluster: Cluster;
  readonly #batches: TransactionBatches;
  #identity: ProducerIdentity | undefined;
  #dead: KafkaFailure | undefined;

  constructor(
    settings: KafkaSettings,
    private readonly transactionalId: string,
    private readonly groupId: string,
  ) {
    this.#cluster = new Cluster(settings);
    this.#batches = new TransactionBatches(this.#cluster, transactionalId);
  }

  async open(): Promise<void> {
    this.#identity = await this.#withCoordinator('transaction', OPEN_WITHIN_MS, async (connection) => {
      const id = this.transactionalId;
      const answer = await ask(initProducerIdV5.api, connection, id, TRANSACTION_TIMEOUT_MS, -1n, -1);
      if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `Transactional id ${id}`);
      return { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
    });
  }

  async committedOffsets(topic: string, partitions: readonly number[]): Promise<Map<number, bigint | null>> {
    const topics = [{ name: topic, partitionIndexes: [...partitions] }];
    const groups = [{ groupId: this.groupId, memberId: null, memberEpoch: -1, topics }];
    return this.#withCoordinator('group', OPEN_WITHIN_MS, async (connection) => {
      const group = (await ask(offsetFetchV9.api, connection, groups, true)).groups[0];
      if (group === undefined) throw new KafkaFailure('UNREACHABLE', `No answer for group ${this.groupId}`);
      if (group.errorCode !== 0) throw failureOfCode(group.errorCode, `Group ${this.groupId}`);
      const offsets = new Map<number, bigint | null>(partitions.map((partition) => [partition, null]));
      for (const { partitionIndex, committedOffset, errorCode } of group.topics[0]?.partitions ?? []) {
        if (errorCode !== 0) throw failureOfCode(errorCode, `Offset of ${this.groupId}, ${topic}-${partitionIndex}`);
        if (committedOffset >= 0n) offsets.set(partitionIndex, committedOffset);
      }
      return offsets;
    });
  }

  async commit(work: TransactionWork): Promise<void> {
    if (this.#dead !== undefined) throw this.#dead;
    const identity = this.#identity;
    if (identity === undefined) throw new KafkaFailure('OTHER', 'The transactional writer is not open');
    if (work.records.length === 0 && work.positions.size === 0) return;
    const deadline = Date.now() + COMMIT_WITHIN_MS;
    try {
      const queues = await this.#batches.queue(work.records, deadline);
      await this.#addPartitions(identity, queues, deadline);
      // Both must be over before the transaction ends either way.
      const halves = await Promise.allSettled([
        this.#batches.write(queues, identity, deadline),
        this.#commitOffsets(identity, work, deadline),
      ]);
      for (const half of halves) if (half.status === 'rejected') throw half.reason;
      await this.#end(identity, true, deadline);
    } catch (error) {
      const failure = asKafkaFailure(error);
      this.#dead = failure;
      // Best effort: a transaction that nobody ends is aborted by the next `open`, or when its time is over.
      if (failure.code !== 'FENCED') await this.#end(identity, false, Date.now()).catch(() => undefined);
      throw failure;
    }
  }

  async close(): Promise<void> {
    this.#dead ??= new KafkaFailure('OTHER', 'The transactional writer is closed');
    await this.#cluster.close();
  }

  async #addPartitions(identity: ProducerIdentity, queues: readonly Batch[][], deadline: number): Promise<void> {
    if (queues.length === 0) return;
    const topics = new Map<string, number[]>();
    for (const { topic, partition } of queues.flatMap(([first]) => first ?? [])) {
      topics.set(topic, [...(topics.get(topic) ?? []), partition]);
    }
    const transaction = {
      transactionalId: this.transactionalId,
      ...identity,
      verifyOnly: false,
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
    };
    await this.#withCoordinator('transaction', deadline - Date.now(), async (connection) => {
      // Version 3: from version 4 on the request is the brokers' own and asks for a right that no client has.
      const answer = await ask(addPartitionsToTxnV3.api, connection, [transaction]);
      throwWorst(
        answer.resultsByTransaction.flatMap(({ topicResults }) =>
          topicResults.flatMap(({ name, resultsByPartition }) =>
            resultsByPartition.map(({ partitionIndex, partitionErrorCode }) => ({
              topic: name,
              partition: partitionIndex,
              errorCode: partitionErrorCode,
            })),
          ),
        ),
      );
    });
  }

  async #commitOffsets(identity: ProducerIdentity, work: TransactionWork, deadline: number): Promise<void> {
    if (work.positions.size === 0) return;
    const { producerId, producerEpoch } = identity;
    await this.#withCoordinator('transaction', deadline - Date.now(), async (connection) => {
      const id = this.transactionalId;
      const answer = await ask(addOffsetsToTxnV4.api, connection, id, producerId, producerEpoch, this.groupId);
      if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `Group ${this.groupId} in transaction ${id}`);
    });
    const partitions = [...work.positions].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedLeaderEpoch: -1,
    }));
    const topics = [{ name: work.topic, partitions }];
    await this.#withCoordinator('group', deadline - Date.now(), async (connection) => {
      const answer = await ask(
        txnOffsetCommitV4.api,
        connection,
        this.transactionalId,
        this.groupId,
        producerId,
        producerEpoch,
        NO_GENERATION,
        NO_MEMBER,
        null,
        topics,
      );
      throwWorst(
        answer.topics.flatMap(({ name, partitions }) =>
          partitions.map(({ partitionIndex, errorCode }) => ({ topic: name, partition: partitionIndex, errorCode })),
        ),
      );
    });
  }

  async #end(identity: ProducerIdentity, commit: boolean, deadline: number): Promise<void> {
    const { producerId, producerEpoch } = identity;
    await this.#withCoordinator('transaction', deadline - Date.now(), async (connection) => {
      const id = this.transactionalId;
      const answer = await ask(endTxnV4.api, connection, id, producerId, producerEpoch, commit);
      if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `End of transaction ${id}`);
    });
  }

  async #withCoordinator<T>(
    kind: CoordinatorKind,
    withinMs: number,
    work: (connection: Awaited<ReturnType<Cluster['coordinator']>>) => Promise<T>,
  ): Promise<T> {
    const key = kind === 'transaction' ? this.transactionalId : this.groupId;
    const attempt = async () => {
      try {
        return await work(await this.#cluster.coordinator(kind, key));
      } catch (error) {
        const failure = asKafkaFailure(error);
        const unknown = failure.code === 'UNREACHABLE' && failure.kafkaError === undefined;
        if (unknown || COORDINATOR_MOVED.has(failure.kafkaError ?? '')) this.#cluster.forgetCoordinator(kind, key);
        throw failure;
      }
    };
    return retrying(attempt, { withinMs, firstPauseMs: FIRST_PAUSE_MS, longestPauseMs: 500 });
  }
}

import type { SealedBatch } from '@citystreams/record-batch';
import { asKafkaFailure, KafkaFailure, type KafkaFailureCode } from '../../failure.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Role } from '../cluster/connections.js';
import type { GroupPositions, TransactionalSender, TransactionOptions } from '../data-path.js';
import type { ProducerIdentity } from '../messages/init.producer.id.js';
import { ProducePump } from './produce.pump.js';
import { ProduceRefused } from './produce.refused.js';
import { TransactionCoordinator } from './transaction.coordinator.js';

const LONGEST_PATIENCE_MS = 10_000;
/** What a group's coordinator refuses positions with; the transaction itself is well. */
const POSITIONS_REFUSED: ReadonlySet<KafkaFailureCode> = new Set([
  'REBALANCED',
  'NOT_AUTHORIZED',
  'UNKNOWN_TOPIC',
  'TOO_LARGE',
]);

/**
 * Transaction protocol 2 (KIP-890): partitions and groups join the transaction with the first request that names them;
 * the end of each transaction answers with the epoch of the next, so that nothing of an old one can arrive in a new one.
 */
export class TransactionSender implements TransactionalSender {
  #pump: ProducePump;
  /** Takes what is sent while a transaction ends. */
  #next: ProducePump | undefined;
  #failure: KafkaFailure | undefined;
  /** Positions may have joined the transaction. */
  #hasPositions = false;
  #isEnding = false;
  #isClosed = false;

  private constructor(
    private readonly cluster: Cluster,
    private readonly role: Role,
    private readonly options: TransactionOptions,
    private readonly coordinator: TransactionCoordinator,
    private identity: ProducerIdentity,
  ) {
    this.#pump = this.#newPump();
    this.#pump.start(identity);
    cluster.opened.add(this);
  }

  static async open(cluster: Cluster, role: Role, options: TransactionOptions): Promise<TransactionSender> {
    const coordinator = new TransactionCoordinator(cluster, options.transactionalId, halfOf(options, cluster));
    const identity = await coordinator.open(options.timeoutMs);
    return new TransactionSender(cluster, role, options, coordinator, identity);
  }

  get pendingBytes(): number {
    return this.#pump.pendingBytes + (this.#next?.pendingBytes ?? 0);
  }

  get failure(): KafkaFailure | undefined {
    return this.#failure ?? this.#pump.failure;
  }

  send(batch: SealedBatch): void {
    if (this.#failure === undefined) (this.#next ?? this.#pump).push(batch);
    else batch.release();
  }

  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#pump.settled();
  }

  async commit(groups: readonly GroupPositions[]): Promise<void> {
    await this.#ending(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      const moving = groups.filter(({ positions }) => positions.length > 0);
      if (this.#pump.isUnused && moving.length === 0) return;
      this.#next = this.#newPump();
      this.#hasPositions ||= moving.length > 0;
      try {
        await bothOver([
          this.#pump.settled(),
          ...moving.map((group) => this.coordinator.commitPositions(this.identity, group)),
        ]);
        this.#begin(await this.coordinator.end(this.identity, true), this.#next);
      } catch (error) {
        throw this.#fail(asKafkaFailure(error));
      }
    });
  }

  async abort(): Promise<void> {
    await this.#ending(async () => {
      const failure = this.failure;
      if (failure !== undefined && !isAbortable(failure)) throw this.#fail(failure);
      this.#pump.stop(new KafkaFailure('OTHER', 'The transaction was aborted'));
      // What was in flight is answered, or its connection is gone: the epoch that ends here keeps it out.
      await this.#pump.settled().catch(() => undefined);
      const hasBegun = this.#pump.hasSent || this.#hasPositions;
      try {
        this.#begin(hasBegun ? await this.coordinator.end(this.identity, false) : this.identity, this.#newPump());
      } catch (error) {
        const { code, message } = asKafkaFailure(error);
        const final = code === 'FENCED' ? code : 'UNREACHABLE';
        throw this.#fail(new KafkaFailure(final, `The transaction could not be aborted: ${message}`, { cause: error }));
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.cluster.opened.delete(this);
    this.#fail(this.#failure ?? new KafkaFailure('OTHER', 'The transactional sender is closed'));
    // What is in flight is not waited for: nothing of it can be committed any more.
    this.cluster.closeRole(this.role);
    await this.#pump.settled().catch(() => undefined);
  }

  #begin(identity: ProducerIdentity, pump: ProducePump): void {
    this.identity = identity;
    this.#pump = pump;
    this.#next = undefined;
    this.#hasPositions = false;
    if (this.#isClosed) return pump.stop(new KafkaFailure('OTHER', 'The transactional sender is closed'));
    this.#failure = undefined;
    pump.start(identity);
  }

  #fail(failure: KafkaFailure): KafkaFailure {
    this.#failure = failure;
    this.#pump.stop(failure);
    this.#next?.stop(failure);
    this.#next = undefined;
    return failure;
  }

  async #ending(work: () => Promise<void>): Promise<void> {
    if (this.#isEnding) throw new KafkaFailure('OTHER', 'The transaction is being ended already');
    this.#isEnding = true;
    try {
      await work();
    } finally {
      this.#isEnding = false;
    }
  }

  #newPump(): ProducePump {
    const { cluster, role } = this;
    const { transactionalId, timeoutMs } = this.options;
    const patienceMs = Math.min(LONGEST_PATIENCE_MS, timeoutMs / 3);
    const answerWithinMs = halfOf(this.options, cluster);
    return new ProducePump({ cluster, role, transactionalId, patienceMs, answerWithinMs });
  }
}

/** What fails is to fail before the transaction is too old. */
const halfOf = ({ timeoutMs }: TransactionOptions, { limits }: Cluster) =>
  Math.round(Math.min(limits.answerWithinMs, timeoutMs / 2));

const isAbortable = (failure: KafkaFailure) =>
  failure instanceof ProduceRefused || (failure.kafkaError !== undefined && POSITIONS_REFUSED.has(failure.code));

/** Waits for all of them, whatever becomes of one; being fenced is the failure that counts. */
async function bothOver(works: readonly Promise<void>[]): Promise<void> {
  const failures: unknown[] = [];
  for (const result of await Promise.allSettled(works)) {
    if (result.status === 'rejected') failures.push(result.reason);
  }
  if (failures.length === 0) return;
  throw failures.find((one) => asKafkaFailure(one).code === 'FENCED') ?? failures[0];
}

import {
  type Assignment,
  type DataPath,
  KafkaFailure,
  ProduceRefused,
  type TransactionalSender,
  type TransactionOptions,
} from '@citystreams/kafka';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { groupPositions } from './group.positions.js';
import { type OutputLimits, Outputs } from './outputs.js';

/**
 * What became of a commit.
 * `refused`: some topics did not take what was written to them; nothing of it is visible, the sender is as new.
 * `rebalanced`: the group did not take the positions; nothing of it is visible.
 * `unknown`: whether it is visible, nobody can say: positions have to be read again, with another sender.
 */
export type CommitOutcome =
  | { kind: 'committed'; ms: number }
  | { kind: 'refused'; refused: ProduceRefused }
  | { kind: 'rebalanced' }
  | { kind: 'unknown'; failure: KafkaFailure };

/** The one transactional sender of this process, and what goes into its transactions. */
export class Transactions {
  readonly outputs: Outputs;
  #sender: TransactionalSender | null = null;

  constructor(
    private readonly path: Pick<DataPath, 'openTransactions'>,
    private readonly options: TransactionOptions,
    limits: OutputLimits,
    /** Called before anything is given up: nothing more may be written until it is known where to go on. */
    private readonly freeze: () => void,
    /** So many bytes were sealed. */
    written: (bytes: number) => void,
  ) {
    this.outputs = new Outputs(limits, (batch) => {
      written(batch.byteLength);
      if (this.#sender === null) batch.release();
      else this.#sender.send(batch);
    });
  }

  /** Bytes that were sealed and are not acknowledged yet. */
  get pendingBytes(): number {
    return this.#sender?.pendingBytes ?? 0;
  }

  get isOpen(): boolean {
    return this.#sender !== null;
  }

  /** Fences every older sender of the id. Throws `KafkaFailure`. */
  async open(): Promise<void> {
    this.#sender ??= await this.path.openTransactions(this.options);
  }

  /** Commits everything written since the last one, with the positions of the desks. Throws `FENCED` alone. */
  async commit(desks: readonly PartitionDesk[], assignment: Assignment): Promise<CommitOutcome> {
    const sender = this.#sender;
    if (sender === null) throw new RangeError('no sender is open');
    const began = performance.now();
    this.outputs.seal();
    const changes = desks.map((desk) => desk.snapshot());
    try {
      await sender.commit(groupPositions(changes, assignment));
    } catch (error) {
      return this.#outcomeOf(error);
    }
    for (const desk of desks) desk.committed();
    return { kind: 'committed', ms: performance.now() - began };
  }

  /** Gives up everything written since the last commit. False: only another sender can say what became of it. */
  async giveUp(): Promise<boolean> {
    this.freeze();
    this.outputs.drop();
    try {
      await this.#sender?.abort();
      return true;
    } catch (error) {
      if (isFenced(error)) throw error;
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    this.freeze();
    this.outputs.drop();
    const sender = this.#sender;
    this.#sender = null;
    await sender?.close();
  }

  async #outcomeOf(error: unknown): Promise<CommitOutcome> {
    this.freeze();
    if (isFenced(error)) throw error;
    if (error instanceof ProduceRefused && (await this.giveUp())) return { kind: 'refused', refused: error };
    if (error instanceof KafkaFailure && error.code === 'REBALANCED' && (await this.giveUp())) {
      return { kind: 'rebalanced' };
    }
    await this.close();
    const failure = error instanceof KafkaFailure ? error : new KafkaFailure('OTHER', String(error), { cause: error });
    return { kind: 'unknown', failure };
  }
}

export const isFenced = (error: unknown): boolean => error instanceof KafkaFailure && error.code === 'FENCED';

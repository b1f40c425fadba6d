import type { Cluster } from './cluster.js';
import { failureOfCode, type KafkaFailure } from './failure.js';
import { partitionOfKey } from './partitioner.js';
import { type Batch, batchLength, produce, type ProducerIdentity, sequenceAfter } from './produce.js';
import type { OutgoingRecord } from './records.js';
import { Backoff, pause, retrying } from './retry.js';

const FIRST_PAUSE_MS = 3;
const LONGEST_PAUSE_MS = 500;

/** The records of one writer's transactions, cut into batches and brought to the leaders. */
export class TransactionBatches {
  /** Next sequence number by `topic:partition`; they go on from transaction to transaction. */
  readonly #sequences = new Map<string, number>();

  constructor(
    private readonly cluster: Cluster,
    private readonly transactionalId: string,
  ) {}

  /** One queue of batches per partition, in the order of the records. */
  async queue(records: readonly OutgoingRecord[], deadline: number): Promise<Batch[][]> {
    const byPartition = new Map<string, { topic: string; partition: number; records: OutgoingRecord[] }>();
    for (const record of records) {
      const partition = record.partition ?? (await this.#partitionFor(record, deadline));
      const name = `${record.topic}:${partition}`;
      const group = byPartition.get(name) ?? { topic: record.topic, partition, records: [] };
      byPartition.set(name, group);
      group.records.push(record);
    }
    return [...byPartition].map(([name, { topic, partition, records }]) => {
      const queue: Batch[] = [];
      let sequence = this.#sequences.get(name) ?? 0;
      for (let start = 0; start < records.length; ) {
        const length = batchLength(records, start);
        queue.push({ topic, partition, records: records.slice(start, start + length), sequence });
        sequence = sequenceAfter(sequence, length);
        start += length;
      }
      this.#sequences.set(name, sequence);
      return queue;
    });
  }

  /** Sends the first batch of every queue until it is acknowledged, then the next: never two of one partition at once. */
  async write(queues: readonly Batch[][], identity: ProducerIdentity, deadline: number): Promise<void> {
    const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    for (let open = queues.filter(({ length }) => length > 0); open.length > 0; ) {
      const heads = open.flatMap(([first]) => first ?? []);
      const outcomes = await produce(this.cluster, heads, identity, this.transactionalId);
      let refused: KafkaFailure | undefined;
      for (const queue of open) {
        const head = queue[0];
        const failure = head === undefined ? null : outcomes.get(head);
        if (failure === null) queue.shift();
        else if (failure !== undefined) {
          if (!failure.retriable || Date.now() >= deadline) throw failure;
          refused = failure;
        }
      }
      if (refused === undefined) backoff.reset();
      else await pause(backoff.next());
      open = open.filter(({ length }) => length > 0);
    }
  }

  async #partitionFor({ topic, key }: OutgoingRecord, deadline: number): Promise<number> {
    const { partitions } = await retrying(() => this.cluster.topic(topic), { withinMs: deadline - Date.now() });
    return key === null ? 0 : partitionOfKey(key, partitions.length);
  }
}

interface PartOfAnswer {
  topic: string;
  partition: number;
  errorCode: number;
}

/** Throws the failure that speaks loudest: one that cannot be repeated before one that can. */
export function throwWorst(parts: readonly PartOfAnswer[]): void {
  const failures = parts
    .filter(({ errorCode }) => errorCode !== 0)
    .map(({ topic, partition, errorCode }) => failureOfCode(errorCode, `${topic}-${partition}`, { topic, partition }))
    // Said of the innocent partitions of a request that failed because of another one.
    .filter(({ kafkaError }, _index, all) => all.length === 1 || kafkaError !== 'OPERATION_NOT_ATTEMPTED');
  const worst = failures.find(({ retriable }) => !retriable) ?? failures[0];
  if (worst !== undefined) throw worst;
}

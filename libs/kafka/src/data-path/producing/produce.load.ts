import type { ProduceRequest } from '../messages/produce.js';
import type { Outgoing, PartitionQueue } from './partition.queue.js';

export interface LoadEntry {
  readonly queue: PartitionQueue;
  readonly outgoing: Outgoing;
}

/** What one Produce request carries: at most one batch of each partition. */
export class ProduceLoad {
  /** About. */
  bytes = 0;
  readonly #topics = new Map<string, Map<number, LoadEntry>>();

  add(queue: PartitionQueue, outgoing: Outgoing): void {
    let partitions = this.#topics.get(queue.topic);
    if (partitions === undefined) this.#topics.set(queue.topic, (partitions = new Map()));
    partitions.set(queue.partition, { queue, outgoing });
    this.bytes += outgoing.bytes;
  }

  topics(): ProduceRequest['topics'] {
    const topics = new Map<string, { partition: number; records: Buffer }[]>();
    for (const [topic, partitions] of this.#topics) {
      const records = [...partitions].map(([partition, { outgoing }]) => ({ partition, records: outgoing.records }));
      topics.set(topic, records);
    }
    return topics;
  }

  /** Takes out what has its answer. */
  take(topic: string, partition: number): LoadEntry | undefined {
    const partitions = this.#topics.get(topic);
    const entry = partitions?.get(partition);
    partitions?.delete(partition);
    return entry;
  }

  /** What has no answer. */
  rest(): LoadEntry[] {
    return [...this.#topics.values()].flatMap((partitions) => [...partitions.values()]);
  }
}

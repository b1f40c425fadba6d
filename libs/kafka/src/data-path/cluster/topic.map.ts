import { failureOfCode, KafkaFailure } from '../../failure.js';
import type { MetadataAnswer, TopicAnswer } from '../messages/metadata.js';
import type { Address } from '../wire/socket.js';

export interface KnownTopic {
  readonly topicId: string;
  /** By partition number. */
  readonly leaders: readonly PartitionLeader[];
}

export interface PartitionLeader {
  /** Node id; -1 while there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
}

/** What brokers said last of brokers and topics. */
export class TopicMap {
  readonly #nodes = new Map<number, Address>();
  readonly #topics = new Map<string, KnownTopic | KafkaFailure>();

  address(nodeId: number): Address | undefined {
    return this.#nodes.get(nodeId);
  }

  addresses(): Address[] {
    return [...this.#nodes.values()];
  }

  /** Undefined: never asked. A failure: it is not there, or not ours to know. */
  topic(name: string): KnownTopic | KafkaFailure | undefined {
    return this.#topics.get(name);
  }

  leader(name: string, partition: number): PartitionLeader | undefined {
    const topic = this.#topics.get(name);
    return topic === undefined || topic instanceof KafkaFailure ? undefined : topic.leaders[partition];
  }

  /** Undefined: there is a leader, or the topic was never asked for. */
  whyNoLeader(name: string, partition: number): KafkaFailure | undefined {
    const known = this.#topics.get(name);
    if (known === undefined || known instanceof KafkaFailure) return known;
    const place = known.leaders[partition];
    const detail = { topic: name, partition };
    if (place === undefined) return new KafkaFailure('UNKNOWN_TOPIC', `${name} has no partition ${partition}`, detail);
    return place.leader < 0 ? new KafkaFailure('UNREACHABLE', `${name}-${partition} has no leader`, detail) : undefined;
  }

  forget(names: Iterable<string>): void {
    for (const name of names) this.#topics.delete(name);
  }

  learn({ brokers, topics }: MetadataAnswer): void {
    // A broker that is down for a moment is missing here; its address may still be asked for.
    for (const { nodeId, host, port } of brokers) this.#nodes.set(nodeId, { host, port });
    for (const topic of topics) this.#topics.set(topic.name, knownTopic(topic));
  }
}

function knownTopic({ errorCode, name, topicId, partitions }: TopicAnswer): KnownTopic | KafkaFailure {
  if (errorCode !== 0) return failureOfCode(errorCode, `Topic ${name}`, { topic: name });
  const leaders: PartitionLeader[] = [];
  for (const { partition, leader, leaderEpoch } of partitions) leaders[partition] = { leader, leaderEpoch };
  return { topicId, leaders };
}

import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  offsetCommitV9,
  offsetFetchV9,
  syncGroupV5,
} from '@platformatic/kafka';
import { ask, Cluster } from './cluster.js';
import { asKafkaFailure, failureOfCode, KafkaFailure } from './failure.js';
import type { RecordPosition } from './records.js';
import { retrying } from './retry.js';
import type { KafkaSettings } from './settings.js';

/** Partitions by topic, good for one generation of the group. */
export interface Assignment {
  generation: number;
  memberId: string;
  partitions: ReadonlyMap<string, readonly number[]>;
}

/** A member that the broker has not heard of for this long is out. */
const SESSION_TIMEOUT_MS = 10_000;
/** How long the others wait for a member to finish its record and come back. */
const REBALANCE_TIMEOUT_MS = 15_000;
export const HEARTBEAT_EVERY_MS = 2_500;
const PROTOCOL = 'roundrobin';
const OFFSETS_WITHIN_MS = 10_000;
/** What the coordinator says when the group has moved on: come again. */
const REJOIN = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'MEMBER_ID_REQUIRED']);

export const meansRejoin = (failure: KafkaFailure): boolean => REJOIN.has(failure.kafkaError ?? '');

/**
 * Membership in a consumer group (classic protocol, eager: nothing is held across a rebalance). It fetches nothing and
 * keeps no timer: the caller sends heartbeats and joins again when told so.
 */
export class GroupMember {
  readonly #cluster: Cluster;
  #memberId = '';

  constructor(
    settings: KafkaSettings,
    private readonly groupId: string,
    private readonly topics: readonly string[],
  ) {
    this.#cluster = new Cluster(settings);
  }

  /** Waits for the other members; partitions may be none if there are more members than partitions. */
  async join(): Promise<Assignment> {
    const metadata = encodeConsumerProtocolSubscription({ version: 1, topics: [...this.topics] });
    const protocols = [{ name: PROTOCOL, metadata }];
    for (;;) {
      const joined = await this.#coordinated((connection) =>
        ask(
          joinGroupV9.api,
          connection,
          this.groupId,
          SESSION_TIMEOUT_MS,
          REBALANCE_TIMEOUT_MS,
          this.#memberId,
          null,
          'consumer',
          protocols,
          null,
        ),
      );
      const refusal = joined.errorCode === 0 ? undefined : this.#failure(joined.errorCode);
      // The broker names a newcomer first, and admits him under that name.
      if (refusal?.kafkaError === 'MEMBER_ID_REQUIRED') {
        this.#memberId = joined.memberId;
        continue;
      }
      if (refusal !== undefined) throw refusal;
      this.#memberId = joined.memberId;
      const leads = joined.leader === joined.memberId;
      const assignments = leads ? await this.#assign(joined.members) : [];
      const synced = await this.#coordinated((connection) =>
        ask(
          syncGroupV5.api,
          connection,
          this.groupId,
          joined.generationId,
          this.#memberId,
          null,
          'consumer',
          PROTOCOL,
          assignments,
        ),
      );
      if (synced.errorCode !== 0) {
        const failure = this.#failure(synced.errorCode);
        if (failure.kafkaError === 'REBALANCE_IN_PROGRESS') continue;
        throw failure;
      }
      const { assignedPartitions } = decodeConsumerProtocolAssignment(synced.assignment);
      const partitions = new Map(assignedPartitions.map(({ topic, partitions }) => [topic, partitions]));
      return { generation: joined.generationId, memberId: this.#memberId, partitions };
    }
  }

  /** Throws a failure that `meansRejoin` when the group is being rearranged. */
  async heartbeat({ generation, memberId }: Assignment): Promise<void> {
    const answer = await this.#coordinated((connection) =>
      ask(heartbeatV4.api, connection, this.groupId, generation, memberId, null),
    );
    if (answer.errorCode !== 0) throw this.#failure(answer.errorCode);
  }

  /** Committed positions of a topic's partitions; those never committed are missing. */
  async committed(topic: string, partitions: readonly number[]): Promise<Map<number, bigint>> {
    const topics = [{ name: topic, partitionIndexes: [...partitions] }];
    const groups = [{ groupId: this.groupId, memberId: null, memberEpoch: -1, topics }];
    const read = async () => {
      const [group] = (await this.#coordinated((connection) => ask(offsetFetchV9.api, connection, groups, true)))
        .groups;
      const offsets = new Map<number, bigint>();
      if (group === undefined) return offsets;
      if (group.errorCode !== 0) throw this.#failure(group.errorCode);
      for (const { partitionIndex, committedOffset, errorCode } of group.topics[0]?.partitions ?? []) {
        if (errorCode !== 0) throw this.#failure(errorCode);
        if (committedOffset >= 0n) offsets.set(partitionIndex, committedOffset);
      }
      return offsets;
    };
    return retrying(read, { withinMs: OFFSETS_WITHIN_MS });
  }

  /** Positions are the next offsets to read. Repeats what is worth repeating for ten seconds. */
  async commit({ generation, memberId }: Assignment, positions: readonly RecordPosition[]): Promise<void> {
    const byTopic = new Map<string, RecordPosition[]>();
    for (const position of positions) {
      byTopic.set(position.topic, [...(byTopic.get(position.topic) ?? []), position]);
    }
    const topics = [...byTopic].map(([name, offsets]) => ({
      name,
      partitions: offsets.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: -1,
        committedMetadata: null,
      })),
    }));
    const write = async () => {
      const answer = await this.#coordinated((connection) =>
        ask(offsetCommitV9.api, connection, this.groupId, generation, memberId, null, topics),
      );
      for (const { errorCode } of answer.topics.flatMap(({ partitions }) => partitions)) {
        if (errorCode !== 0) throw this.#failure(errorCode);
      }
    };
    await retrying(write, { withinMs: OFFSETS_WITHIN_MS });
  }

  /** Gives the partitions to the others at once, if the coordinator can be reached. */
  async leave(): Promise<void> {
    if (this.#memberId === '') return;
    const member = { memberId: this.#memberId, groupInstanceId: null, reason: null };
    this.#memberId = '';
    await this.#coordinated((connection) => ask(leaveGroupV5.api, connection, this.groupId, [member])).catch(
      () => undefined,
    );
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }

  /** Each topic's partitions in turn to the members that want it. */
  async #assign(members: readonly { memberId: string; metadata?: Buffer | null }[]) {
    const wishes = members.map(({ memberId, metadata }) => ({
      memberId,
      topics: metadata ? decodeConsumerProtocolSubscription(metadata).topics : [],
      assignedPartitions: [] as { topic: string; partitions: number[] }[],
    }));
    let turn = 0;
    for (const topic of [...new Set(wishes.flatMap(({ topics }) => topics))].sort()) {
      this.#cluster.forgetTopic(topic);
      const takers = wishes
        .filter(({ topics }) => topics.includes(topic))
        .map((wish) => ({ wish, partitions: [] as number[] }));
      for (const partition of (await this.#cluster.topic(topic)).partitions.keys()) {
        takers[turn++ % takers.length]?.partitions.push(partition);
      }
      for (const { wish, partitions } of takers) {
        if (partitions.length > 0) wish.assignedPartitions.push({ topic, partitions });
      }
    }
    return wishes.map(({ memberId, assignedPartitions }) => ({
      memberId,
      assignment: encodeConsumerProtocolAssignment({ version: 1, assignedPartitions }),
    }));
  }

  async #coordinated<T>(work: (connection: Awaited<ReturnType<Cluster['coordinator']>>) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#cluster.coordinator('group', this.groupId));
    } catch (error) {
      this.#cluster.forgetCoordinator('group', this.groupId);
      throw asKafkaFailure(error);
    }
  }

  #failure(errorCode: number): KafkaFailure {
    const failure = failureOfCode(errorCode, `Group ${this.groupId}`);
    if (failure.kafkaError === 'NOT_COORDINATOR' || failure.kafkaError === 'COORDINATOR_NOT_AVAILABLE') {
      this.#cluster.forgetCoordinator('group', this.groupId);
    }
    if (failure.kafkaError === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
    return failure;
  }
}

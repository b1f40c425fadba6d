import { asKafkaFailure, KafkaFailure } from '../../failure.js';
import type { Cluster } from '../cluster/cluster.js';
import { generationFailure } from '../cluster/generation.failure.js';
import type { Assignment, MemberOptions } from '../data-path.js';
import {
  type MemberAssignment,
  type Partitions,
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../messages/consumer.protocol.js';
import { HEARTBEAT } from '../messages/heartbeat.js';
import { JOIN_GROUP, type JoinGroupAnswer } from '../messages/join.group.js';
import { LEAVE_GROUP } from '../messages/leave.group.js';
import { SYNC_GROUP } from '../messages/sync.group.js';
import type { Connection } from '../wire/connection.js';
import { balance } from './balance.js';

/** Everybody in a group must know the same way of assigning. */
const PROTOCOL = 'citystreams-sticky-1';
/** Others wait so long for a member that does not come; a static one keeps its partitions even then. */
const REBALANCE_TIMEOUT_MS = 6_000;
/** How soon the leader sees that a topic got partitions, or came to be. */
const LOOK_AT_TOPICS_EVERY_MS = 5_000;
const NOTHING: Partitions = new Map();

/** What one member says to its group's coordinator, in order. Retries nothing, and calls nobody. */
export class GroupSession {
  #memberId = '';
  #generation = -1;
  #topics: readonly string[];
  #owned: Partitions = NOTHING;
  /** Of our subscription; the group has the one before it as long as they differ. */
  #revision = 0;
  #joinedRevision = 0;
  /** The leader's: how many partitions the topics had when they were assigned. Null: somebody else leads. */
  #assignedCounts: Map<string, number> | null = null;
  #lookedAt = 0;
  readonly #role: string;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: MemberOptions,
  ) {
    this.#topics = options.topics.toSorted();
    this.#role = `group ${options.groupId} ${options.instanceId}`;
  }

  /** True: these are other topics than before. */
  want(topics: readonly string[]): boolean {
    const sorted = topics.toSorted();
    if (sameTopics(sorted, this.#topics)) return false;
    this.#topics = sorted;
    this.#revision++;
    return true;
  }

  get wantsRejoin(): boolean {
    return this.#revision !== this.#joinedRevision;
  }

  /** Joins, or comes back; waits for the others. Throws what is to be retried, and what means that the member is lost. */
  async join(): Promise<Assignment> {
    let hasInsisted = false;
    for (;;) {
      const revision = this.#revision;
      const joined = await this.#joinGroup();
      this.#memberId = joined.memberId;
      this.#generation = joined.generation;
      const assignments = await this.#assignments(joined);
      const assignment = await this.#syncGroup(assignments);
      if (assignment === 'again') continue;
      this.#joinedRevision = revision;
      this.#owned = assignment.partitions;
      this.#watch(joined, assignment);
      if (this.wantsRejoin) continue;
      if (!hasInsisted && !sameTopics([...assignment.topics.keys()].toSorted(), this.#topics)) {
        // We came back to an assignment that was made for what we wanted before: only another subscription changes it.
        hasInsisted = true;
        this.#revision++;
        continue;
      }
      return this.#frozen(assignment.partitions);
    }
  }

  /** `over`: the group is being rearranged, or is to be. */
  async heartbeat(): Promise<'alive' | 'over'> {
    const { groupId: group, instanceId, sessionTimeoutMs } = this.options;
    const member = { group, instanceId, memberId: this.#memberId, generation: this.#generation };
    // Soon enough for another try, over another connection, before the session ends.
    const withinMs = sessionTimeoutMs / 3;
    const errorCode = await this.#coordinated((connection) => connection.ask(HEARTBEAT, member, { withinMs }));
    if (errorCode !== 0) {
      const failure = this.#failure(errorCode);
      if (failure.code === 'REBALANCED' && failure.kafkaError !== 'UNKNOWN_MEMBER_ID') return 'over';
      throw failure;
    }
    return (await this.#topicsChanged()) ? 'over' : 'alive';
  }

  async leave(): Promise<void> {
    if (this.#memberId === '') return;
    const { groupId: group, instanceId } = this.options;
    const memberId = this.#memberId;
    this.#memberId = '';
    await this.#coordinated((connection) => connection.ask(LEAVE_GROUP, { group, instanceId, memberId }));
  }

  close(): void {
    this.cluster.closeRole(this.#role);
  }

  async #joinGroup(): Promise<JoinGroupAnswer> {
    const { groupId: group, instanceId, sessionTimeoutMs } = this.options;
    const subscription = writeSubscription({
      topics: this.#topics,
      owned: this.#owned,
      generation: this.#generation,
      revision: this.#revision,
    });
    const request = {
      group,
      sessionTimeoutMs,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      memberId: this.#memberId,
      instanceId,
      protocol: PROTOCOL,
      subscription,
      reason: this.wantsRejoin ? 'other topics' : 'joining',
    };
    const withinMs = REBALANCE_TIMEOUT_MS + sessionTimeoutMs + this.cluster.limits.answerWithinMs;
    const answer = await this.#coordinated((connection) => connection.ask(JOIN_GROUP, request, { withinMs }));
    if (answer.errorCode !== 0) throw this.#failure(answer.errorCode);
    return answer;
  }

  async #syncGroup(assignments: ReadonlyMap<string, Buffer>): Promise<MemberAssignment | 'again'> {
    const { groupId: group, instanceId } = this.options;
    const member = { group, instanceId, memberId: this.#memberId, generation: this.#generation };
    const request = { ...member, protocol: PROTOCOL, assignments };
    const withinMs = REBALANCE_TIMEOUT_MS + this.cluster.limits.answerWithinMs;
    const answer = await this.#coordinated((connection) => connection.ask(SYNC_GROUP, request, { withinMs }));
    if (answer.errorCode === 0) return readAssignment(answer.assignment);
    const failure = this.#failure(answer.errorCode);
    if (failure.code === 'REBALANCED' && failure.kafkaError !== 'UNKNOWN_MEMBER_ID') return 'again';
    throw failure;
  }

  /** The leader's work. */
  async #assignments({ leader, memberId, skipAssignment, members }: JoinGroupAnswer): Promise<Map<string, Buffer>> {
    if (leader !== memberId || skipAssignment) return new Map();
    const claimants = members.map((member) => {
      const { topics, owned, generation } = readSubscription(member.subscription);
      return { memberId: member.memberId, name: member.instanceId ?? member.memberId, topics, owned, generation };
    });
    const counts = await this.#partitionCounts(new Set(claimants.flatMap(({ topics }) => topics)));
    const shares = balance(claimants, counts);
    return new Map(
      claimants.map(({ memberId, topics }) => {
        const wanted = new Map(topics.map((topic) => [topic, counts.get(topic) ?? 0]));
        return [memberId, writeAssignment({ partitions: shares.get(memberId) ?? NOTHING, topics: wanted })];
      }),
    );
  }

  async #partitionCounts(topics: ReadonlySet<string>): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    if (topics.size > 0) await this.cluster.refresh(topics);
    for (const topic of topics) {
      const known = this.cluster.map.topic(topic);
      if (known !== undefined && !(known instanceof KafkaFailure)) counts.set(topic, known.leaders.length);
    }
    return counts;
  }

  #watch({ leader, memberId, members }: JoinGroupAnswer, { topics }: MemberAssignment): void {
    this.#lookedAt = Date.now();
    if (leader !== memberId) {
      this.#assignedCounts = null;
      return;
    }
    this.#assignedCounts = new Map(topics);
    for (const { subscription } of members) {
      for (const topic of readSubscription(subscription).topics) {
        const known = this.cluster.map.topic(topic);
        if (known === undefined || known instanceof KafkaFailure || topics.has(topic)) continue;
        this.#assignedCounts.set(topic, known.leaders.length);
      }
    }
  }

  /** A topic that is gone changes nothing: its partitions stay with who had them, who sees it. */
  async #topicsChanged(): Promise<boolean> {
    const assigned = this.#assignedCounts;
    if (assigned === null || Date.now() - this.#lookedAt < LOOK_AT_TOPICS_EVERY_MS) return false;
    this.#lookedAt = Date.now();
    const counts = await this.#partitionCounts(new Set(assigned.keys()));
    return [...counts].some(([topic, count]) => count > (assigned.get(topic) ?? 0));
  }

  #frozen(partitions: Partitions): Assignment {
    return Object.freeze({
      memberId: this.#memberId,
      generation: this.#generation,
      instanceId: this.options.instanceId,
      partitions: new Map([...partitions].map(([topic, numbers]) => [topic, Object.freeze([...numbers])])),
    });
  }

  async #coordinated<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { groupId } = this.options;
    try {
      return await work(await this.cluster.coordinator('group', groupId, this.#role));
    } catch (error) {
      const failure = asKafkaFailure(error);
      this.cluster.coordinatorFailed('group', groupId, failure);
      throw failure;
    }
  }

  #failure(errorCode: number): KafkaFailure {
    const { groupId } = this.options;
    const failure = generationFailure(errorCode, `Group ${groupId}`);
    this.cluster.coordinatorFailed('group', groupId, failure);
    return failure;
  }
}

const sameTopics = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((topic, i) => topic === b[i]);

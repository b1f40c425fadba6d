import {
  createAclsV3,
  createTopicsV7,
  deleteAclsV3,
  deleteTopicsV6,
  describeAclsV3,
  describeClusterV1,
  describeConfigsV4,
  IncrementalAlterConfigOperationTypes,
  incrementalAlterConfigsV1,
} from '@platformatic/kafka';
import { type AccessRule, ruleOfWire, wireMatch, wireRule } from './access.rules.js';
import { ask, Cluster } from './cluster.js';
import { failureOfCode, KafkaFailure } from './failure.js';
import { openPartitionReader } from './partition.reader.js';
import { retrying } from './retry.js';
import { type KafkaSettings, parseAddress } from './settings.js';

export interface TopicDescription {
  partitions: number;
  /** UUID; another one after the topic was deleted and created anew. */
  id: string;
  /** Every setting with the value in force. Empty if the principal may not see them. */
  configs: Record<string, string | null>;
}

/**
 * The cluster's administration. Every call repeats what is worth repeating for up to ten seconds (`listRules`
 * for one) and throws `KafkaFailure`.
 */
export interface KafkaAdmin {
  /** The brokers that take part now, with the addresses they give to clients (`host:port`). */
  brokers(): Promise<{ id: number; address: string }[]>;
  /** Of the topics that the principal may describe; without Kafka's own. */
  topicNames(): Promise<string[]>;
  /** Null if it is not there. */
  describeTopic(name: string): Promise<TopicDescription | null>;
  /** With the cluster's default replication. `created` does not mean that it can be used: see `waitForTopic`. */
  createTopic(topic: {
    name: string;
    partitions: number;
    configs?: Readonly<Record<string, string>>;
  }): Promise<'created' | 'exists'>;
  /** Sets these and leaves every other setting as it is. */
  setTopicConfigs(name: string, configs: Readonly<Record<string, string>>): Promise<void>;
  deleteTopic(name: string): Promise<'deleted' | 'absent'>;
  /** Resolves once every partition has a leader that answers; default patience 30 s. */
  waitForTopic(name: string, withinMs?: number): Promise<void>;
  /** Idempotent. Resolves when the controller has the rules; each broker follows within milliseconds: ask `listRules`. */
  allow(rules: readonly AccessRule[]): Promise<void>;
  /** Exactly these rules; returns those that were there. */
  removeRules(rules: readonly AccessRule[]): Promise<AccessRule[]>;
  /**
   * Every rule, literal or prefixed, allowing or denying, that decides about this resource, as *this* broker knows it.
   * `principal: null` lists everybody's. Throws if that very broker does not answer.
   */
  listRules(
    brokerAddress: string,
    filter: { resourceType: AccessRule['resourceType']; resourceName: string; principal: string | null },
  ): Promise<AccessRule[]>;
  /** First offset and end of what is committed, per partition. Needs DESCRIBE only. */
  offsets(topic: string): Promise<Map<number, { earliest: bigint; latest: bigint }>>;
  close(): Promise<void>;
}

export function openAdmin(settings: KafkaSettings): KafkaAdmin {
  return new Administration(settings);
}

const WITHIN_MS = 10_000;
/** Who watches a broker asks again by himself, and wants to know soon that it is gone. */
const ONE_BROKER_WITHIN_MS = 1_000;
const CONTROLLER_WITHIN_MS = 8_000;
const TOPIC_RESOURCE = 2;
const BROKER_ENDPOINTS = 1;
const CLUSTER_DEFAULT = -1;

class Administration implements KafkaAdmin {
  readonly #cluster: Cluster;

  constructor(private readonly settings: KafkaSettings) {
    this.#cluster = new Cluster(settings);
  }

  async brokers() {
    return this.#patiently(async () => {
      const answer = await ask(describeClusterV1.api, await this.#cluster.anyBroker(), false, BROKER_ENDPOINTS);
      if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, 'Cluster');
      return answer.brokers.map(({ brokerId, host, port }) => ({ id: brokerId, address: `${host}:${port}` }));
    });
  }

  async topicNames(): Promise<string[]> {
    const { topics } = await this.#patiently(() => this.#cluster.metadata(null));
    return topics.flatMap(({ name, isInternal }) => (isInternal || !name ? [] : [name])).sort();
  }

  async describeTopic(name: string): Promise<TopicDescription | null> {
    return this.#patiently(async () => {
      const topic = (await this.#cluster.metadata([name])).topics[0];
      if (topic === undefined) return null;
      if (topic.errorCode !== 0) {
        const failure = failureOfCode(topic.errorCode, `Topic ${name}`, { topic: name });
        if (failure.code === 'UNKNOWN_TOPIC') return null;
        throw failure;
      }
      return { partitions: topic.partitions.length, id: topic.topicId, configs: await this.#configs(name) };
    });
  }

  async createTopic(topic: { name: string; partitions: number; configs?: Readonly<Record<string, string>> }) {
    const configs = Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value }));
    const request = {
      name: topic.name,
      numPartitions: topic.partitions,
      replicationFactor: CLUSTER_DEFAULT,
      assignments: [],
      configs,
    };
    return this.#patiently(async () => {
      const connection = await this.#cluster.anyBroker();
      const answer = (await ask(createTopicsV7.api, connection, [request], CONTROLLER_WITHIN_MS, false)).topics[0];
      if (answer === undefined || answer.errorCode === 0) return 'created';
      const failure = failureOfCode(
        answer.errorCode,
        `Topic ${topic.name} (${answer.errorMessage ?? 'no reason given'})`,
      );
      if (failure.kafkaError === 'TOPIC_ALREADY_EXISTS') return 'exists';
      // With the cluster's own default: too few brokers take part at the moment, for example none right after a start.
      const passing = failure.kafkaError === 'INVALID_REPLICATION_FACTOR';
      throw passing ? new KafkaFailure('UNREACHABLE', failure.message, { cause: failure }) : failure;
    });
  }

  async setTopicConfigs(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const configOperation = IncrementalAlterConfigOperationTypes.SET;
    const configs = Object.entries(settings).map(([name, value]) => ({ name, value, configOperation }));
    const resource = { resourceType: TOPIC_RESOURCE, resourceName: topic, configs } as const;
    await this.#patiently(async () => {
      const [answer] = (await ask(incrementalAlterConfigsV1.api, await this.#cluster.anyBroker(), [resource], false))
        .responses;
      if (answer === undefined || answer.errorCode === 0) return;
      throw failureOfCode(answer.errorCode, `Settings of ${topic} (${answer.errorMessage ?? 'no reason given'})`, {
        topic,
      });
    });
  }

  async deleteTopic(name: string) {
    this.#cluster.forgetTopic(name);
    return this.#patiently(async () => {
      const connection = await this.#cluster.anyBroker();
      const answer = await ask(deleteTopicsV6.api, connection, [{ name }], CONTROLLER_WITHIN_MS);
      const errorCode = answer.responses[0]?.errorCode ?? 0;
      if (errorCode === 0) return 'deleted';
      const failure = failureOfCode(errorCode, `Topic ${name}`, { topic: name });
      if (failure.code === 'UNKNOWN_TOPIC') return 'absent';
      throw failure;
    });
  }

  async waitForTopic(name: string, withinMs = 30_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    const look = async () => {
      this.#cluster.forgetTopic(name);
      const { partitions } = await this.#cluster.topic(name);
      const leaderless = partitions.findIndex(({ leader }) => leader < 0);
      if (partitions.length > 0 && leaderless < 0) return;
      throw new KafkaFailure('UNREACHABLE', `${name}-${Math.max(leaderless, 0)} has no leader yet`, { topic: name });
    };
    await retrying(look, { withinMs, firstPauseMs: 10, longestPauseMs: 250 });
    // Metadata names a leader before that broker knows that it is one.
    await retrying(() => this.offsets(name), { withinMs: Math.max(deadline - Date.now(), 0), firstPauseMs: 10 });
  }

  async allow(rules: readonly AccessRule[]): Promise<void> {
    if (rules.length === 0) return;
    await this.#patiently(async () => {
      const answer = await ask(createAclsV3.api, await this.#cluster.anyBroker(), rules.map(wireRule));
      for (const [index, { errorCode, errorMessage }] of answer.results.entries()) {
        if (errorCode !== 0) throw failureOfCode(errorCode, describeRule(rules[index], errorMessage));
      }
    });
  }

  async removeRules(rules: readonly AccessRule[]): Promise<AccessRule[]> {
    if (rules.length === 0) return [];
    // Kept over attempts: what the first one removed, a repeated one does not find any more.
    const removed = new Map<string, AccessRule>();
    await this.#patiently(async () => {
      const answer = await ask(deleteAclsV3.api, await this.#cluster.anyBroker(), rules.map(wireRule));
      for (const [index, { errorCode, errorMessage, matchingAcls }] of answer.filterResults.entries()) {
        if (errorCode !== 0) throw failureOfCode(errorCode, describeRule(rules[index], errorMessage));
        for (const acl of matchingAcls) {
          if (acl.errorCode !== 0) throw failureOfCode(acl.errorCode, describeRule(rules[index], acl.errorMessage));
          const rule = ruleOfWire(acl);
          if (rule !== undefined) removed.set(JSON.stringify(rule), rule);
        }
      }
    });
    return [...removed.values()];
  }

  async listRules(
    brokerAddress: string,
    filter: { resourceType: AccessRule['resourceType']; resourceName: string; principal: string | null },
  ): Promise<AccessRule[]> {
    const address = parseAddress(brokerAddress);
    return this.#patiently(async () => {
      const answer = await ask(describeAclsV3.api, await this.#cluster.at(address), wireMatch(filter));
      if (answer.errorCode !== 0) throw failureOfCode(answer.errorCode, `Rules of ${filter.resourceName}`);
      return answer.resources.flatMap(({ acls, ...resource }) =>
        acls.flatMap((acl) => ruleOfWire({ ...resource, ...acl }) ?? []),
      );
    }, ONE_BROKER_WITHIN_MS);
  }

  async offsets(topic: string): Promise<Map<number, { earliest: bigint; latest: bigint }>> {
    const reader = openPartitionReader(this.settings, { topic });
    try {
      const [earliest, latest] = await Promise.all([reader.offsetsAt('earliest'), reader.offsetsAt('latest')]);
      return new Map([...earliest].map(([at, offset]) => [at, { earliest: offset, latest: latest.get(at) ?? offset }]));
    } finally {
      await reader.close();
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }

  async #configs(topic: string): Promise<Record<string, string | null>> {
    const resource = { resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: null } as const;
    const connection = await this.#cluster.anyBroker();
    const [answer] = (await ask(describeConfigsV4.api, connection, [resource], false, false)).results;
    if (answer === undefined) return {};
    if (answer.errorCode !== 0) {
      const failure = failureOfCode(answer.errorCode, `Settings of ${topic}`, { topic });
      if (failure.code === 'NOT_AUTHORIZED') return {};
      throw failure;
    }
    return Object.fromEntries(answer.configs.map(({ name, value }) => [name, value ?? null]));
  }

  async #patiently<T>(work: () => Promise<T>, withinMs = WITHIN_MS): Promise<T> {
    const worthIt = ({ retriable, code }: KafkaFailure) => retriable && code !== 'UNKNOWN_TOPIC';
    return retrying(work, { withinMs, worthIt });
  }
}

function describeRule(rule: AccessRule | undefined, message: string | null | undefined): string {
  if (rule === undefined) return message ?? 'Access rule';
  const { principal, permission, operation, resourceType, resourceName } = rule;
  return `${permission} ${principal} ${operation} on ${resourceType} ${resourceName} (${message ?? 'no reason given'})`;
}

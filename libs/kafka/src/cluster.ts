import {
  type API,
  type Connection,
  ConnectionPool,
  findCoordinatorV6,
  metadataV12,
  ResponseError,
} from '@platformatic/kafka';
import { asKafkaFailure, failureOfCode, KafkaFailure } from './failure.js';
import { connectionOptions, type KafkaSettings, parseAddress } from './settings.js';

export interface PartitionLeader {
  /** Node id; -1 while there is no leader. */
  leader: number;
  leaderEpoch: number;
}

export interface TopicMetadata {
  id: string;
  /** By partition number. */
  partitions: PartitionLeader[];
}

type MetadataAnswer = ReturnType<typeof metadataV12.parseResponse>;

interface Address {
  host: string;
  port: number;
}

const METADATA_MAX_AGE_MS = 5 * 60_000;
const COORDINATOR_KIND = { group: 0, transaction: 1 } as const;
export type CoordinatorKind = keyof typeof COORDINATOR_KIND;

/**
 * What one client knows of a cluster: its brokers, the leaders of the topics it uses, the coordinators of its groups; and
 * the connections to them. Errors leave it as `KafkaFailure`. It retries nothing: who asks knows for how long.
 */
export class Cluster {
  readonly #pool: ConnectionPool;
  readonly #bootstrap: Address[];
  readonly #nodes = new Map<number, Address>();
  readonly #topics = new Map<string, { metadata: TopicMetadata; at: number }>();
  readonly #coordinators = new Map<string, Address>();
  #turn = 0;

  constructor(settings: KafkaSettings) {
    this.#bootstrap = settings.brokers.map(parseAddress);
    this.#pool = new ConnectionPool(settings.clientId, connectionOptions(settings));
    // A connection tells its end once too often for an emitter without listeners, and leaves its re-authentication timer
    // behind when the other side hangs up.
    this.#pool.on('connecting', ({ connection }) => connection.on('error', () => undefined));
    this.#pool.on('disconnect', ({ connection }) => void Promise.resolve(connection.close()).catch(() => undefined));
  }

  /** A connection to any broker; another one first at each call, so that a dead broker does not stop a retry. */
  async anyBroker(): Promise<Connection> {
    const known = [...this.#bootstrap, ...this.#nodes.values()];
    const start = this.#turn++ % known.length;
    try {
      return await this.#pool.getFirstAvailable([...known.slice(start), ...known.slice(0, start)]);
    } catch (error) {
      const failure = asKafkaFailure(error);
      if (failure.code !== 'UNREACHABLE') throw failure;
      const addresses = new Set(known.map(({ host, port }) => `${host}:${port}`));
      throw new KafkaFailure('UNREACHABLE', `No broker answers at ${[...addresses].join(', ')}`, { cause: error });
    }
  }

  async at(address: Address): Promise<Connection> {
    try {
      return await this.#pool.get(address);
    } catch (error) {
      throw asKafkaFailure(error);
    }
  }

  async node(id: number): Promise<Connection> {
    return this.at(this.addressOf(id));
  }

  addressOf(id: number): Address {
    const address = this.#nodes.get(id);
    if (address === undefined) throw new KafkaFailure('UNREACHABLE', `Broker ${id} is not in the cluster's metadata`);
    return address;
  }

  /** Metadata of a topic, at most five minutes old; `forgetTopic` makes the next call ask again. */
  async topic(name: string): Promise<TopicMetadata> {
    const cached = this.#topics.get(name);
    if (cached !== undefined && Date.now() - cached.at < METADATA_MAX_AGE_MS) return cached.metadata;
    const response = await this.metadata([name]);
    const found = response.topics.find((topic) => topic.name === name);
    if (found === undefined) throw new KafkaFailure('UNKNOWN_TOPIC', `Topic ${name} is not there`, { topic: name });
    if (found.errorCode !== 0) throw failureOfCode(found.errorCode, `Topic ${name}`, { topic: name });
    const partitions: PartitionLeader[] = [];
    for (const { partitionIndex, leaderId, leaderEpoch } of found.partitions) {
      partitions[partitionIndex] = { leader: leaderId, leaderEpoch };
    }
    const metadata = { id: found.topicId, partitions };
    this.#topics.set(name, { metadata, at: Date.now() });
    return metadata;
  }

  forgetTopic(name: string): void {
    this.#topics.delete(name);
  }

  /** The cluster as one broker sees it; `null` asks for all topics the principal may describe. */
  async metadata(topics: string[] | null): Promise<MetadataAnswer> {
    const response = await ask(metadataV12.api, await this.anyBroker(), topics, false, false);
    this.#nodes.clear();
    for (const { nodeId, host, port } of response.brokers) this.#nodes.set(nodeId, { host, port });
    return response;
  }

  async coordinator(kind: CoordinatorKind, key: string): Promise<Connection> {
    const name = `${kind} ${key}`;
    let address = this.#coordinators.get(name);
    if (address === undefined) {
      const response = await ask(findCoordinatorV6.api, await this.anyBroker(), COORDINATOR_KIND[kind], [key]);
      const found = response.coordinators[0];
      if (found === undefined) throw new KafkaFailure('UNREACHABLE', `No coordinator for ${name}`);
      if (found.errorCode !== 0) throw failureOfCode(found.errorCode, `Coordinator of ${name}`);
      address = { host: found.host, port: found.port };
      this.#coordinators.set(name, address);
    }
    try {
      return await this.at(address);
    } catch (error) {
      this.#coordinators.delete(name);
      throw error;
    }
  }

  forgetCoordinator(kind: CoordinatorKind, key: string): void {
    this.#coordinators.delete(`${kind} ${key}`);
  }

  async close(): Promise<void> {
    await Promise.resolve(this.#pool.close()).catch(() => undefined);
  }
}

/**
 * One request, one answer. Error codes inside the answer are left in it, because only the caller knows which part of the
 * request they spoil; what is thrown means that there was no answer.
 */
export async function ask<A extends unknown[], R>(api: API<A, R>, connection: Connection, ...args: A): Promise<R> {
  try {
    return await api.async(connection, ...args);
  } catch (error) {
    if (error instanceof ResponseError && 'response' in error) return error['response'] as R;
    throw asKafkaFailure(error);
  }
}

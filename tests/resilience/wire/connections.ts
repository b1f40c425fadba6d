/**
 * Kafka's protocol spoken request by request, as the brokers' internal principal and past the proxy: what prepares and
 * observes a scenario must not suffer from its faults, nor share code with what is observed.
 */
import {
  type API,
  Connection,
  ConnectionPool,
  findCoordinatorV6,
  metadataV12,
  ProtocolError,
  ResponseError,
} from '@platformatic/kafka';
import type { KafkaSettings } from '@citystreams/kafka';

export type Coordinated = 'group' | 'transaction';

export interface TopicPlaces {
  readonly id: string;
  /** Node id of each partition's leader, -1 while there is none. */
  readonly leaders: readonly number[];
}

/** A broker answered with an error code. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    what: string,
  ) {
    super(`${what}: ${nameOfCode(code)}`);
    this.name = 'Refused';
  }
}

export const nameOfCode = (code: number): string =>
  code === 0 ? 'NONE' : ((new ProtocolError(code) as { apiId?: string }).apiId ?? `code ${code}`);

export function assertNone(code: number, what: string): void {
  if (code !== 0) throw new Refused(code, what);
}

export interface Wire {
  /** One request to any broker that answers. */
  any<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R>;
  node<A extends unknown[], R>(id: number, api: API<A, R>, ...args: A): Promise<R>;
  coordinator<A extends unknown[], R>(kind: Coordinated, key: string, api: API<A, R>, ...args: A): Promise<R>;
  coordinatorNode(kind: Coordinated, key: string): Promise<number>;
  nodeIds(): Promise<number[]>;
  /** Null where there is no such topic. */
  topic(name: string): Promise<TopicPlaces | null>;
  close(): Promise<void>;
}

export function openWire(settings: KafkaSettings): Wire {
  const { auth } = settings;
  if (auth.kind !== 'plain') throw new TypeError('the observer is the internal principal');
  const pool = new ConnectionPool(settings.clientId, {
    connectTimeout: 2_000,
    requestTimeout: 15_000,
    sasl: { mechanism: 'PLAIN', username: auth.username, password: auth.password },
  });
  pool.on('connecting', ({ connection }) => connection.on('error', () => undefined));
  pool.on('disconnect', ({ connection }) => void Promise.resolve(connection.close()).catch(() => undefined));
  const bootstrap = settings.brokers.map((address) => {
    const [host = '', port] = address.split(':');
    return { host, port: Number(port) };
  });
  const places = new Map<number, { host: string; port: number }>();

  const metadata = async (topics: string[] | null) => {
    const answer = await ask(metadataV12.api, await pool.getFirstAvailable(bootstrap), topics, false, false);
    for (const { nodeId, host, port } of answer.brokers) places.set(nodeId, { host, port });
    return answer;
  };
  const place = async (id: number) => {
    if (!places.has(id)) await metadata([]);
    const found = places.get(id);
    if (found === undefined) throw new Error(`broker ${id} is not in the cluster`);
    return found;
  };
  const find = async (kind: Coordinated, key: string): Promise<number> => {
    const answer = await wire.any(findCoordinatorV6.api, kind === 'group' ? 0 : 1, [key]);
    const found = answer.coordinators[0];
    assertNone(found?.errorCode ?? 15, `coordinator of ${key}`);
    places.set(found?.nodeId ?? -1, { host: found?.host ?? '', port: found?.port ?? 0 });
    return found?.nodeId ?? -1;
  };
  const wire: Wire = {
    any: async (api, ...args) => ask(api, await pool.getFirstAvailable(bootstrap), ...args),
    node: async (id, api, ...args) => ask(api, await pool.get(await place(id)), ...args),
    coordinator: async (kind, key, api, ...args) => wire.node(await find(kind, key), api, ...args),
    coordinatorNode: find,
    nodeIds: async () => (await metadata([])).brokers.map(({ nodeId }) => nodeId),
    async topic(name) {
      const found = (await metadata([name])).topics.find((topic) => topic.name === name);
      if (found === undefined || found.errorCode === 3) return null;
      assertNone(found.errorCode, `topic ${name}`);
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of found.partitions) leaders[partitionIndex] = leaderId;
      return { id: found.topicId, leaders };
    },
    close: async () => {
      await Promise.resolve(pool.close()).catch(() => undefined);
    },
  };
  return wire;
}

/** The library throws for an error code inside an answer; the answer is what we asked for. */
async function ask<A extends unknown[], R>(api: API<A, R>, connection: Connection, ...args: A): Promise<R> {
  try {
    return await api.async(connection, ...args);
  } catch (error) {
    if (error instanceof ResponseError && 'response' in error) return error['response'] as R;
    throw error;
  }
}

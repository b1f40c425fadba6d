import { setMaxListeners } from 'node:events';
import { asKafkaFailure, failureOfCode, KafkaFailure } from '../../failure.js';
import { pause, retrying } from '../../retry.js';
import { type KafkaSettings, parseAddress } from '../../settings.js';
import type { DataPathLimits } from '../data-path.js';
import { type CoordinatorKind, FIND_COORDINATOR } from '../messages/find.coordinator.js';
import { METADATA } from '../messages/metadata.js';
import type { Connection } from '../wire/connection.js';
import { type Address, addressText } from '../wire/socket.js';
import { Connections, type Role } from './connections.js';
import { TopicMap } from './topic.map.js';

/** Metadata is asked for at most this often, however many partitions lose their leaders at once. */
const REFRESH_EVERY_MS = 50;
/** The role of everything that is answered at once. */
const QUESTIONS: Role = 'questions';
/** Where a coordinator may be found again: what it or its broker answers when it has moved or is not ready. */
const COORDINATOR_ELSEWHERE = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS']);

/** What one data path knows of its cluster, and its connections. Errors leave it as `KafkaFailure`. */
export class Cluster {
  readonly map = new TopicMap();
  /** What was opened on it and is not closed yet. */
  readonly opened = new Set<{ close(): Promise<void> }>();
  readonly #connections: Connections;
  readonly #bootstrap: readonly Address[];
  readonly #coordinators = new Map<string, Address>();
  readonly #closing = new AbortController();
  #turn = 0;
  readonly #wanted = new Set<string>();
  /** The request that still takes names. */
  #gathering: Promise<void> | undefined;
  #refreshedAt = 0;

  constructor(
    settings: KafkaSettings,
    readonly limits: DataPathLimits,
  ) {
    this.#bootstrap = settings.brokers.map(parseAddress);
    this.#connections = new Connections(settings, limits);
    // Everything that waits listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborted when the data path closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** A connection to any broker; another one first at each call, so that a dead broker does not stop a retry. */
  async anyBroker(): Promise<Connection> {
    const known = new Map([...this.#bootstrap, ...this.map.addresses()].map((one) => [addressText(one), one]));
    const addresses = [...known.values()];
    const first = this.#turn++;
    let last: KafkaFailure | undefined;
    for (let i = 0; i < addresses.length; i++) {
      try {
        return await this.#connections.get(addresses[(first + i) % addresses.length]!, QUESTIONS);
      } catch (error) {
        last = asKafkaFailure(error);
        if (last.code !== 'UNREACHABLE' || !last.retriable) throw last;
      }
    }
    throw new KafkaFailure('UNREACHABLE', `No broker answers at ${[...known.keys()].join(', ')}`, { cause: last });
  }

  async node(nodeId: number, role: Role = QUESTIONS, keepBytes?: number): Promise<Connection> {
    const address = this.map.address(nodeId);
    if (address === undefined) throw new KafkaFailure('UNREACHABLE', `Nobody knows where broker ${nodeId} is`);
    return this.#connections.get(address, role, keepBytes);
  }

  /** The connection, if it is there and was alive a moment ago. */
  live(nodeId: number, role: Role): Connection | undefined {
    const address = this.map.address(nodeId);
    return address === undefined ? undefined : this.#connections.live(address, role);
  }

  closeRole(role: Role): void {
    this.#connections.closeRole(role);
  }

  /** Asks for these topics (all who ask in the same moment with one request) and puts the answer into `map`. */
  async refresh(names: Iterable<string>): Promise<void> {
    for (const name of names) this.#wanted.add(name);
    this.#gathering ??= this.#refresh();
    return this.#gathering;
  }

  /** A connection to the coordinator, found when it is not known. */
  async coordinator(kind: CoordinatorKind, key: string, role: Role): Promise<Connection> {
    const name = `${kind} ${key}`;
    let address = this.#coordinators.get(name);
    if (address === undefined) {
      const found = await (await this.anyBroker()).ask(FIND_COORDINATOR, { kind, key });
      if (found === undefined) throw new KafkaFailure('UNREACHABLE', `There is no coordinator of ${name}`);
      if (found.errorCode !== 0) throw failureOfCode(found.errorCode, `Coordinator of ${name}`);
      address = { host: found.host, port: found.port };
      this.#coordinators.set(name, address);
    }
    try {
      return await this.#connections.get(address, role);
    } catch (error) {
      this.#coordinators.delete(name);
      throw error;
    }
  }

  /** What to do with a failure that came from a coordinator: it is looked for anew if it is elsewhere or unreachable. */
  coordinatorFailed(kind: CoordinatorKind, key: string, failure: KafkaFailure): void {
    const elsewhere = COORDINATOR_ELSEWHERE.has(failure.kafkaError ?? '');
    if (elsewhere || failure.code === 'UNREACHABLE') this.#coordinators.delete(`${kind} ${key}`);
  }

  /** Repeats what is worth repeating, until the data path closes. */
  patiently<T>(work: () => Promise<T>, withinMs: number, worthIt?: (failure: KafkaFailure) => boolean): Promise<T> {
    const options = { withinMs, signal: this.closing, firstPauseMs: 5, longestPauseMs: 500 };
    return retrying(work, worthIt === undefined ? options : { ...options, worthIt });
  }

  /** Closes what is open first. */
  async close(): Promise<void> {
    await Promise.all([...this.opened].map((one) => one.close()));
    this.#closing.abort();
    this.#connections.close();
  }

  async #refresh(): Promise<void> {
    await pause(Math.max(this.#refreshedAt + REFRESH_EVERY_MS - Date.now(), 0), this.closing);
    const names = [...this.#wanted];
    this.#wanted.clear();
    this.#gathering = undefined;
    this.#refreshedAt = Date.now();
    this.map.learn(await (await this.anyBroker()).ask(METADATA, names));
  }
}

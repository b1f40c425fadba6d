import { asKafkaFailure, type KafkaFailure } from '../../failure.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Role } from '../cluster/connections.js';
import type { Connection } from '../wire/connection.js';

/** More would wait at the broker, which answers a connection's requests one after the other. */
const MOST_REQUESTS = 5;

/** Whom the routes tell when something that was waited for is there. */
export interface RoutesHost {
  /** A leader can be connected to now, or its partitions are known: look again. */
  ready(): void;
  /** Nothing was sent to it. */
  unreachable(leader: number, failure: KafkaFailure): void;
  /** Somebody was asked who leads these topics; `unanswered`: and did not say. */
  found(topics: ReadonlySet<string>, unanswered: KafkaFailure | undefined): void;
}

/** The ways from one sender to the leaders of partitions. */
export class LeaderRoutes {
  readonly #requests = new Map<number, number>();
  readonly #connecting = new Set<number>();
  #isFinding = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly role: Role,
    private readonly host: RoutesHost,
  ) {}

  /** Node id; -1: nobody knows, see `find`. */
  leaderOf(topic: string, partition: number): number {
    return this.cluster.map.leader(topic, partition)?.leader ?? -1;
  }

  /**
   * The connection to a leader, for a request at this very moment: two requests must not overtake each other. Undefined:
   * not now, the host is told when.
   */
  connectionTo(leader: number): Connection | undefined {
    if ((this.#requests.get(leader) ?? 0) >= MOST_REQUESTS) return undefined;
    const connection = this.cluster.live(leader, this.role);
    if (connection === undefined && !this.#connecting.has(leader)) {
      this.#connecting.add(leader);
      void this.#connect(leader);
    }
    return connection;
  }

  /** A request went out to it, `more` 1, or is over, -1. */
  count(leader: number, more: 1 | -1): void {
    this.#requests.set(leader, (this.#requests.get(leader) ?? 0) + more);
  }

  /** Asks who leads these topics, unless it is being asked already. */
  async find(topics: ReadonlySet<string>): Promise<void> {
    if (this.#isFinding) return;
    this.#isFinding = true;
    let unanswered: KafkaFailure | undefined;
    try {
      await this.cluster.refresh(topics);
    } catch (error) {
      unanswered = asKafkaFailure(error);
    }
    this.#isFinding = false;
    this.host.found(topics, unanswered);
  }

  async #connect(leader: number): Promise<void> {
    let failure: KafkaFailure | undefined;
    try {
      await this.cluster.node(leader, this.role);
    } catch (error) {
      failure = asKafkaFailure(error);
    }
    this.#connecting.delete(leader);
    if (failure === undefined) this.host.ready();
    else this.host.unreachable(leader, failure);
  }
}

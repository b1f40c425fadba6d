import type { KafkaSettings } from '@citystreams/kafka';
import type { Way } from '../platform/way.js';

/** A Kafka that answers, ours or somebody's. */
export interface KafkaServer {
  readonly way: Way;
  /** Addresses of the client listener (OAUTHBEARER). */
  readonly brokers: readonly string[];
  readonly securityProtocol: KafkaSettings['securityProtocol'];
  readonly caFile?: string;
  /** The brokers' internal principal, for bootstrap. Absent for a given cluster whose operator gave no such account. */
  readonly internal?: KafkaSettings;
  /** The usual port was taken, so the client listener has another. */
  readonly portMoved: boolean;
  /** Called each time the broker ends without having been asked to. A given cluster never calls. */
  onExit(listener: (why: string) => void): void;
  /** Stops what runs and starts it again: same data, same ports. Resolves when it answers. */
  restart(): Promise<void>;
  /** As `kill -9` does: for trials of what happens then. Nothing for a given cluster. */
  kill(): Promise<void>;
  /** Clean stop; a given cluster is left alone. Idempotent. */
  stop(): Promise<void>;
}

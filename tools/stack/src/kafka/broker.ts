/** What running a broker as a child process and running it in a container have in common. */
import type { GuardedChild } from '../platform/child-process.js';
import type { Progress } from '../platform/way.js';
import type { BrokerPorts } from './server-properties.js';

export interface BrokerSettings {
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly issuer: string;
  readonly audience: string;
  /** The issuer's public keys (a JWKS); replaced by rename when they change. */
  readonly jwksFile: string;
  readonly internalPassword: string;
  /** Flags of the JVM; default: those of a small node. */
  readonly jvm?: readonly string[];
  /** Kafka's settings beside ours, or in place of them. */
  readonly more?: Readonly<Record<string, string | number>>;
  readonly progress: Progress;
}

export interface Broker {
  /** Prepares the storage where needed and starts the process; does not wait until it answers. @throws DamagedData */
  start(ports: BrokerPorts): Promise<GuardedChild>;
  /** As `kill -9` does: for trials of what happens then. */
  kill(): Promise<void>;
}

/** Heap and compiler of a small node: 2 s to start, about 200 MB. */
export const HEAP = '-Xmx256m';
export const QUICK_START = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const;

/** PostgreSQL as a process: what the two ways of running our own have in common. */
import type { GuardedChild } from '../platform/child-process.js';

export const SUPERUSER = 'postgres';

export interface PostgresProcess {
  /** Makes the cluster where needed and starts it; does not wait until it answers. @throws DamagedData */
  start(port: number): Promise<GuardedChild>;
  /** It ended before answering: a predecessor that was killed may still be ending. */
  mayRetry(): boolean;
  /** As `kill -9` does: for trials of what happens then. */
  kill(): Promise<void>;
}

export interface PostgresSettings {
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly password: string;
  readonly passwordFile: string;
}

/** scram-sha-256 for everybody; one collation on every machine. */
export const INITDB_FLAGS = ['--encoding=UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256'] as const;

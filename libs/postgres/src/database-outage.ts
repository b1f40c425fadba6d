import { Pool, type PoolClient } from 'pg';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { DatabaseFailure } from './database-failure.js';

/** The network: refused, lost, no way there, name not resolved yet. */
const NETWORK = /^(?:ECONN|EPIPE$|ETIMEDOUT$|EHOSTUNREACH$|ENETUNREACH$|ENOTFOUND$|EAI_AGAIN$)/;
/** SQLSTATE classes 08 connection, 53 resources, 57 operator intervention (starting up, shutting down). */
const AWAY = /^(?:08|53|57)/;
/** SQLSTATE class 40: rolled back because of another transaction. */
const ROLLED_BACK = /^40/;

/** The code of an error, or of one it bundles (a name with several addresses); null where the driver gives none. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) ? codeOf(errors[0]) : null;
}

/** PostgreSQL is not there now; an error without a code is a connection that ended or never came about. */
export const isAway = (code: string | null): boolean => code === null || NETWORK.test(code) || AWAY.test(code);

/**
 * Whether work on a data source of `openDatabase` failed because PostgreSQL was away or gave way to another
 * transaction: the same work may succeed a little later. Whether a lost commit took effect is not known.
 */
export function isDatabaseOutage(error: unknown): boolean {
  if (error instanceof DatabaseFailure) return error.code === 'DATABASE_UNAVAILABLE';
  // What the next statement of a transaction gets after its connection was lost.
  if (error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError) {
    return true;
  }
  const code = codeOf(error instanceof QueryFailedError ? error.driverError : error);
  if (code === null) return error instanceof QueryFailedError;
  return isAway(code) || ROLLED_BACK.test(code);
}

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/** The driver's pool gives no code when it cannot connect in time; this one says what it means. */
export class TellingPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (callback === undefined) return super.connect().catch((error: unknown) => Promise.reject(told(error)));
    super.connect((error, client, release) => callback(told(error), client, release));
  }
}

function told<E>(error: E): E | DatabaseFailure {
  if (error === undefined || error === null || codeOf(error) !== null) return error;
  return new DatabaseFailure('DATABASE_UNAVAILABLE', 'PostgreSQL takes no connection now', error);
}

import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { DatabaseFailure } from './database-failure.js';
import { codeOf, isAway } from './database-outage.js';

const WAIT_MS = 60_000;
const BETWEEN_MS = 250;

/**
 * Resolves when PostgreSQL takes a connection under this role; waits up to a minute for one that is still starting. A
 * refusal that waiting cannot mend (password, role, database) fails at once.
 */
export async function waitForPostgres(url: string, waitMs: number = WAIT_MS): Promise<void> {
  const until = Date.now() + waitMs;
  for (;;) {
    const error = await tryConnect(url);
    if (error === null) return;
    const code = codeOf(error);
    if (!isAway(code)) {
      throw new DatabaseFailure('DATABASE_REFUSED', `${nameOf(url)} refuses the connection (${code})`, error);
    }
    if (Date.now() + BETWEEN_MS > until) {
      const why = code ?? 'no answer';
      const waited = Math.round(waitMs / 1000);
      throw new DatabaseFailure(
        'DATABASE_UNAVAILABLE',
        `${nameOf(url)} was not there within ${waited} s (${why})`,
        error,
      );
    }
    await delay(BETWEEN_MS);
  }
}

async function tryConnect(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // A connection lost while it closes is no news.
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function nameOf(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  return `PostgreSQL at ${hostname}:${port || '5432'}, database ${pathname.slice(1)}, role ${username}`;
}

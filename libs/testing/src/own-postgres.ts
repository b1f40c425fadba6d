/** A PostgreSQL server for one spec alone, which it may kill. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapPostgres, openPostgres } from '@citystreams/stack';
import type { FreshDatabase } from './databases.js';

export interface OwnDatabase extends FreshDatabase {
  /** As `kill -9` does. */
  kill(): Promise<void>;
  /** On the same data and port; resolves when it answers. */
  restart(): Promise<void>;
}

/** `drop` stops the server and removes everything. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'citystreams-own-postgres-'));
  const server = await openPostgres({ dataDirectory, progress: () => undefined });
  const { adminUrl } = server;
  const urlDirectory = join(dataDirectory, 'databases');
  const services = await bootstrapPostgres({ adminUrl, dataDirectory, urlDirectory });
  return {
    name: new URL(adminUrl).pathname.slice(1),
    adminUrl,
    services,
    kill: () => server.kill(),
    restart: () => server.restart(),
    async drop() {
      await server.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

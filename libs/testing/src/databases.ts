/** A database of its own for a spec file, with the services' roles and schemas in it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DatabaseService, type ServiceDatabase, bootstrapPostgres } from '@citystreams/stack';
import { Client } from 'pg';
import type { StackRecord } from './stack-record.js';

export interface FreshDatabase {
  readonly name: string;
  /** As the superuser. */
  readonly adminUrl: string;
  /** Per service: its URL and its owner's, and 0600 files that hold them. */
  readonly services: Readonly<Record<DatabaseService, ServiceDatabase>>;
  /** Ends its sessions and removes it. What no spec drops goes away with the stack. */
  drop(): Promise<void>;
}

export async function freshDatabase(record: StackRecord): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const server = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: record.postgres.adminUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await server(`CREATE DATABASE ${name}`);
  const url = new URL(record.postgres.adminUrl);
  url.pathname = `/${name}`;
  const services = await bootstrapPostgres({
    adminUrl: url.href,
    dataDirectory: record.directory,
    urlDirectory: join(record.directory, 'databases', name),
  });
  return {
    name,
    adminUrl: url.href,
    services,
    drop: () => server(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

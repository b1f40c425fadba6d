import { stack } from '@citystreams/testing';
import { Pool, type QueryResultRow } from 'pg';

/** A fresh database as a service finds it: its schema and two roles, and no table. */
export interface EmptyServiceDatabase {
  readonly schema: string;
  readonly url: string;
  readonly ownerUrl: string;
  /** Runs a statement as the superuser. */
  admin<Row extends QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
  /** Ends every session of the service and its owner in this database. */
  cutSessions(): Promise<void>;
  drop(): Promise<void>;
}

export async function emptyServiceDatabase(): Promise<EmptyServiceDatabase> {
  const database = await stack().freshDatabase();
  const { url, ownerUrl } = database.services.catalogue;
  const superuser = new Pool({ connectionString: database.adminUrl, max: 2 });
  return {
    schema: 'catalogue',
    url,
    ownerUrl,
    admin: async (sql, params) => (await superuser.query(sql, params)).rows,
    cutSessions: async () => {
      await superuser.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename IN ('catalogue', 'catalogue_owner')`,
      );
    },
    drop: async () => {
      await superuser.end();
      await database.drop();
    },
  };
}

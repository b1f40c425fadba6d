import { DataSource } from 'typeorm';
import type { DatabaseOptions } from './database-options.js';
import { TellingPool } from './database-outage.js';
import { migrate } from './migrate.js';
import { waitForPostgres } from './wait-for-postgres.js';

/**
 * A data source under the service role, with the schema up to date. Waits up to a minute for a PostgreSQL that is still
 * starting; throws `DatabaseFailure`. Survives restarts of PostgreSQL: what runs in that moment fails (`isDatabaseOutage`), what
 * comes later gets a new connection.
 */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  await waitForPostgres(options.ownerUrl);
  await migrate(options);
  await waitForPostgres(options.url);
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    entities: [...options.entities],
    migrationsTableName: 'migrations',
    installExtensions: false,
    logging: false,
    applicationName: options.schema,
    connectTimeoutMS: 5_000,
    poolSize: options.connections ?? 10,
    driver: { Pool: TellingPool },
    poolErrorHandler: (error: Error) => options.onProblem?.(error),
    extra: {
      // A session that hangs holds locks others wait for.
      options: `-c search_path=${options.schema} -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s`,
      keepAlive: true,
    },
  });
  return dataSource.initialize();
}

import { DataSource, type Logger, MigrationExecutor, type QueryRunner } from 'typeorm';
import { DatabaseFailure } from './database-failure.js';
import type { DatabaseOptions } from './database-options.js';
import { nameOf } from './wait-for-postgres.js';

/**
 * Brings the schema up to date under the owner role. Replicas that start together take turns. Tables created from now
 * on give the service role DML; a migration may take some back (`appendOnly`).
 */
export async function migrate(options: DatabaseOptions): Promise<void> {
  const serviceRole = decodeURIComponent(new URL(options.url).username);
  const owner = new DataSource({
    type: 'postgres',
    url: options.ownerUrl,
    schema: options.schema,
    migrations: [...options.migrations],
    migrationsTableName: 'migrations',
    installExtensions: false,
    logger: SILENT,
    applicationName: `${options.schema} migrations`,
    extra: { options: `-c search_path=${options.schema} -c citystreams.service_role=${serviceRole}`, max: 2 },
  });
  await owner.initialize();
  const turn = owner.createQueryRunner();
  try {
    await turn.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`citystreams.migrations.${options.schema}`]);
    await grantFutureTables(turn, options.schema, serviceRole);
    await owner.runMigrations({ transaction: 'each' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const where = `${nameOf(options.ownerUrl)}, migration ${await firstPending(owner)}`;
    throw new DatabaseFailure('MIGRATION_FAILED', `${where}: ${reason}`, error);
  } finally {
    // Its session ends with the data source, and the lock with it.
    await turn.release().catch(() => undefined);
    await owner.destroy();
  }
}

/** TypeORM's own prints to the console whatever `logging` says; what fails here is thrown. */
const nothing = () => undefined;
const SILENT: Logger = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
};

/** Each migration is a transaction of its own, so the first that is not recorded is the one that failed. */
async function firstPending(owner: DataSource): Promise<string> {
  const pending = await new MigrationExecutor(owner).getPendingMigrations().catch(() => []);
  return pending[0]?.name ?? 'unknown';
}

async function grantFutureTables(owner: QueryRunner, schema: string, serviceRole: string): Promise<void> {
  const [names] = (await owner.query('SELECT quote_ident($1) AS schema, quote_ident($2) AS role', [
    schema,
    serviceRole,
  ])) as [{ schema: string; role: string }];
  const tables = `GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${names.role}`;
  const sequences = `GRANT USAGE, SELECT ON SEQUENCES TO ${names.role}`;
  await owner.query(`GRANT USAGE ON SCHEMA ${names.schema} TO ${names.role}`);
  await owner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${names.schema} ${tables}`);
  await owner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${names.schema} ${sequences}`);
}

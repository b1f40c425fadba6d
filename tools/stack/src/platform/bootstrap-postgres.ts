/**
 * Two roles and a schema for each service: `<service>_owner` owns the schema and runs the migrations, `<service>` works
 * in it. No service sees another's schema.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { secretOf, writeFileAtomically } from './data-directory.js';

/** Services that keep state in PostgreSQL; the schema's name is the service's. */
export const DATABASE_SERVICES = ['catalogue', 'subscriptions'] as const;
export type DatabaseService = (typeof DATABASE_SERVICES)[number];

/** Connection strings with passwords, and the 0600 files that hold them for `DATABASE_URL_FILE`. */
export interface ServiceDatabase {
  readonly url: string;
  readonly urlFile: string;
  readonly ownerUrl: string;
  readonly ownerUrlFile: string;
}

const ATTEMPTS = 10;
/** Two bootstraps at once meet in the catalogue of roles, which all databases of a server share. */
const COLLISIONS = new Set(['23505', '42710', '40001', '40P01', 'XX000']);

export interface PostgresBootstrap {
  /** The administrator's, on the database to prepare. */
  readonly adminUrl: string;
  /** Where the passwords are kept: roles, and so passwords, are one and the same for all databases of a server. */
  readonly dataDirectory: string;
  /** Where the connection strings are written; by default beside the passwords. */
  readonly urlDirectory?: string;
}

/** Safe to repeat, and beside another on the same server. @throws the driver's error */
export async function bootstrapPostgres(o: PostgresBootstrap): Promise<Record<DatabaseService, ServiceDatabase>> {
  const client = new Client({ connectionString: o.adminUrl });
  await client.connect();
  try {
    const databases = {} as Record<DatabaseService, ServiceDatabase>;
    for (const service of DATABASE_SERVICES) {
      const password = secretOf(o.dataDirectory, `postgres-${service}`);
      const ownerPassword = secretOf(o.dataDirectory, `postgres-${service}-owner`);
      await settle(() => prepareService(client, service, { password, ownerPassword }));
      databases[service] = keepUrls(o, service, { password, ownerPassword });
    }
    return databases;
  } finally {
    await client.end();
  }
}

interface Passwords {
  readonly password: string;
  readonly ownerPassword: string;
}

async function prepareService(client: Client, service: string, passwords: Passwords): Promise<void> {
  const [role, owner, schema] = [service, `${service}_owner`, service].map((name) => escapeIdentifier(name));
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const database = escapeIdentifier(rows[0]?.name ?? '');
  await client.query('BEGIN');
  try {
    for (const [name, password] of [
      [service, passwords.password],
      [`${service}_owner`, passwords.ownerPassword],
    ] as const) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
      if (!rowCount) await client.query(`CREATE ROLE ${escapeIdentifier(name)}`);
      // The verifier, not the password: a failed statement is written to the server's log.
      await client.query(
        `ALTER ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(scramVerifier(password))}`,
      );
    }
    // An administrator who is no superuser must belong to a role to give it a schema; a superuser is not hurt by it.
    await client.query(`GRANT ${owner} TO CURRENT_USER`);
    await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}, ${owner}`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner}`);
    await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
    for (const name of [role, owner]) {
      await client.query(`ALTER ROLE ${name} IN DATABASE ${database} SET search_path = ${schema}`);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function keepUrls(
  o: PostgresBootstrap,
  service: DatabaseService,
  { password, ownerPassword }: Passwords,
): ServiceDatabase {
  const as = (user: string, secret: string): string => {
    const url = new URL(o.adminUrl);
    url.username = user;
    url.password = secret;
    return url.href;
  };
  const url = as(service, password);
  const ownerUrl = as(`${service}_owner`, ownerPassword);
  const folder = o.urlDirectory ?? join(o.dataDirectory, 'secrets');
  const urlFile = join(folder, `database-url-${service}`);
  const ownerUrlFile = join(folder, `database-owner-url-${service}`);
  writeFileAtomically(urlFile, url);
  writeFileAtomically(ownerUrlFile, ownerUrl);
  return { url, urlFile, ownerUrl, ownerUrlFile };
}

async function settle(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (!code || !COLLISIONS.has(code) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** What PostgreSQL stores of a password (RFC 5802, RFC 7677). */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}

/** The PostgreSQL of the stack: somebody's by address, else a container, else the embedded binaries. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { secretFileOf, secretOf } from '../platform/data-directory.js';
import { forgetVolume, imageObstacle } from '../platform/docker-engine.js';
import { superviseServer } from '../platform/supervised-server.js';
import { chooseAddress, chooseWay, keepWay, keptWay, type Progress, type Way } from '../platform/way.js';
import { leasePort } from '../ports/port-lease.js';
import { POSTGRES_IMAGE, dockerPostgres } from './docker-postgres.js';
import { binariesObstacle, localPostgres } from './local-postgres.js';
import { type PostgresSettings, SUPERUSER } from './postgres-process.js';

export const DATABASE = 'citystreams';

export interface PostgresOptions {
  readonly dataDirectory: string;
  /** `DATABASE_URL` of somebody else's server: a superuser, or a role that may create roles and schemas there. */
  readonly given?: string;
  /** The usual port (then the next free), or one asked for. Without: any free port. */
  readonly port?: { readonly preferred: number; readonly asked?: boolean };
  /** Takes this way only. */
  readonly way?: Way;
  /** Default true: an image that is not there may be pulled. */
  readonly mayPull?: boolean;
  readonly progress: Progress;
}

export interface PostgresServer {
  readonly way: Way;
  /** As the administrator, on the database of the stack; holds a password: never print it. */
  readonly adminUrl: string;
  /** The same without credentials, for people to read. */
  readonly address: string;
  readonly portMoved: boolean;
  /** Called each time it ends without having been asked to. A given server never calls. */
  onExit(listener: (why: string) => void): void;
  restart(): Promise<void>;
  /** As `kill -9` does: for trials of what happens then. Nothing for a given server. */
  kill(): Promise<void>;
  /** Clean stop; a given server is left alone. Idempotent. */
  stop(): Promise<void>;
}

/** A given server does not answer, or refuses us. */
export class PostgresNotAnswering extends Error {
  readonly code = 'POSTGRES_NOT_ANSWERING';
}

/** Resolves when it answers a query. @throws NoWay, PortInUse, DamagedData, DidNotStart, PostgresNotAnswering */
export async function openPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const folder = join(options.dataDirectory, 'postgres');
  const wayFile = join(folder, 'way.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = keptWay(wayFile);
  if (options.given) {
    chooseAddress({ part: 'PostgreSQL', kept });
    const server = await openGivenPostgres(options.given);
    keepWay(wayFile, 'address');
    return server;
  }
  const patient = (kept ?? options.way) === 'docker';
  const way = await chooseWay({
    part: 'PostgreSQL',
    address: 'DATABASE_URL',
    kept,
    forced: options.way,
    progress: options.progress,
    candidates: [
      {
        way: 'docker',
        title: 'Docker',
        obstacle: () => imageObstacle(POSTGRES_IMAGE, options.progress, { mayPull: options.mayPull, patient }),
      },
      { way: 'local', title: 'the embedded PostgreSQL', obstacle: binariesObstacle },
    ],
  });
  if (way === 'docker' && kept === undefined) await forgetVolume('postgres', options.dataDirectory);
  const settings: PostgresSettings = {
    dataDirectory: resolve(options.dataDirectory),
    logFile: join(options.dataDirectory, 'logs', 'postgres.log'),
    password: secretOf(options.dataDirectory, 'postgres-superuser'),
    passwordFile: resolve(secretFileOf(options.dataDirectory, 'postgres-superuser')),
  };
  const database = way === 'docker' ? dockerPostgres(settings) : localPostgres(settings);
  const urlOf = (port: number, name: string): string =>
    `postgres://${SUPERUSER}:${settings.password}@127.0.0.1:${port}/${name}`;
  const server = await superviseServer(
    {
      title: 'PostgreSQL',
      logFile: settings.logFile,
      startMs: 60_000,
      stopMs: 10_000,
      tellingLine: /\b(FATAL|PANIC|ERROR)\b|docker: Error/,
      lease: async () => ({ database: await leasePort({ name: 'PostgreSQL', ...options.port }) }),
      start: (ports) => database.start(ports.database.port),
      answers: async (ports) => (await whyNotAnswering(urlOf(ports.database.port, 'postgres'))) === null,
      mayRetry: () => database.mayRetry(),
    },
    options.progress,
  );
  const { port, moved } = server.ports.database;
  await createDatabase(urlOf(port, 'postgres'), DATABASE);
  keepWay(wayFile, way);
  return {
    way,
    adminUrl: urlOf(port, DATABASE),
    address: `postgres://127.0.0.1:${port}/${DATABASE}`,
    portMoved: moved,
    onExit: server.onExit,
    restart: server.restart,
    kill: () => database.kill(),
    stop: server.stop,
  };
}

async function openGivenPostgres(url: string): Promise<PostgresServer> {
  const why = await whyNotAnswering(url);
  const { host, pathname } = new URL(url);
  if (why !== null)
    throw new PostgresNotAnswering(`DATABASE_URL is set, and ${host}${pathname} does not answer: ${why}`);
  return {
    way: 'address',
    adminUrl: url,
    address: `postgres://${host}${pathname}`,
    portMoved: false,
    onExit: () => undefined,
    restart: async () => undefined,
    kill: async () => undefined,
    stop: async () => undefined,
  };
}

/** Null when a query is answered, otherwise the code of what stands against it. */
async function whyNotAnswering(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code ?? message;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Nothing if it is there already. */
async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

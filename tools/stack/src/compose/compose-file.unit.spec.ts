// docker-compose.yml says again what the launcher does: here they are held together.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadOffices } from '@citystreams/policy';
import { parse } from 'yaml';
import { z } from 'zod';
import { type CityFiles, readCity } from '../demo/found-city.js';
import { HEAP, QUICK_START } from '../kafka/broker.js';
import { KAFKA_IMAGE } from '../kafka/docker-broker.js';
import { tokenKeyFlags } from '../kafka/server-properties.js';
import {
  agencyProcess,
  controlProcess,
  gatewayProcess,
  identityProcess,
  type PlanContext,
  routerProcess,
} from '../launcher/service-plan.js';
import type { ProcessSpec } from '../launcher/supervised-process.js';
import { DATABASE } from '../postgres/open-postgres.js';
import { POSTGRES_IMAGE } from '../postgres/docker-postgres.js';
import { INITDB_FLAGS, SUPERUSER } from '../postgres/postgres-process.js';
import {
  APPLICATION,
  BROKER_DATA,
  BROKER_HOST,
  BROKER_HOST_PORT,
  BROKER_PORTS,
  INSIDE,
  SECRETS,
  STATE,
} from './addresses.js';
import { AGENCIES, READERS } from './readers.js';
import { makeSecrets, type Secrets } from './secrets.js';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const Service = z.looseObject({
  image: z.string(),
  user: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  restart: z.string(),
  cap_drop: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({}).optional(),
});
/** Variables as with nothing set in the environment. */
const withDefaults = (text: string): string => text.replace(/(?<!\$)\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
const services = z
  .object({ services: z.record(z.string(), Service) })
  .parse(
    parse(withDefaults(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')), { merge: true, maxAliasCount: -1 }),
  ).services;
const serviceOf = (name: string): z.infer<typeof Service> => {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
};
const RATE = 5;
const ONE_SHOT = new Set(['init', 'bootstrap', 'demo']);

let folder: string;
let secrets: Secrets;
let city: CityFiles;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const ports = { gateway: 8080, catalogue: 8081, identity: 8082, kafka: 9092 };
  secrets = makeSecrets(folder, loadOffices(join(ROOT, 'policy')), ports);
  city = readCity(ROOT);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the launcher would start, with the addresses and folders of the containers. */
function launcherProcesses(): ProcessSpec[] {
  const kafka = { brokers: [`${BROKER_HOST}:${BROKER_PORTS.client}`], securityProtocol: 'SASL_PLAINTEXT' };
  const contextOf = (service: string): PlanContext => ({
    root: APPLICATION,
    addresses: INSIDE,
    policyDirectory: join(APPLICATION, 'policy'),
    ownIssuer: true,
    auditKeyFile: join(SECRETS, service, 'audit-key'),
    secretFileOf: (account) => join(SECRETS, service, `client-${account}`),
    stateFolderOf: (account) => join(STATE, account),
  });
  const control = (service: 'catalogue' | 'subscriptions'): ProcessSpec => {
    const urlFile = join(SECRETS, service, 'database-url');
    const ownerUrlFile = join(SECRETS, service, 'database-owner-url');
    return controlProcess(contextOf(service), service, kafka, { url: '', urlFile, ownerUrl: '', ownerUrlFile });
  };
  const own = join(SECRETS, 'identity');
  const issuerFiles = { accountsFile: join(own, 'accounts.json'), keysFile: join(own, 'keys.json') };
  return [
    identityProcess(contextOf('identity'), issuerFiles, undefined),
    control('catalogue'),
    control('subscriptions'),
    routerProcess(contextOf('router'), kafka, join(SECRETS, 'router', 'mask-key')),
    gatewayProcess(contextOf('gateway')),
    ...[...city.demo.feeds, ...city.demo.consumers].map((agency) =>
      agencyProcess(contextOf(agency.account), agency, kafka, RATE),
    ),
  ];
}

describe('docker-compose.yml', () => {
  test('runs every process of the local stack, the same program with the same settings', () => {
    for (const { name, entry, env } of launcherProcesses()) {
      const { command, environment } = serviceOf(name);
      expect([name, ...command.map((word) => join(APPLICATION, word))]).toEqual([name, entry]);
      // In a container every address is its own.
      const address = env['HOST'] === undefined ? {} : { HOST: '0.0.0.0' };
      // People reach the gateway from outside of its network.
      const outside = env['PUBLIC_URL'] === undefined ? {} : { PUBLIC_URL: 'http://127.0.0.1:8080' };
      expect({ name, ...environment }).toEqual({ name, ...env, ...address, ...outside });
    }
  });

  test('has a service for each agency of the demonstration city, and no other', () => {
    const accounts = [...city.demo.feeds, ...city.demo.consumers].map(({ account }) => account);
    expect(AGENCIES.map(({ service }) => service).toSorted()).toEqual(accounts.toSorted());
    const known = [...READERS.map(({ service }) => service), 'init'];
    expect(Object.keys(services).toSorted()).toEqual(known.toSorted());
  });

  test('runs the servers as the local stack does', () => {
    const kafka = serviceOf('kafka');
    const jwks = join(SECRETS, 'kafka', 'jwks.json');
    expect(kafka.image).toBe(KAFKA_IMAGE);
    expect(kafka.environment).toEqual({
      KAFKA_HEAP_OPTS: HEAP,
      KAFKA_JVM_PERFORMANCE_OPTS: QUICK_START.join(' '),
      KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=file://${SECRETS}/kafka/log4j2.properties`,
      KAFKA_OPTS: tokenKeyFlags(`file://${jwks}`, jwks).join(' '),
    });
    expect(kafka.volumes).toContain(`kafka:${BROKER_DATA}`);
    const postgres = serviceOf('postgres');
    expect(postgres.image).toBe(POSTGRES_IMAGE);
    expect(postgres.environment).toMatchObject({
      POSTGRES_USER: SUPERUSER,
      POSTGRES_DB: DATABASE,
      POSTGRES_INITDB_ARGS: INITDB_FLAGS.join(' '),
    });
  });

  test('runs each reader of secrets as the user that its folder belongs to, and only init as root', () => {
    for (const { service, uid } of READERS) {
      expect([service, serviceOf(service).user]).toEqual([service, `${uid}:${uid}`]);
    }
    expect(new Set(READERS.map(({ uid }) => uid)).size).toBe(READERS.length);
    expect(serviceOf('init')).toMatchObject({ user: '0:0', network_mode: 'none' });
    for (const { cap_drop } of Object.values(services)) expect(cap_drop).toEqual(['ALL']);
  });

  test('names secrets by file alone: files of the own folder, which init makes', () => {
    for (const [name, { environment }] of Object.entries(services)) {
      for (const [variable, value] of Object.entries(environment)) {
        expect(`${name} ${variable}`).not.toMatch(
          /(SECRET|PASSWORD|MASK_KEY|SIGNING_KEY|DATABASE_URL|DATABASE_OWNER_URL)$/,
        );
        if (!variable.endsWith('_FILE')) continue;
        expect([name, dirname(value)]).toEqual([name, join(SECRETS, name)]);
        expect(Object.keys(secrets.files[name] ?? {})).toContain(basename(value));
      }
    }
  });

  test('publishes four ports on the loopback interface, none of them internal', () => {
    const published = Object.entries(services).flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
    expect(published.toSorted()).toEqual([
      'catalogue 127.0.0.1:8081:8081',
      'gateway 127.0.0.1:8080:8080',
      'identity 127.0.0.1:8082:8082',
      `kafka 127.0.0.1:9092:${BROKER_HOST_PORT}`,
    ]);
  });

  test('starts the servers again when they end, and the programs that prepare them once', () => {
    for (const [name, { restart }] of Object.entries(services)) {
      expect([name, restart]).toEqual([name, ONE_SHOT.has(name) ? 'no' : 'unless-stopped']);
    }
  });

  test('waits for programs to complete and for servers to be healthy, which all of them can tell', () => {
    const waits = Object.values(services).flatMap(({ depends_on }) => Object.entries(depends_on));
    for (const [name, { condition }] of waits) {
      const right = ONE_SHOT.has(name) ? 'service_completed_successfully' : 'service_healthy';
      expect([name, condition]).toEqual([name, right]);
      expect([name, serviceOf(name).healthcheck === undefined]).toEqual([name, ONE_SHOT.has(name)]);
    }
    // Otherwise `up --wait` would take their end for a failure.
    for (const name of ONE_SHOT) expect(waits.map(([awaited]) => awaited)).toContain(name);
  });
});

describe('the secrets of the containers', () => {
  test("give the mask key to the router alone, the audit key to who signs, and each account's secret to nobody but its own service", () => {
    const holders = (text: string): string[] =>
      Object.entries(secrets.files).flatMap(([service, files]) =>
        Object.values(files).some((content) => content.includes(text)) ? [service] : [],
      );
    expect(holders(secrets.files['router']?.['mask-key'] ?? '')).toEqual(['router']);
    expect(holders(secrets.files['subscriptions']?.['audit-key'] ?? '')).toEqual(['subscriptions']);
    for (const { service, accounts } of READERS) {
      for (const account of accounts) {
        const secret = secrets.stack.accounts.clients[account]?.secret ?? '';
        expect(holders(secret).toSorted()).toEqual(['identity', service].toSorted());
      }
    }
  });

  test('are the same at every start', () => {
    const ports = { gateway: 1, catalogue: 2, identity: 3, kafka: 4 };
    const again = makeSecrets(folder, loadOffices(join(ROOT, 'policy')), ports);
    expect({ ...again.files, kafka: {} }).toEqual({ ...secrets.files, kafka: {} });
    expect(again.stack.kafka.bootstrapServers).toBe('localhost:4');
  });
});

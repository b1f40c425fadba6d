/** The catalogue as a process of its own would be: real database, Kafka and issuer, spoken to over HTTP with tokens. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, HTTP_AUDIENCE, KAFKA_AUDIENCE, POLICY_FILES, type Role } from '@citystreams/contracts';
import { createService } from '@citystreams/nest';
import { type FreshDatabase, stack, waitUntil } from '@citystreams/testing';
import { CatalogueSettings } from '../src/config.js';
import { catalogueService } from '../src/service.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

interface AskOptions {
  type?: string;
  headers?: Record<string, string>;
}

/** What any of the routes may say, unchecked: each test says what it expects. */
interface Body {
  code: string;
  problems: Finding[];
  error_code: number;
  message: string;
  id: number;
  schema: string;
  items: { agency: string; stream: string; state: string; level: string }[];
  next: string | null;
  fields: { path: string }[];
  versions: { version: number; schemaId: number; changes: { kind: string; path: string; text: string }[] }[];
  level: string;
  title: { en: string; zh: string };
  sample: unknown;
  consumers: string[] | null;
  traffic: { newestAt: string | null; records: string; recordsPerSecond: number } | null;
  concepts: string[];
  retired: { reason: string } | null;
}

export interface City {
  /** Agencies of this spec alone. */
  owner: string;
  consumer: string;
  policyDir: string;
  /** Asks as an account; null: without a token. */
  ask(account: string | null, method: string, url: string, body?: unknown, o?: AskOptions): Promise<Answer>;
  account(name: string, agency: string, role: Role): Promise<string>;
  /** Of an account that was made here. */
  secretOf(name: string): string;
  remove(): void;
}

/** Of this repository: which levels may be kept how long. */
const CITY_POLICY = join(import.meta.dirname, '../../../policy');

/** Two offices that no other spec has, in policy files of their own. */
export async function foundCity(): Promise<City> {
  const prefix = stack().freshTopicPrefix();
  const [owner, consumer] = [`${prefix}harbour`, `${prefix}park`];
  const policyDir = mkdtempSync(join(tmpdir(), 'policy-'));
  mkdirSync(join(policyDir, 'offices'));
  for (const file of POLICY_FILES) copyFileSync(join(CITY_POLICY, file), join(policyDir, file));
  for (const agency of [owner, consumer]) {
    writeFileSync(join(policyDir, 'offices', `${agency}.yaml`), JSON.stringify(officeOf(agency)));
  }
  const tokens = new Map<string, Promise<string>>();
  const secrets = new Map<string, string>();
  const account = async (name: string, agency: string, role: Role): Promise<string> => {
    const made = await stack().account(name, { agency, roles: [role] });
    secrets.set(name, made.clientSecret);
    await waitUntil(`the issuer knows ${name}`, async () => (await requestToken(name, made.clientSecret)) !== null);
    return name;
  };
  const tokenOf = (name: string): Promise<string> => {
    const known = tokens.get(name) ?? requestToken(name, secrets.get(name) ?? '').then((token) => token ?? '');
    tokens.set(name, known);
    return known;
  };
  return {
    owner,
    consumer,
    policyDir,
    account,
    secretOf: (name) => secrets.get(name) ?? '',
    async ask(name, method, url, body, { type = 'application/json', headers = {} } = {}) {
      const response = await fetch(url, {
        method,
        headers: {
          ...(name !== null && { authorization: `Bearer ${await tokenOf(name)}` }),
          ...(body !== undefined && { 'content-type': type }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: JSON.parse(text) as Body, text };
    },
    remove: () => rmSync(policyDir, { recursive: true, force: true }),
  };
}

async function requestToken(clientId: string, secret: string): Promise<string | null> {
  const response = await fetch(stack().tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: HTTP_AUDIENCE }),
  });
  if (!response.ok) return null;
  return ((await response.json()) as { access_token: string }).access_token;
}

export interface RunningCatalogue {
  url: string;
  stop(): Promise<void>;
}

/** Resolves when it says that it is ready. */
export async function startCatalogue(city: City, database: FreshDatabase): Promise<RunningCatalogue> {
  const self = await stack().account('citystreams.catalogue', { agency: 'citystreams', roles: ['service'] });
  const config = CatalogueSettings.parse({
    PORT: '0',
    LOG_LEVEL: 'fatal',
    OIDC_ISSUER: stack().issuer,
    HTTP_AUDIENCE,
    KAFKA_AUDIENCE,
    KAFKA_BROKERS: stack().kafka.brokers.join(','),
    CLIENT_ID: self.clientId,
    CLIENT_SECRET: self.clientSecret,
    DATABASE_URL: database.services.catalogue.url,
    DATABASE_OWNER_URL: database.services.catalogue.ownerUrl,
    POLICY_DIR: city.policyDir,
    REGISTRY_BASIC_AUTH: 'on',
  });
  const app = await createService(catalogueService(config));
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  await waitUntil('the catalogue is ready', async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 30_000 });
  return { url, stop: () => app.close() };
}

const officeOf = (agency: string) => ({
  agency,
  kind: 'bureau',
  name: { en: agency, zh: agency },
  contact: 'office@example.org',
  dataOfficer: { name: 'An Officer', account: `${agency}.steward`, email: 'steward@example.org' },
  deputy: { name: 'A Deputy', account: `${agency}.deputy`, email: 'deputy@example.org' },
  privacyOfficer: { name: 'A Privacy Officer', account: `${agency}.privacy`, email: 'privacy@example.org' },
  services: [
    { service: 'pilot', purpose: 'publishes' },
    { service: 'crane', purpose: 'does other work' },
  ],
});

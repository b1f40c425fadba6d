/** A small city of its own for one spec file: an airport that owns streams, two districts that ask, a city hall. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HTTP_AUDIENCE, POLICY_FILES, type Role } from '@citystreams/contracts';
import { stack, waitUntil } from '@citystreams/testing';

const POLICY = fileURLToPath(new URL('../../../policy', import.meta.url));

export interface Answer<T> {
  status: number;
  etag: string | null;
  body: T;
}

export interface District {
  airport: string;
  east: string;
  west: string;
  hall: string;
  policyDir: string;
  /** Accounts by what they are for. */
  who: Readonly<
    Record<
      | 'owner'
      | 'privacy'
      | 'ownerDeputy'
      | 'cdoDeputy'
      | 'east'
      | 'eastService'
      | 'west'
      | 'cdo'
      | 'auditor'
      | 'platform',
      string
    >
  >;
  /** `T` is what the caller expects, on its own word. */
  ask<T>(
    account: string | null,
    method: 'GET' | 'POST',
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>;
  get(account: string | null, url: string): Promise<Response>;
  remove(): void;
}

export async function foundDistrict(): Promise<District> {
  const prefix = stack().freshTopicPrefix();
  const [airport, east, west, hall] = ['airport', 'east', 'west', 'hall'].map((name) => prefix + name) as [
    string,
    string,
    string,
    string,
  ];
  const policyDir = mkdtempSync(join(tmpdir(), 'policy-'));
  mkdirSync(join(policyDir, 'calendar'));
  for (const file of [...POLICY_FILES, 'calendar/days.yaml']) cpSync(join(POLICY, file), join(policyDir, file));
  mkdirSync(join(policyDir, 'offices'));
  const offices = [airport, east, west].map((agency) => officeOf(agency, []));
  for (const office of [...offices, officeOf(hall, ['cdo', 'platform', 'auditor'])]) {
    writeFileSync(join(policyDir, 'offices', `${office.agency}.yaml`), JSON.stringify(office));
  }
  const secrets = new Map<string, string>();
  const account = async (name: string, agency: string, ...roles: Role[]): Promise<string> => {
    const made = await stack().account(name, { agency, roles });
    secrets.set(name, made.clientSecret);
    await waitUntil(`the issuer knows ${name}`, async () => (await requestToken(name, made.clientSecret)) !== null);
    return name;
  };
  const [owner, privacy, ownerDeputy, cdoDeputy, eastSteward, eastService, westSteward, cdo, auditor, platform] =
    await Promise.all([
      account(`${airport}.steward`, airport, 'steward'),
      account(`${airport}.privacy`, airport, 'privacy-officer'),
      account(`${airport}.deputy`, airport),
      account(`${west}.deputy`, west),
      account(`${east}.steward`, east, 'steward'),
      account(`${east}.operations`, east, 'service'),
      account(`${west}.steward`, west, 'steward'),
      account(`${prefix}cdo`, hall, 'cdo'),
      account(`${prefix}auditor`, hall, 'auditor'),
      account(`${prefix}platform`, hall, 'platform'),
    ]);
  const tokens = new Map<string, Promise<string | null>>();
  const tokenOf = (name: string): Promise<string | null> => {
    const token = tokens.get(name) ?? requestToken(name, secrets.get(name) ?? '');
    tokens.set(name, token);
    return token;
  };
  return {
    airport,
    east,
    west,
    hall,
    policyDir,
    who: {
      owner,
      privacy,
      ownerDeputy,
      cdoDeputy,
      east: eastSteward,
      eastService,
      west: westSteward,
      cdo,
      auditor,
      platform,
    },
    async ask(name, method, url, body, headers = {}) {
      const response = await fetch(url, {
        method,
        headers: {
          ...(name !== null && { authorization: `Bearer ${await tokenOf(name)}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        // Text is sent as it is: some of it is no JSON, on purpose.
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: JSON.parse(text), etag: response.headers.get('etag') };
    },
    get: async (name, url) =>
      fetch(url, name === null ? {} : { headers: { authorization: `Bearer ${await tokenOf(name)}` } }),
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

const officeOf = (agency: string, cityRoles: readonly string[]) => ({
  agency,
  kind: 'bureau',
  name: { en: agency, zh: agency },
  contact: 'office@example.org',
  dataOfficer: { name: 'An Officer', account: `${agency}.steward`, email: 'steward@example.org' },
  deputy: { name: 'A Deputy', account: `${agency}.deputy`, email: 'deputy@example.org' },
  privacyOfficer: { name: 'A Privacy Officer', account: `${agency}.privacy`, email: 'privacy@example.org' },
  services: [
    { service: 'operations', purpose: 'consumes' },
    { service: 'desk', purpose: 'publishes' },
  ],
  cityRoles: cityRoles.map((role) => ({
    role,
    person: { name: `The ${role}`, account: role, email: `${role}@example.org` },
  })),
});

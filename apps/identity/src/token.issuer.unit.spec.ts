import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HTTP_AUDIENCE, type IssuerAccounts, KAFKA_AUDIENCE } from '@citystreams/contracts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { openAccounts } from './account.store.js';
import { closeServer, serveIssuer } from './identity.server.js';
import { parseSigningKeys } from './signing-keys.js';
import { createIssuer } from './token.issuer.js';

const ISSUER = 'http://127.0.0.1:8082';
const both = [HTTP_AUDIENCE, KAFKA_AUDIENCE];
const start: IssuerAccounts = {
  clients: {
    'futian.operations': { secret: 'one+two/3=', agency: 'futian', roles: ['service'], audiences: both },
    'futian.steward': { secret: 'pen', agency: 'futian', roles: ['steward'], audiences: both, password: 'p' },
    'citystreams.router': { secret: 'r', agency: 'citystreams', roles: ['service'], audiences: both },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'identity-'));
const accountsFile = join(folder, 'accounts.json');
const lines: string[] = [];
let server: Server | undefined;
let at: string;

beforeAll(async () => {
  writeFileSync(accountsFile, JSON.stringify(start));
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const keys = JSON.stringify({ keys: [{ ...jwk, kid: 'k1', alg: 'ES256', use: 'sig' }] });
  const log = (...line: unknown[]) => void lines.push(JSON.stringify(line));
  const provider = createIssuer({
    issuer: ISSUER,
    jwks: parseSigningKeys(keys),
    accounts: await openAccounts(accountsFile, (problem) => log(problem.message)),
    audiences: { http: HTTP_AUDIENCE, kafka: KAFKA_AUDIENCE },
    agencyTokenSeconds: 300,
    log,
  });
  server = await serveIssuer(provider, '127.0.0.1', 0);
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  if (server !== undefined) await closeServer(server);
  rmSync(folder, { recursive: true });
});

async function ask(id: string, secret: string, wishes: Record<string, string> = {}, way: 'basic' | 'post' = 'basic') {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...wishes });
  const headers: Record<string, string> = {};
  if (way === 'post') {
    form.set('client_id', id);
    form.set('client_secret', secret);
  } else {
    const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const answer = await fetch(`${at}/token`, { method: 'POST', headers, body: form });
  const body = (await answer.json()) as { access_token?: string; expires_in?: number; error?: string };
  return { status: answer.status, ...body };
}

async function claimsOf(token: string | undefined) {
  const keys = createRemoteJWKSet(new URL(`${at}/jwks`));
  return (await jwtVerify(token ?? '', keys, { issuer: ISSUER, algorithms: ['ES256'], typ: 'at+jwt' })).payload;
}

describe('a token', () => {
  test('says who, of which agency, in which roles, for which audience', async () => {
    const { access_token } = await ask('futian.operations', 'one+two/3=', { resource: KAFKA_AUDIENCE });
    const claims = await claimsOf(access_token);
    expect(claims).toMatchObject({
      sub: 'futian.operations',
      aud: KAFKA_AUDIENCE,
      agency: 'futian',
      roles: ['service'],
    });
    expect(claims['client_id']).toBe('futian.operations');
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
  });

  test.each(['basic', 'post'] as const)('comes to a client that authenticates by %s', async (way) => {
    expect((await ask('futian.operations', 'one+two/3=', {}, way)).status).toBe(200);
  });

  test('is for Kafka by default, for HTTP where the scope says so', async () => {
    const kafka = await ask('futian.operations', 'one+two/3=');
    expect((await claimsOf(kafka.access_token)).aud).toBe(KAFKA_AUDIENCE);
    const named = await ask('futian.operations', 'one+two/3=', { scope: 'citystreams.kafka' });
    expect((await claimsOf(named.access_token)).aud).toBe(KAFKA_AUDIENCE);
    const http = await ask('futian.operations', 'one+two/3=', { scope: 'citystreams.http' });
    expect((await claimsOf(http.access_token)).aud).toBe(HTTP_AUDIENCE);
  });

  test("of the platform's own lives twelve hours", async () => {
    expect((await ask('citystreams.router', 'r')).expires_in).toBe(43_200);
  });

  test('for Kafka is refused to a person, whatever the accounts file lists', async () => {
    expect(await ask('futian.steward', 'pen', { resource: KAFKA_AUDIENCE })).toMatchObject({ error: 'invalid_target' });
    expect(await ask('futian.steward', 'pen')).toMatchObject({ error: 'invalid_target' });
    expect((await ask('futian.steward', 'pen', { resource: HTTP_AUDIENCE })).status).toBe(200);
  });

  test('for an unknown audience is refused', async () => {
    const other = await ask('futian.operations', 'one+two/3=', { resource: 'urn:other' });
    expect(other).toMatchObject({ status: 400, error: 'invalid_target' });
  });

  test('is refused to a wrong secret and to a stranger, and no log holds what they sent', async () => {
    expect(await ask('futian.operations', 'guess-4711')).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await ask('a-secret-by-mistake', 'guess-4711')).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(lines.join('\n')).not.toMatch(/guess-4711|a-secret-by-mistake/);
  });
});

describe('the accounts file', () => {
  test('counts as soon as it changes; a bad one leaves the last good one in force', async () => {
    const added = { secret: 'new', agency: 'bao-an', roles: ['service'], audiences: both };
    writeFileSync(accountsFile, JSON.stringify({ clients: { ...start.clients, 'bao-an.desk': added } }));
    expect((await ask('bao-an.desk', 'new')).status).toBe(200);

    writeFileSync(accountsFile, JSON.stringify({ clients: { 'internal-broker': added } }));
    expect((await ask('bao-an.desk', 'new')).status).toBe(200);
    expect((await ask('internal-broker', 'new')).status).toBe(401);
    expect(lines.filter((line) => line.includes('brokers or super users'))).toHaveLength(1);

    writeFileSync(accountsFile, JSON.stringify(start));
    expect((await ask('bao-an.desk', 'new')).status).toBe(401);
  });
});

test("the provider's pages for people signing in are not served", async () => {
  expect((await fetch(`${at}/auth`)).status).toBe(404);
  expect((await fetch(`${at}/healthz`)).status).toBe(200);
  expect((await fetch(`${at}/.well-known/openid-configuration`)).status).toBe(200);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HTTP_AUDIENCE, KAFKA_AUDIENCE } from '@citystreams/contracts';
import { openTokenSource } from '@citystreams/kafka';
import { patience, stack, waitUntil } from '@citystreams/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';

/** The gateway stands for every service here: configuration, tokens, signals and start are the library's. */
const MAIN = fileURLToPath(new URL('../../../apps/gateway/dist/main.js', import.meta.url));

interface Service {
  process: ChildProcess;
  output(): string;
  lines(): Record<string, unknown>[];
  ended: Promise<{ code: number | null }>;
}

let upstream: Server;
let folder: string;
let running: Service[] = [];
let held: (() => void)[] = [];

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error('the gateway is not built: npm test builds first');
  folder = mkdtempSync(join(tmpdir(), 'service-process-'));
  upstream = createServer((request, response) => {
    if (request.url === '/api/requests/held') held.push(() => response.end('{}'));
    else response.setHeader('content-type', 'application/json').end('{}');
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
});
beforeEach(() => {
  held = [];
  running = [];
});
afterEach(async () => {
  for (const { process, ended } of running) {
    process.kill('SIGKILL');
    await ended;
  }
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
  rmSync(folder, { recursive: true });
});

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const environment = () => ({
  PORT: '0',
  OIDC_ISSUER: stack().issuer,
  HTTP_AUDIENCE,
  CATALOGUE_URL: addressOf(upstream),
  SUBSCRIPTIONS_URL: addressOf(upstream),
});

function start(env: Record<string, string>): Service {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const service: Service = {
    process: child,
    output: () => output,
    lines: () => output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : [])),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null })),
  };
  running.push(service);
  return service;
}

async function addressWhenUp(service: Service): Promise<string> {
  const address = () => service.lines().find(({ msg }) => msg === 'listening')?.['address'];
  await waitUntil('the service listens', () => address() !== undefined, { timeoutMs: 30_000 });
  return String(address());
}

const tokenFor = async (audience: string, principal = 'futian.operations'): Promise<string> => {
  const { clientId, clientSecret, tokenEndpoint } = await stack().account(principal);
  const source = openTokenSource({ tokenEndpoint, clientId, clientSecret, audience });
  return source.token().finally(() => source.close());
};

jest.setTimeout(patience(30_000));

describe('a service process', () => {
  test('knows the callers of the real issuer, and refuses their Kafka tokens', async () => {
    const address = await addressWhenUp(start(environment()));
    const ask = async (audience: string) => {
      const authorization = `Bearer ${await tokenFor(audience)}`;
      return fetch(`${address}/api/whoami`, { headers: { authorization } });
    };
    expect(await (await ask(HTTP_AUDIENCE)).json()).toMatchObject({
      principal: 'futian.operations',
      agency: 'futian',
      roles: ['service'],
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const refused = await ask(KAFKA_AUDIENCE);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('reads a value from the file that X_FILE names', async () => {
    const { OIDC_ISSUER, ...rest } = environment();
    writeFileSync(join(folder, 'issuer'), `${OIDC_ISSUER}\n`);
    const address = await addressWhenUp(start({ ...rest, OIDC_ISSUER_FILE: join(folder, 'issuer') }));
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
  });

  test('half configured does not start, and says everything that is missing', async () => {
    const service = start({ PORT: 'eighty', CATALOGUE_URL: 'ftp://x' });
    expect(await service.ended).toEqual({ code: 1 });
    for (const variable of ['PORT', 'OIDC_ISSUER', 'HTTP_AUDIENCE', 'CATALOGUE_URL', 'SUBSCRIPTIONS_URL']) {
      expect(service.output()).toContain(`  ${variable}: `);
    }
  });

  test('that cannot start says why in one line', async () => {
    const taken = new URL(addressOf(upstream)).port;
    const service = start({ ...environment(), PORT: taken });
    expect(await service.ended).toEqual({ code: 1 });
    expect(service.lines()).toEqual([
      expect.objectContaining({ level: 'fatal', msg: 'could not start', code: 'EADDRINUSE' }),
    ]);
  });

  test('asked to stop, finishes what is in flight and ends with 0', async () => {
    const service = start(environment());
    const address = await addressWhenUp(service);
    const authorization = `Bearer ${await tokenFor(HTTP_AUDIENCE)}`;
    const inFlight = fetch(`${address}/api/requests/held`, { headers: { authorization } });
    await waitUntil('the request has arrived', () => held.length === 1);
    service.process.kill('SIGTERM');
    await waitUntil('it is stopping', () => service.lines().some(({ msg }) => msg === 'stopping'));
    for (const answer of held) answer();
    expect((await inFlight).status).toBe(200);
    expect(await service.ended).toEqual({ code: 0 });
  });

  test('asked to stop, waits 5 s at most for an answer that does not come', async () => {
    const service = start(environment());
    const address = await addressWhenUp(service);
    const authorization = `Bearer ${await tokenFor(HTTP_AUDIENCE)}`;
    const lost = fetch(`${address}/api/requests/held`, { headers: { authorization } }).catch(() => 'lost');
    await waitUntil('the request has arrived', () => held.length === 1);
    const began = performance.now();
    service.process.kill('SIGTERM');
    expect(await service.ended).toEqual({ code: 1 });
    expect(performance.now() - began).toBeLessThan(7_000);
    expect(await lost).toBe('lost');
  });

  test('prints no token, secret or body, at the most talkative level', async () => {
    const service = start({ ...environment(), LOG_LEVEL: 'trace' });
    const address = await addressWhenUp(service);
    const token = await tokenFor(HTTP_AUDIENCE);
    await fetch(`${address}/api/requests?name=private`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"reason":"private"}',
    });
    await waitUntil('the request is in the log', () => service.output().includes('/api/requests'));
    expect(service.output()).not.toContain(token.slice(-20));
    expect(service.output()).not.toContain('private');
  });
});

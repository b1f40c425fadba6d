import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CommandContext } from './context.js';
import { runCommand } from './program.js';

/** One server that answers as issuer and as gateway; what a session does with real ones is told by the journeys. */
const SECRET = 'hush-4711';
let server: Server;
let at: string;
let tokens = 0;
let lifeSeconds = 300;
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
const sessionsFile = join(folder, 'config', 'citystreams', 'sessions.json');

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/.well-known/openid-configuration') return answer(200, { token_endpoint: `${at}/token` });
    if (request.url === '/token') {
      const pair = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString();
      if (!pair.endsWith(`:${SECRET}`)) return answer(401, { error: 'invalid_client' });
      tokens += 1;
      return answer(200, { access_token: `token-${tokens}`, expires_in: lifeSeconds });
    }
    if (request.url === '/api/whoami' && request.headers.authorization === `Bearer token-${tokens}`) {
      const me = { principal: 'futian.steward', agency: 'futian', roles: ['steward'] };
      return answer(200, { ...me, expiresAt: '2026-11-23T12:05:00Z' });
    }
    return answer(401, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  tokens = 0;
  lifeSeconds = 300;
  rmSync(join(folder, 'config'), { recursive: true, force: true });
  rmSync(join(folder, '.citystreams'), { recursive: true, force: true });
});

function startStack(): void {
  mkdirSync(join(folder, '.citystreams'), { recursive: true });
  const kafka = { bootstrapServers: '127.0.0.1:1', securityProtocol: 'SASL_PLAINTEXT', mechanism: 'OAUTHBEARER' };
  const person = { password: 'p', clientSecret: SECRET, agency: 'futian', roles: ['steward'] };
  const stack = {
    ...{ gateway: at, registry: at, issuer: at, tokenEndpoint: `${at}/token`, kafka, postgres: 'postgres://x' },
    ...{ httpAudience: 'urn:citystreams:http', kafkaAudience: 'urn:citystreams:kafka' },
    clients: {},
    people: { 'futian.steward': person, 'bao-an.steward': { ...person, clientSecret: 'other' } },
  };
  writeFileSync(join(folder, '.citystreams', 'stack.json'), JSON.stringify(stack));
}

async function run(line: string, over: Partial<CommandContext> = {}) {
  const out: string[] = [];
  const errors: string[] = [];
  const context: CommandContext = {
    env: { XDG_CONFIG_HOME: join(folder, 'config') },
    cwd: folder,
    home: folder,
    now: () => new Date('2026-11-23T12:00:00Z'),
    pause: async () => undefined,
    out: (text) => void out.push(text),
    askSecret: null,
    ...over,
  };
  const code = await runCommand(line.split(' '), context, (text) => void errors.push(text));
  return { code, out: out.join('\n'), errors: errors.join('') };
}

describe('login', () => {
  test("takes the secret of the local stack's account and keeps the token alone, for its owner alone", async () => {
    startStack();
    expect(await run('login futian.steward')).toMatchObject({ code: 0, out: `Logged in at ${at} as futian.steward.` });
    expect(readFileSync(sessionsFile, 'utf8')).toContain('token-1');
    expect(readFileSync(sessionsFile, 'utf8')).not.toContain(SECRET);
    expect(statSync(sessionsFile).mode & 0o777).toBe(0o600);
  });

  test('finds the stack from a folder below it', async () => {
    startStack();
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    expect((await run('login futian.steward', { cwd: join(folder, 'a', 'b') })).code).toBe(0);
  });

  test('names accounts of the agency when there is none of that name', async () => {
    startStack();
    const { code, errors } = await run('login futian.stewart');
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('futian.steward') });
  });

  test('says so when the secret is wrong', async () => {
    startStack();
    const { code, errors } = await run('login bao-an.steward');
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('does not accept this secret') });
  });

  test('elsewhere takes the secret from the environment, or asks', async () => {
    const env = { XDG_CONFIG_HOME: join(folder, 'config'), CITYSTREAMS_CLIENT_SECRET: SECRET };
    const elsewhere = `login futian.steward --url ${at} --issuer ${at}`;
    expect((await run(elsewhere, { env })).code).toBe(0);
    expect((await run(elsewhere, { askSecret: async () => SECRET })).code).toBe(0);
    expect((await run(elsewhere)).code).toBe(2);
  });

  test('names a gateway by a profile, which later commands take', async () => {
    const askSecret = async () => SECRET;
    await run(`login futian.steward --url ${at} --issuer ${at} --profile city`, { askSecret });
    expect((await run('whoami --profile city')).out).toContain('futian.steward');
    expect((await run('whoami --profile town')).code).toBe(2);
  });
});

describe('whoami', () => {
  test('asks the gateway; a table for people, JSON for scripts', async () => {
    startStack();
    await run('login futian.steward');
    expect((await run('whoami')).out).toMatch(/account +futian\.steward\nagency +futian\nroles +steward\n/);
    expect(JSON.parse((await run('whoami --json')).out)).toMatchObject({ agency: 'futian', roles: ['steward'] });
  });

  test('renews a session of the local stack that has expired', async () => {
    startStack();
    lifeSeconds = 1;
    await run('login futian.steward');
    expect((await run('whoami')).code).toBe(0);
    expect(tokens).toBe(2);
  });

  test('elsewhere an expired session asks to log in again', async () => {
    lifeSeconds = 1;
    await run(`login futian.steward --url ${at} --issuer ${at}`, { askSecret: async () => SECRET });
    const { code, errors } = await run(`whoami --url ${at}`);
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('expired') });
  });

  test('without a session, and without a gateway, says what to do', async () => {
    expect((await run('whoami')).errors).toContain('npm start');
    startStack();
    expect((await run('whoami')).errors).toContain('citystreams login');
  });
});

describe('exit codes', () => {
  test.each(['nonsense', 'login', 'login a b', 'whoami --wrong', '--url'])('2 for "%s"', async (line) => {
    const { code, errors } = await run(line);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('error') });
  });

  test('0 for help', async () => {
    const { code, out } = await run('login --help');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('It is not kept') });
  });
});

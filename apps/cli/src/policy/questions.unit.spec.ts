import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExplainResource, ReadersResource, SimulationResource } from '@citystreams/contracts';
import { runCommand } from '../program.js';

/** Answers as issuer and gateway, and keeps what it was asked; the real answers are the service's own specs'. */
const asked: { url: string; body: string }[] = [];
const id = '01JZ0000000000000000000000';
const simulation = {
  before: '2026-1',
  after: '2026-2',
  played: 40,
  failures: 0,
  differences: [
    {
      request: id,
      stream: 'bao-an.flight-movement',
      asking: 'futian',
      before: { outcome: 'asked', steps: ['owner'], replyWorkingDays: 5 },
      after: { outcome: 'refused', code: 'POLICY_FORBIDS', text: 'too long' },
    },
  ],
} as unknown as SimulationResource;
const answer = {
  principal: 'futian.operations',
  stream: 'bao-an.flight-movement',
  field: 'gate',
  at: '2026-11-23T00:00:00.000Z',
  readable: 'yes',
  reason: 'GRANTED',
  text: 'granted, and every plane shows it (ACTIVE)',
  entitlement: { id, version: 1, request: id, state: 'ACTIVE', since: '2026-11-01T00:00:00.000Z' },
  shownAs: 'first(1)',
  condition: null,
  decisions: [],
} as unknown as ExplainResource;
const readers = {
  stream: 'bao-an.flight-movement',
  field: 'gate',
  at: '2026-11-23T00:00:00.000Z',
  readers: [
    {
      principal: 'futian.operations',
      entitlement: id,
      version: 1,
      readable: 'perhaps',
      shownAs: 'keep',
      condition: 'delay > 15',
    },
  ],
} as unknown as ReadersResource;

const folder = mkdtempSync(join(tmpdir(), 'cli-policy-'));
let server: Server;
let at: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const url = request.url ?? '';
      asked.push({ url, body });
      const replies: [string, object][] = [
        ['/.well-known/openid-configuration', { token_endpoint: `${at}/token` }],
        ['/token', { access_token: 'token', expires_in: 300 }],
        ['/api/policy/simulate', simulation],
        ['/api/explain/readers?', readers],
        ['/api/explain?', answer],
      ];
      const reply = replies.find(([path]) => url.startsWith(path));
      response.writeHead(reply === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply?.[1] ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect((await run(`login cdo --url ${at} --issuer ${at}`)).code).toBe(0);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function run(line: string) {
  const out: string[] = [];
  const errors: string[] = [];
  const context = {
    env: { XDG_CONFIG_HOME: join(folder, 'config') },
    cwd: folder,
    home: folder,
    now: () => new Date('2026-11-23T12:00:00Z'),
    pause: async () => undefined,
    out: (text: string) => void out.push(text),
    askSecret: async () => 'secret',
  };
  const code = await runCommand(line.split(' '), context, (text) => void errors.push(text));
  return { code, out: out.join('\n'), errors: errors.join('') };
}

describe('policy simulate', () => {
  test('sends the files that are there and says what they would have decided otherwise', async () => {
    writeFileSync(join(folder, 'matrix.yaml'), 'version: "2026-2"\n');
    const { code, out } = await run(`policy simulate . --url ${at}`);
    expect(code).toBe(0);
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({ 'matrix.yaml': 'version: "2026-2"\n' });
    expect(out).toContain('policy 2026-1 in force, 2026-2 as changed\n1 of 40 recorded requests');
    expect(out).toMatch(/REQUEST +ASKED BY +STREAM +2026-1 +2026-2/);
    expect(out).toMatch(
      /futian +bao-an.flight-movement +asks owner \(5 working days each\) +refused POLICY_FORBIDS: too long/,
    );
  });

  test('of a folder without a policy is a mistake in the command', async () => {
    expect(await run(`policy simulate config --url ${at}`)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('matrix.yaml'),
    });
  });
});

describe('explain', () => {
  test('tells why an account can read a field', async () => {
    const { out } = await run(
      `explain bao-an.flight-movement gate --principal futian.operations --at 2026-11-23T00:00:00Z --url ${at}`,
    );
    expect(asked.at(-1)?.url).toBe(
      '/api/explain?stream=bao-an.flight-movement&field=gate&at=2026-11-23T00%3A00%3A00Z&principal=futian.operations',
    );
    expect(out).toMatch(
      /can read +yes: granted, and every plane shows it \(ACTIVE\)\nshown as +first\(1\)\nevents +every event/,
    );
  });

  test('without an account tells who could; JSON for scripts', async () => {
    expect((await run(`explain bao-an.flight-movement gate --url ${at}`)).out).toMatch(
      /futian.operations +perhaps +keep +delay > 15/,
    );
    expect(JSON.parse((await run(`explain bao-an.flight-movement gate --json --url ${at}`)).out)).toEqual(readers);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRequest, CounterOffer, RefuseRequest, RuleOnDispute } from '@citystreams/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../program.js';

/** A gateway that writes down what it is sent: what the command says is held against the API's own schemas. */
const folder = mkdtempSync(join(tmpdir(), 'cli-requests-'));
const sent: { path: string; body: unknown }[] = [];
let server: Server;
const ID = '01JZ0000000000000000000000';

const request = {
  ...{ id: ID, state: 'PENDING_OWNER', stream: 'bao-an.flight-movement', owner: 'bao-an', asking: 'futian' },
  ...{ fields: ['delay'], masks: {}, predicate: null, restriction: null, purpose: 'traffic-management' },
  ...{ legalBasis: 'article 12', necessity: 'buses', duration: { months: 6 }, start: 'now', level: 'L1' },
  ...{ principals: ['futian.operations'], steps: ['owner'], policyVersion: '2026-1', due: 'owner', offer: null },
  waiting: {
    ...{ for: 'owner', since: '2026-03-02T02:00:00.000Z', limitDays: 5, dueAt: null, overdue: true, escalation: 1 },
    dueUnknown: 'the working days of 2027 are not published yet',
    people: [{ account: 'bao-an.deputy', name: 'Mo 莫', agency: 'bao-an', deputyFor: 'bao-an.steward' }],
    silent: [{ account: 'bao-an.steward', name: 'Zhong 钟' }],
  },
  questions: { asked: 0, most: 2, daysUsed: 0, mostDays: 5 },
  ...{ disputable: null, continues: null, checks: [], decisions: [], entitlement: null, createdBy: 'futian.steward' },
  ...{ createdAt: '2026-03-02T02:00:00.000Z', updatedAt: '2026-03-02T02:00:00.000Z' },
};

beforeAll(async () => {
  server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (part: Buffer) => (text += part.toString()));
    incoming.on('end', () => {
      if (incoming.url !== '/token') sent.push({ path: incoming.url ?? '', body: JSON.parse(text || 'null') });
      const answer = incoming.url === '/token' ? { access_token: 't', expires_in: 300 } : request;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, '.citystreams'));
  const person = { password: 'p', clientSecret: 's', agency: 'futian', roles: ['steward'] };
  const stack = {
    ...{ gateway: at, registry: at, issuer: at, tokenEndpoint: `${at}/token`, postgres: 'postgres://x', clients: {} },
    kafka: { bootstrapServers: '127.0.0.1:1', securityProtocol: 'SASL_PLAINTEXT', mechanism: 'OAUTHBEARER' },
    ...{ httpAudience: 'urn:citystreams:http', kafkaAudience: 'urn:citystreams:kafka' },
    people: { 'futian.steward': person },
  };
  writeFileSync(join(folder, '.citystreams', 'stack.json'), JSON.stringify(stack));
  await run('login', 'futian.steward');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
beforeEach(() => void sent.splice(0));

async function run(...argv: string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const context = {
    env: { XDG_CONFIG_HOME: join(folder, 'config') },
    ...{ cwd: folder, home: folder, now: () => new Date(), pause: async () => undefined, askSecret: null },
    out: (text: string) => void out.push(text),
  };
  const code = await runCommand(argv, context, (text) => void errors.push(text));
  return { code, out: out.join('\n'), errors: errors.join('') };
}

test('a new request says all that the API asks for, masks and condition as they are written', async () => {
  const asked = ['--fields', 'delay, origin', '--mask', 'origin=partial(first 1)', '--where', 'delay > 15'];
  const why = ['--purpose', 'traffic-management', '--basis', 'article 12', '--necessity', 'buses', '--months', '6'];
  const who = ['--principal', 'futian.operations', '--principal', 'futian.desk', '--renews', ID, '--submit'];
  expect((await run('request', 'new', 'bao-an.flight-movement', ...asked, ...why, ...who)).code).toBe(0);
  expect(sent.map(({ path }) => path)).toEqual(['/api/requests', `/api/requests/${ID}/submit`]);
  expect(CreateRequest.parse(sent[0]?.body)).toMatchObject({
    fields: ['delay', 'origin'],
    masks: { origin: 'partial(first 1)' },
    predicate: 'delay > 15',
    principals: ['futian.operations', 'futian.desk'],
    continues: { entitlement: ID, as: 'renewal' },
  });
});

test('decisions say all that the API asks for', async () => {
  const words = ['--ground', 'article 5', '--text', 'fewer fields'];
  await run('request', 'refuse', ID, '--reason', 'NOT_NECESSARY', ...words);
  await run('request', 'counter-offer', ID, '--remove', 'origin', '--months', '3', '--text', 'less');
  await run('request', 'rule', ID, 'confirm-refusal', '--reason', 'NOT_NECESSARY', ...words);
  await run('request', 'rule', ID, 'grant-narrower', '--where', 'delay > 60', ...words);
  const [refusal, offer, confirmed, narrower] = sent.map(({ body }) => body);
  expect(RefuseRequest.parse(refusal)).toMatchObject({ reasonCode: 'NOT_NECESSARY', legalGround: 'article 5' });
  expect(CounterOffer.parse(offer)).toEqual({ delta: { remove: ['origin'], months: 3 }, text: 'less' });
  expect(RuleOnDispute.parse(confirmed)).toMatchObject({ outcome: 'confirm-refusal', reasonCode: 'NOT_NECESSARY' });
  expect(RuleOnDispute.parse(narrower)).toMatchObject({ delta: { predicate: 'delay > 60' } });
});

test('a request is shown with who has to do what, who was silent, and that the end is not known', async () => {
  const { out } = await run('request', 'show', ID);
  expect(out).toMatch(/waits for +owner: Mo 莫 \(bao-an\.deputy, deputy of bao-an\.steward\)/);
  expect(out).toMatch(/due +the working days of 2027 are not published yet {2}OVERDUE/);
  expect(out).toMatch(/was silent +Zhong 钟 \(bao-an\.steward\)/);
});

test.each([
  ['an outcome that is none', ['request', 'rule', ID, 'perhaps', '--ground', 'a', '--text', 'b']],
  ['no words where they are the matter', ['request', 'ask', ID]],
  ['a mask without a field', ['request', 'counter-offer', ID, '--mask', 'null', '--text', 'x']],
  ['a delegation without an end', ['delegations', 'make', 'futian.deputy', '--role', 'steward']],
])('%s is a usage error, and nothing is sent', async (_, argv) => {
  expect((await run(...argv)).code).toBe(2);
  expect(sent).toEqual([]);
});

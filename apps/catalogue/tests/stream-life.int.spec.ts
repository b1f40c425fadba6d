/** What people do with a stream after it was made: find it, look at it, change it, retire it. */
import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { type EntitlementMessage, StreamName, viewTopicOf } from '@citystreams/contracts';
import { openAdmin, openProducer } from '@citystreams/kafka';
import { patience, stack, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { newUlid } from './control-topics.js';
import { field, fieldsOf, type Harbour, openHarbour, REGISTRY_TYPE } from './harbour.js';
import type { Answer } from './running-catalogue.js';

jest.setTimeout(patience(60_000));

let h: Harbour;
beforeAll(async () => {
  h = await openHarbour();
});
afterAll(() => h?.close());

const found = async (query: string, account = h.who.foreign): Promise<string[]> => {
  const { status, body } = await h.get(account, `/api/streams?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ stream }) => stream);
};

describe('searching', () => {
  let flights: StreamName;
  let weather: StreamName;
  let hidden: StreamName;
  beforeAll(async () => {
    flights = await h.created(
      { title: { en: 'Flight movements', zh: '航班动态' } },
      h.contract(field('delay', { doc: 'Minutes late.', default: '', concept: 'flight' })),
    );
    weather = await h.created(
      { title: { en: 'Daily weather', zh: '每日气象观测' } },
      h.contract(
        field('windSpeed', {
          doc: 'How hard it blew.',
          default: '',
          classification: { level: 'L2', category: 'measurement' },
        }),
      ),
    );
    hidden = await h.created({ title: { en: 'Secret flights', zh: '秘密航班' }, visibility: 'hidden' });
  });
  const asked = (words: string, more = ''): string => `q=${encodeURIComponent(words)}&agency=${h.city.owner}${more}`;

  test.each([
    ['flight', () => [flights]],
    ['FLIGHTS', () => [flights]],
    ['航班', () => [flights]],
    ['动态航班', () => [flights]],
    ['气象', () => [weather]],
    ['weather 气象', () => [weather]],
    ['wind speed', () => [weather]],
    ['blew', () => [weather]],
    ['weather flight', () => []],
    ["'; DROP TABLE streams --", () => []],
    ['100%', () => []],
  ])('%s', async (words, wanted) => {
    expect(await found(asked(words))).toEqual(wanted());
  });

  test('shows hidden streams to their own agency alone', async () => {
    expect(await found(asked('航班'), h.who.crane)).toEqual([flights, hidden].toSorted());
    expect(await found(asked('秘密'))).toEqual([]);
  });

  test('by agency in words, level and concept', async () => {
    expect(await found(asked(h.city.owner))).toEqual(expect.arrayContaining([flights, weather]));
    expect(await found(asked('', '&level=L2'))).toEqual([weather]);
    expect(await found(asked('', '&level=L2,L3'))).toEqual([weather]);
    expect(await found(asked('', '&concept=flight'))).toEqual([flights]);
    expect(await found(asked('weather', '&level=L1'))).toEqual([]);
  });

  test('the best match comes first, and pages go on where they ended', async () => {
    const second = await h.created({ title: { en: 'Gate', zh: '闸口' } }, h.contract(field('flight', { default: '' })));
    expect(await found(asked('flight'))).toEqual([flights, second]);
    const first = await h.get(h.who.foreign, `/api/streams?${asked('flight')}&limit=1`);
    expect(first.body.items.map(({ stream }) => stream)).toEqual([flights]);
    const rest = await h.get(h.who.foreign, `/api/streams?${asked('flight')}&limit=1&after=${first.body.next}`);
    expect([rest.body.items.map(({ stream }) => stream), rest.body.next]).toEqual([[second], null]);
  });

  test.each([
    'level=L9',
    'limit=0',
    'limit=x',
    'agency=No',
    'concept=No%20Word',
    'retired=maybe',
    'after=nonsense',
    `q=${'x'.repeat(201)}`,
  ])('%s is refused, naming it', async (query) => {
    const { status, body } = await h.get(h.who.foreign, `/api/streams?${query}`);
    expect([status, body.code, body.problems[0]?.field]).toEqual([
      400,
      'VALIDATION_FAILED',
      expect.stringContaining(query.split('=')[0] ?? ''),
    ]);
  });
});

describe('a stream that is shown', () => {
  test('has a sample that nobody published, and says what each version changed', async () => {
    const stream = await h.created();
    const cargo = field('cargo', {
      default: '',
      doc: 'What it carries.',
      classification: { level: 'L2', category: 'description' },
    });
    await h.addVersion(h.who.steward, stream, h.contract(cargo));
    const raised = { ...cargo, classification: { level: 'L3', category: 'description' } };
    await h.addVersion(h.who.steward, stream, h.contract(raised));
    const { body } = await h.get(h.who.foreign, `/api/streams/${stream}`);
    expect(body.sample).toEqual({ ship: 'SAMPLE-0001', berth: 'SAMPLE-0001', cargo: 'sample text' });
    expect(body.versions.map(({ changes }) => changes.map(({ text }) => text))).toEqual([
      [],
      ['its level is L2, was L1', 'adds cargo (string, L2 description, default "")'],
      ['its level is L3, was L2', 'cargo is L3, was L2'],
    ]);
    // A raised level is told to everybody who follows the streams, with the fields that it is about.
    const messages = await h.announced(stream, (all) => all.length === 3);
    expect(messages.map((message) => (message.kind === 'stream' ? message.level : null))).toEqual(['L1', 'L2', 'L3']);
    const last = messages.at(-1);
    expect(
      last?.kind === 'stream' && last.versions.map(({ fields }) => fields.find(({ path }) => path === 'cargo')?.level),
    ).toEqual([undefined, 'L2', 'L3']);
  });

  test('is not raised to a level that may not be kept so long, or shared so freely, until it is changed', async () => {
    const stream = await h.created({ sharing: 'unconditional', retentionDays: 365 });
    const raised = h.contract(
      field('cargo', { default: '', classification: { level: 'L3', category: 'description' } }),
    );
    const refused = await h.addVersion(h.who.steward, stream, raised);
    expect([refused.status, refused.body.code]).toEqual([422, 'POLICY_FORBIDS']);
    expect(refused.body.problems).toEqual([
      { field: '$.contract', message: expect.stringContaining('at most 90 days'), fix: 'retentionDays: 90, or less' },
      { field: '$.contract', message: expect.stringContaining('without conditions'), fix: 'sharing: conditional' },
    ]);
    const path = `/subjects/${stream}-value/versions`;
    const told = await h.post(h.who.pilot, path, { schema: JSON.stringify(raised) }, REGISTRY_TYPE);
    expect([told.status, told.body.error_code, told.body.message]).toEqual([
      422,
      42205,
      expect.stringContaining('at most 90 days'),
    ]);
    expect((await h.get(h.who.steward, path)).body).toEqual([1]);
    const change = { sharing: 'conditional', retentionDays: 90 };
    expect((await h.send(h.who.steward, 'PATCH', `/api/streams/${stream}`, change)).status).toBe(200);
    expect((await h.addVersion(h.who.steward, stream, raised)).status).toBe(201);
    const back = await h.send(h.who.steward, 'PATCH', `/api/streams/${stream}`, { retentionDays: 91 });
    expect([back.status, back.body.code, fieldsOf(back)]).toEqual([422, 'POLICY_FORBIDS', ['$.retentionDays']]);
  });

  test('is told everything that is wrong with a new version at once', async () => {
    const cargo = (level: string, more: object = {}) =>
      field('cargo', { default: '', classification: { level, category: 'description' }, ...more });
    const stream = await h.created({}, h.contract(cargo('L3')));
    const next = h.contract(cargo('L1', { doc: '' }), field('crane'));
    const answer = await h.addVersion(h.who.steward, stream, next);
    expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([
      422,
      'CONTRACT_INVALID',
      ['$.contract.fields[2].doc', '$.contract.fields[3]', '$.contract.fields[2].classification.level'],
    ]);
  });

  test('lowers no level without somebody who decided it', async () => {
    const cargo = (level: string) =>
      field('cargo', { default: '', classification: { level, category: 'description' } });
    const stream = await h.created({}, h.contract(cargo('L3')));
    const answer = await h.addVersion(h.who.steward, stream, h.contract(cargo('L1')));
    expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([
      422,
      'CONTRACT_INCOMPATIBLE',
      ['$.contract.fields[2].classification.level'],
    ]);
    expect(answer.body.problems[0]?.fix).toContain('policy/reclassifications.yaml');
  });

  test('shows traffic and consumers to parties, and to nobody else', async () => {
    const stream = await h.created();
    const admin = openAdmin(stack().internalKafka);
    await admin.createTopic({ name: stream, partitions: 2 });
    await admin.waitForTopic(stream);
    await admin.allow([
      {
        principal: 'User:citystreams.catalogue',
        resourceType: 'topic',
        resourceName: stream,
        pattern: 'literal',
        operation: 'describe',
        permission: 'allow',
      },
    ]);
    await admin.close();
    const producer = openProducer(stack().internalKafka);
    const before = Date.now();
    await producer.send(
      Array.from({ length: 30 }, (_, i) => ({
        topic: stream,
        partition: i % 2,
        key: null,
        value: Buffer.from('x'),
        headers: [],
      })),
    );
    await producer.close();

    const path = `/api/streams/${stream}`;
    await waitUntil(
      'the traffic is seen',
      async () => (await h.get(h.who.crane, path)).body.traffic?.records === '30',
      { timeoutMs: 20_000 },
    );
    const { traffic, consumers } = (await h.get(h.who.steward, path)).body;
    expect(traffic).toMatchObject({ records: '30', recordsPerSecond: 0.1 });
    expect(Date.parse(traffic?.newestAt ?? '')).toBeGreaterThanOrEqual(before - 1000);
    expect(consumers).toEqual([]);
    const strange = (await h.get(h.who.foreign, path)).body;
    expect([strange.traffic, strange.consumers]).toEqual([null, null]);
    for (const account of [h.who.cdo, h.who.auditor, h.who.platform])
      expect((await h.get(account, path)).body).toMatchObject({ traffic: { records: '30' }, consumers: [] });

    const view = newUlid();
    const entitlement = {
      format: 1,
      entitlement: newUlid(),
      version: 1,
      state: 'ACTIVE',
      view,
      topic: viewTopicOf(stream, view),
      stream,
      owner: h.city.owner,
      consumer: h.city.consumer,
      principals: [h.who.reader],
      validFrom: new Date(0).toISOString(),
      validTo: null,
    } as unknown as EntitlementMessage;
    await h.control.announceEntitlement(entitlement);
    await waitUntil('the consumer is a party', async () => (await h.get(h.who.foreign, path)).body.consumers !== null);
    expect((await h.get(h.who.reader, path)).body).toMatchObject({
      consumers: [h.city.consumer],
      traffic: { records: '30' },
    });
    await h.control.announceEntitlement({ ...entitlement, state: 'REVOKED' });
    await waitUntil('it is none any more', async () => (await h.get(h.who.foreign, path)).body.consumers === null);
  });
});

describe('changing a stream', () => {
  const patch = (
    stream: string,
    body: unknown,
    headers: Record<string, string> = {},
    account = h.who.steward,
  ): Promise<Answer> => h.send(account, 'PATCH', `/api/streams/${stream}`, body, headers);

  test('changes what is named, tells everybody, and is found by its new name', async () => {
    const stream = await h.created();
    const answer = await patch(stream, {
      title: { en: 'Ferries', zh: '渡轮' },
      visibility: 'hidden',
      retentionDays: 3,
    });
    expect([answer.status, answer.body.title.zh, answer.headers.get('etag')]).toEqual([200, '渡轮', '"2"']);
    const messages = await h.announced(stream, (all) => all.length === 2);
    expect(messages[1]).toMatchObject({ visibility: 'hidden', publishers: [h.who.pilot], retentionMs: 3 * 86_400_000 });
    expect((await h.get(h.who.foreign, `/api/streams/${stream}`)).status).toBe(404);
    const { body } = await h.get(h.who.crane, `/api/streams?q=${encodeURIComponent('渡轮')}&agency=${h.city.owner}`);
    expect(body.items.map((item) => item.stream)).toEqual([stream]);
  });

  test('is for the steward of the owner; for others a hidden stream is not there', async () => {
    const stream = await h.created({ visibility: 'hidden' });
    const change = { contact: 'new@example.org' };
    expect((await patch(stream, change, {}, h.who.foreign)).status).toBe(404);
    expect((await patch(`${h.city.owner}.never-was`, change, {}, h.who.foreign)).status).toBe(404);
    for (const account of [h.who.pilot, h.who.cdo, h.who.platform])
      expect((await patch(stream, change, {}, account)).status).toBe(403);
    const listed = await h.created();
    expect((await patch(listed, change, {}, h.who.foreign)).status).toBe(403);
  });

  test('refuses with every problem at once', async () => {
    const stream = await h.created();
    const bad = await patch(stream, { contact: 'nobody', title: { en: '' }, partitions: 8, publishers: [] });
    expect([bad.status, fieldsOf(bad).toSorted()]).toEqual([
      400,
      ['$.contact', '$.partitions', '$.publishers', '$.title.en', '$.title.zh'],
    ]);
    expect((await patch(stream, {})).status).toBe(400);
    expect((await patch(stream, [])).status).toBe(400);
    const ghost = await patch(stream, { publishers: [`${h.city.owner}.ghost`, h.who.pilot] });
    expect([ghost.status, ghost.body.code, fieldsOf(ghost)]).toEqual([422, 'PRINCIPAL_UNKNOWN', ['$.publishers[0]']]);
    const foreign = await patch(stream, { publishers: [h.who.reader] });
    expect([foreign.status, fieldsOf(foreign)]).toEqual([400, ['$.publishers[0]']]);
  });

  test('on a revision that is old is refused; of two at once one wins', async () => {
    const stream = await h.created();
    const { headers } = await h.get(h.who.steward, `/api/streams/${stream}`);
    const seen = headers.get('etag') ?? '';
    const answers = await Promise.all(
      ['a@example.org', 'b@example.org'].map((contact) => patch(stream, { contact }, { 'if-match': seen })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 412]));
    const stale = answers.find(({ status }) => status === 412);
    expect([stale?.body.code, stale?.headers.get('etag')]).toEqual(['STALE_ETAG', '"2"']);
    expect((await patch(stream, { contact: 'c@example.org' }, { 'if-match': '*' })).status).toBe(200);
    expect((await patch(stream, { contact: 'c@example.org' }, { 'if-match': 'soon' })).body.problems[0]?.field).toBe(
      'if-match',
    );
  });
});

describe('a request that is repeated', () => {
  test('under its key does the work once and gets the same answer, also of several at once', async () => {
    const stream = h.freshStream();
    const body = { manifest: h.manifest(stream), contract: h.contract() };
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => h.send(h.who.steward, 'POST', '/api/streams', body, headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await h.announced(stream, (all) => all.length > 0)).toHaveLength(1);
    await h.stop();
    await h.start();
    const later = await h.send(h.who.steward, 'POST', '/api/streams', body, headers);
    expect([later.status, later.text]).toEqual([201, answers[0]?.text]);
    expect((await h.send(h.who.steward, 'POST', '/api/streams', body)).status).toBe(409);
  });

  test('with another body is refused; another account and another route have keys of their own', async () => {
    const stream = await h.created();
    const headers = { 'idempotency-key': 'k-1' };
    const path = `/api/streams/${stream}`;
    expect((await h.send(h.who.steward, 'PATCH', path, { contact: 'a@example.org' }, headers)).status).toBe(200);
    const reused = await h.send(h.who.steward, 'PATCH', path, { contact: 'b@example.org' }, headers);
    expect([reused.status, reused.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    expect((await h.send(h.who.foreign, 'PATCH', path, { contact: 'b@example.org' }, headers)).status).toBe(403);
    expect((await h.send(h.who.steward, 'POST', `${path}/versions`, { contract: h.contract() }, headers)).status).toBe(
      200,
    );
  });

  test('that was refused is judged again', async () => {
    const stream = await h.created();
    const headers = { 'idempotency-key': 'k-2' };
    const path = `/api/streams/${stream}`;
    expect(
      (await h.send(h.who.steward, 'PATCH', path, { contact: 'a@example.org' }, { ...headers, 'if-match': '"9"' }))
        .status,
    ).toBe(412);
    expect(
      (await h.send(h.who.steward, 'PATCH', path, { contact: 'a@example.org' }, { ...headers, 'if-match': '"1"' }))
        .status,
    ).toBe(200);
    const bad = await h.send(h.who.steward, 'PATCH', path, {}, { 'idempotency-key': 'two words' });
    expect([bad.status, bad.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('a stream that is retired', () => {
  test('loses its publishers, takes no change, and is found only where retired ones are asked for', async () => {
    const stream = await h.created({ title: { en: 'Old barges', zh: '旧驳船' } });
    const path = `/api/streams/${stream}`;
    expect((await h.send(h.who.foreign, 'POST', `${path}/retire`, { reason: 'over' })).status).toBe(403);
    expect((await h.send(h.who.steward, 'POST', `${path}/retire`, {})).status).toBe(400);
    const answer = await h.send(h.who.steward, 'POST', `${path}/retire`, { reason: 'No barges any more.' });
    expect([answer.status, answer.body.retired?.reason]).toEqual([200, 'No barges any more.']);
    const messages = await h.announced(stream, (all) => all.length === 2);
    expect(messages[1]).toMatchObject({ publishers: [], retiredAt: expect.any(String) });

    expect((await h.send(h.who.steward, 'POST', `${path}/retire`, { reason: 'again' })).body.code).toBe(
      'STATE_CONFLICT',
    );
    expect((await h.send(h.who.steward, 'PATCH', path, { contact: 'a@example.org' })).body.code).toBe('STATE_CONFLICT');
    const next = await h.addVersion(h.who.steward, stream, h.contract(field('cargo', { default: '' })));
    expect([next.status, next.body.code]).toEqual([409, 'STATE_CONFLICT']);
    expect((await h.get(h.who.foreign, path)).body.retired).not.toBeNull();
    const listed = async (more: string) =>
      (await h.get(h.who.foreign, `/api/streams?q=barges&agency=${h.city.owner}${more}`)).body.items;
    expect([await listed(''), (await listed('&retired=true')).map(({ state }) => state)]).toEqual([[], ['retired']]);
  });
});

test('whatever is sent, nothing is answered with 500', async () => {
  const stream = await h.created();
  const bodies: unknown[] = [
    null,
    7,
    'x',
    [],
    {},
    { contract: null },
    { contract: { type: 'record' } },
    { manifest: {}, contract: {} },
    '{',
    '\u0000',
  ];
  for (const depth of [200, 100_000]) bodies.push(`{"contract":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`);
  bodies.push({ contract: { ...h.contract(), __proto__: undefined, fields: [{ name: '__proto__', type: 'string' }] } });
  bodies.push({ contract: JSON.parse('{"__proto__": {"type": "record"}, "constructor": 1}') as object });
  bodies.push({ contract: h.contract(field('x', { type: { type: 'fixed', name: 'F', size: -1 } })) });
  const routes: [string, string][] = [
    ['POST', '/api/streams'],
    ['PATCH', `/api/streams/${stream}`],
    ['POST', `/api/streams/${stream}/versions`],
    ['POST', `/api/streams/${stream}/retire`],
  ];
  for (const [method, path] of routes) {
    for (const body of bodies) {
      const answer = await h.send(h.who.steward, method, path, body, { 'idempotency-key': randomUUID() });
      const what = `${method} ${path} ${JSON.stringify(body)?.slice(0, 60)}: ${answer.status}`;
      expect(what).toMatch(/: 4\d\d$/);
      expect(answer.body.code).toEqual(expect.any(String));
    }
  }
  const names = ['%00', '..%2f..', 'a'.repeat(2000), '%E6%B0%94', `${randomBytes(3).toString('hex')}.`, 'A.b', '%'];
  for (const name of names) {
    for (const [method, path] of [
      ['GET', `/api/streams/${name}`],
      ['GET', `/api/streams/${name}/asyncapi`],
      ['GET', `/api/agencies/${name}`],
      ['PATCH', `/api/streams/${name}`],
      ['POST', `/api/streams/${name}/retire`],
    ] as const) {
      const body = method === 'GET' ? undefined : { reason: 'x' };
      const { status } = await h.send(h.who.steward, method, path, body);
      expect(`${method} ${path.slice(0, 60)}: ${status}`).toMatch(/: 4\d\d$/);
    }
  }
});

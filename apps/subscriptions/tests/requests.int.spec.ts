import type { Problem, RequestResource } from '@citystreams/contracts';
import { patience, waitUntil } from '@citystreams/testing';
import { schemaDrift } from '@citystreams/postgres';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { DATABASE_SCHEMA } from '../src/database/schema-name.js';
import { ENTITIES } from '../src/database/entities.js';
import type { Page } from '../src/paging.js';
import { openScene, type Scene } from './scene.js';

jest.setTimeout(patience(60_000));

let s: Scene;
let stream: string;
beforeAll(async () => {
  s = await openScene();
  stream = await s.stream();
});
afterAll(() => s?.close());

const fieldsOf = (body: Problem): string[] | undefined => body.problems?.map((p) => p.field);
const refusal = { reasonCode: 'NOT_NECESSARY', legalGround: 'article 5', text: 'fewer fields would do' };

describe('a draft', () => {
  test('tells its asking agency everything that could not be granted', async () => {
    const { status, body } = await s.post(
      s.city.who.east,
      '/api/requests',
      s.ask(stream, {
        fields: ['delay', 'colour', 'size'],
        predicate: { op: 'eq', field: 'gate', value: 'A1' },
      }),
    );
    expect([status, body.code]).toEqual([422, 'FIELD_UNKNOWN']);
    expect(fieldsOf(body)).toEqual(['$.fields[1]', '$.fields[2]', '$.predicate']);
  });

  test.each<[string, object, number, string]>([
    ['an unknown purpose', { purpose: 'curiosity' }, 400, 'VALIDATION_FAILED'],
    [
      'a predicate of the wrong type',
      { predicate: { op: 'eq', field: 'delay', value: 'long' } },
      422,
      'PREDICATE_INVALID',
    ],
    [
      'a term beyond the policy',
      { duration: { months: 100 }, fields: ['gate'], predicate: null },
      422,
      'POLICY_FORBIDS',
    ],
    ['no fields, and a name that is none', { fields: [], Fields: 1 }, 400, 'VALIDATION_FAILED'],
  ])('is refused for %s', async (_, over, status, code) => {
    const answer = await s.post(s.city.who.east, '/api/requests', s.ask(stream, over));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('names service accounts of the asking agency only', async () => {
    const principals = [
      `${s.city.east}.operations`,
      `${s.city.west}.operations`,
      `${s.city.east}.ghost`,
      s.city.who.east,
    ];
    const { status, body } = await s.post(s.city.who.east, '/api/requests', s.ask(stream, { principals }));
    expect([status, body.code, fieldsOf(body)]).toEqual([
      422,
      'PRINCIPAL_UNKNOWN',
      ['$.principals[1]', '$.principals[2]', '$.principals[3]'],
    ]);
  });

  test('of a hidden stream is answered like one of a stream that does not exist', async () => {
    const hidden = await s.stream({ visibility: 'hidden' });
    const [one, other] = await Promise.all(
      [hidden, `${s.city.airport}.never-was`].map((name) => s.post(s.city.who.east, '/api/requests', s.ask(name))),
    );
    expect(one?.status).toBe(404);
    expect(JSON.stringify(one?.body).replace(hidden, '')).toBe(
      JSON.stringify(other?.body).replace(`${s.city.airport}.never-was`, ''),
    );
  });

  test('is seen by the asking agency, the CDO and the auditor, not yet by the owner', async () => {
    const { body: draft } = await s.post<RequestResource>(s.city.who.eastService, '/api/requests', s.ask(stream));
    expect(draft).toMatchObject({ state: 'DRAFT', asking: s.city.east, owner: s.city.airport, level: 'L1', steps: [] });
    const seen = async (account: string) => (await s.get(account, `/api/requests/${draft.id}`)).status;
    const { east, cdo, auditor, owner, west, platform } = s.city.who;
    expect(await Promise.all([east, cdo, auditor, owner, west, platform].map(seen))).toEqual([
      200, 200, 200, 404, 404, 404,
    ]);
    expect((await s.get(null, `/api/requests/${draft.id}`)).status).toBe(401);
    await s.post(s.city.who.east, `/api/requests/${draft.id}/submit`);
    expect(await Promise.all([owner, west].map(seen))).toEqual([200, 404]);
  });
});

describe('a submission', () => {
  test('of public fields of an unconditional stream is approved by the rule at once', async () => {
    const open = await s.stream({ sharing: 'unconditional', level: 'L1' });
    const request = await s.submitted(open);
    expect(request).toMatchObject({
      state: 'APPROVED',
      steps: ['rule'],
      due: null,
      decisions: [{ step: 'rule', outcome: 'approved', decider: `policy ${request.policyVersion}` }],
    });
    expect(request.entitlement).not.toBeNull();
  });

  test('of a stream that is not shared is refused with its reason', async () => {
    const closed = await s.stream({ sharing: 'not-shared' });
    expect(await s.submitted(closed)).toMatchObject({
      state: 'REFUSED',
      entitlement: null,
      decisions: [{ step: 'rule', outcome: 'refused', reasonCode: 'NOT_SHARED' }],
    });
  });

  test('of personal fields waits for owner and privacy officer, in this order', async () => {
    const personal = await s.stream({ level: 'L3' });
    const request = await s.submitted(personal, { fields: ['delay', 'gate'], predicate: null });
    expect(request).toMatchObject({ state: 'PENDING_OWNER', due: 'owner', steps: ['owner', 'privacy'], level: 'L3' });
    const path = `/api/requests/${request.id}/approve`;
    expect((await s.post(s.city.who.privacy, path, {})).body.code).toBe('STATE_CONFLICT');
    expect((await s.post(s.city.who.owner, path, { text: 'fine' })).body).toMatchObject({
      state: 'PENDING_PRIVACY',
      due: 'privacy',
      entitlement: null,
    });
    const { body } = await s.post<RequestResource>(s.city.who.privacy, path, {});
    expect(body).toMatchObject({ state: 'APPROVED', due: null });
    expect(body.decisions.map((d) => d.decider)).toEqual([s.city.who.owner, s.city.who.privacy]);
    const entitlement = await s.entitlement(body.entitlement);
    await waitUntil('the view is announced', () => s.control.view(entitlement.view) !== undefined);
    expect(s.control.view(entitlement.view)?.definition).toMatchObject({
      history: 'from-grant',
      entitlement: entitlement.id,
      fields: ['delay', 'gate'],
    });
  });
});

describe('a decision', () => {
  test('belongs to the owner’s steward: not to the asking agency, not to others', async () => {
    const { id } = await s.submitted(stream);
    const path = `/api/requests/${id}/approve`;
    const status = async (account: string | null) => (await s.post(account, path, {})).status;
    const { east, west, platform, cdo, auditor } = s.city.who;
    expect(await Promise.all([east, west, platform, auditor, null].map(status))).toEqual([403, 404, 404, 403, 401]);
    expect(await status(cdo)).toBe(409);
    expect((await s.get<RequestResource>(s.city.who.east, `/api/requests/${id}`)).body.decisions).toEqual([]);
  });

  test('of two at once one wins, and the other learns the state it lost to', async () => {
    const { id } = await s.submitted(stream);
    const answers = await Promise.all([
      s.post<RequestResource & Problem>(s.city.who.owner, `/api/requests/${id}/approve`, {}),
      s.post<RequestResource & Problem>(s.city.who.owner, `/api/requests/${id}/refuse`, refusal),
      s.post<RequestResource & Problem>(s.city.who.owner, `/api/requests/${id}/approve`, {}),
      s.post<RequestResource & Problem>(s.city.who.east, `/api/requests/${id}/withdraw`),
    ]);
    const won = answers.filter((a) => a.status === 200);
    const lost = answers.filter((a) => a.status === 409);
    expect([won.length, lost.length]).toEqual([1, 3]);
    for (const { body } of lost) {
      expect(body.code).toBe('STATE_CONFLICT');
      expect(body.detail).toContain(won[0]?.body.state);
    }
  });

  test('to refuse gives a reason of the policy, a ground and a text, and is final', async () => {
    const { id } = await s.submitted(stream);
    const path = `/api/requests/${id}/refuse`;
    expect((await s.post(s.city.who.owner, path, { reasonCode: 'NOT_NECESSARY' })).status).toBe(400);
    expect((await s.post(s.city.who.owner, path, { ...refusal, reasonCode: 'BECAUSE' })).body.code).toBe(
      'VALIDATION_FAILED',
    );
    expect((await s.post(s.city.who.owner, path, refusal)).body).toMatchObject({
      state: 'REFUSED',
      decisions: [{ ...refusal, outcome: 'refused', role: 'steward' }],
    });
    expect((await s.post(s.city.who.owner, `/api/requests/${id}/approve`, {})).status).toBe(409);
  });

  test('can be added and read by the service’s role, never changed', async () => {
    const db = new Client({ connectionString: s.database.services.subscriptions.url });
    await db.connect();
    for (const sql of ['UPDATE subscriptions.decisions SET text = null', 'DELETE FROM subscriptions.receipts']) {
      await expect(db.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
    await db.end();
  });
});

test('lists hold what one may see, newest first, page by page', async () => {
  const mine = [await s.submitted(stream), await s.submitted(stream), await s.submitted(stream)].map((r) => r.id);
  const first = await s.get<Page<RequestResource>>(s.city.who.east, '/api/requests?limit=2');
  expect(first.body.items.map((r) => r.id)).toEqual([mine[2], mine[1]]);
  const second = await s.get<Page<RequestResource>>(s.city.who.east, `/api/requests?limit=1&after=${first.body.next}`);
  expect(second.body.items.map((r) => r.id)).toEqual([mine[0]]);
  expect((await s.get(s.city.who.west, '/api/requests')).body).toEqual({ items: [], next: null });
  expect((await s.get(s.city.who.east, '/api/requests?limit=0')).status).toBe(400);
});

test('an unknown id, a foreign request and a foreign entitlement answer alike', async () => {
  const { id, entitlement } = await s.submitted(await s.stream({ sharing: 'unconditional', level: 'L1' }));
  const unknown = '01JZ0000000000000000000000';
  for (const [kind, known] of [
    ['requests', id],
    ['entitlements', entitlement],
  ]) {
    const [one, other] = await Promise.all([known, unknown].map((i) => s.get(s.city.who.west, `/api/${kind}/${i}`)));
    expect(one?.status).toBe(404);
    expect(JSON.stringify(one?.body).replace(String(known), '')).toBe(JSON.stringify(other?.body).replace(unknown, ''));
  }
});

test('the tables are what the entities say', async () => {
  const { ownerUrl } = s.database.services.subscriptions;
  const schema = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    schema: DATABASE_SCHEMA,
    entities: ENTITIES,
    migrationsTableName: 'migrations',
    installExtensions: false,
  });
  await schema.initialize();
  expect(await schemaDrift(schema)).toEqual([]);
  await schema.destroy();
});

test('the API describes itself', async () => {
  const { body } = await s.get<{ paths: object }>(null, '/openapi.json');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/api/requests',
      '/api/requests/{id}/refuse',
      '/api/entitlements/{id}/receipts',
      '/api/notices',
    ]),
  );
});

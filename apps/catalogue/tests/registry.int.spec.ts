import 'reflect-metadata';
import type { StreamName } from '@citystreams/contracts';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { field, type Harbour, openHarbour, REGISTRY_TYPE, versionsIn } from './harbour.js';
import type { Answer } from './running-catalogue.js';

jest.setTimeout(patience(60_000));

let h: Harbour;
let stream: StreamName;
let subject: string;
beforeAll(async () => {
  h = await openHarbour();
  stream = await h.created();
  subject = `${stream}-value`;
});
afterAll(() => h?.close());

const send = (account: string | null, path: string, schema: unknown, more: object = {}): Promise<Answer> =>
  h.post(
    account,
    path,
    { schema: typeof schema === 'string' ? schema : JSON.stringify(schema), ...more },
    REGISTRY_TYPE,
  );
const register = (account: string, schema: unknown, of = subject): Promise<Answer> =>
  send(account, `/subjects/${of}/versions`, schema);
const told = ({ status, body }: Answer): [number, number] => [status, body.error_code];

describe('a serializer', () => {
  test('learns the id of its schema, however it spells it, and gets the schema by that id', async () => {
    const spelled = Object.fromEntries(Object.entries(h.contract()).toReversed());
    const plain = await register(h.who.pilot, h.contract());
    expect([plain.status, plain.headers.get('content-type')]).toEqual([200, expect.stringContaining(REGISTRY_TYPE)]);
    expect((await register(h.who.pilot, JSON.stringify(spelled, null, 2))).body).toEqual(plain.body);

    const found = await send(h.who.pilot, `/subjects/${subject}`, h.contract());
    expect(found.body).toMatchObject({ subject, version: 1, id: plain.body.id });
    const byId = await h.get(h.who.pilot, `/schemas/ids/${plain.body.id}`);
    expect(JSON.parse(byId.body.schema)).toEqual(h.contract());
    expect(byId.body.schema).toBe(found.body.schema);
    const uses = await h.get(h.who.pilot, `/schemas/ids/${plain.body.id}/versions`);
    expect(uses.body).toContainEqual({ subject, version: 1 });
  });

  test('lists subjects and versions, and reads a version by number, as latest, or as bare text', async () => {
    expect((await h.get(h.who.pilot, '/subjects')).body).toContain(subject);
    expect((await h.get(h.who.pilot, `/subjects/${subject}/versions`)).body).toEqual([1]);
    const first = await h.get(h.who.pilot, `/subjects/${subject}/versions/1`);
    for (const version of ['latest', '-1']) {
      expect((await h.get(h.who.pilot, `/subjects/${subject}/versions/${version}`)).body).toEqual(first.body);
    }
    const text = await h.get(h.who.pilot, `/subjects/${subject}/versions/1/schema`);
    expect(text.body).toEqual(h.contract());
  });

  test('finds the settings it asks for', async () => {
    expect((await h.get(h.who.reader, '/config')).body).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
    expect(told(await h.get(h.who.reader, `/config/${subject}`))).toEqual([404, 40408]);
    const general = await h.get(h.who.reader, `/config/${subject}?defaultToGlobal=true`);
    expect(general.body).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
    expect((await h.get(h.who.reader, '/mode')).body).toEqual({ mode: 'READWRITE' });
    expect((await h.get(h.who.reader, '/schemas/types')).body).toEqual(['AVRO']);
    expect(told(await h.get(h.who.reader, '/associations/resources/-/x?y=z'))).toEqual([404, 404]);
  });

  test('is told every error with its published code', async () => {
    const none = `/subjects/${h.city.owner}.never-was-value`;
    expect(told(await h.get(h.who.pilot, `${none}/versions`))).toEqual([404, 40401]);
    expect(told(await h.get(h.who.pilot, `/subjects/${subject}/versions/9`))).toEqual([404, 40402]);
    expect(told(await h.get(h.who.pilot, `/subjects/${subject}/versions/two`))).toEqual([422, 42202]);
    expect(told(await h.get(h.who.pilot, '/schemas/ids/999999'))).toEqual([404, 40403]);
    for (const id of ['99999999999', 'x']) {
      expect(told(await h.get(h.who.pilot, `/schemas/ids/${id}`))).toEqual([404, 404]);
    }
    expect(told(await send(h.who.pilot, `/subjects/${subject}`, h.contract(field('other'))))).toEqual([404, 40403]);
    expect(told(await send(h.who.pilot, none, h.contract()))).toEqual([404, 40401]);
    expect(told(await h.get(null, '/subjects'))).toEqual([401, 40101]);
    const malformed = await h.post(h.who.pilot, `/subjects/${subject}`, '{"schema":', REGISTRY_TYPE);
    expect([malformed.status, malformed.body]).toEqual([400, expect.objectContaining({ error_code: 400 })]);
    expect(told(await h.post(h.who.pilot, `/subjects/${subject}`, {}, REGISTRY_TYPE))).toEqual([404, 40403]);
    expect((await h.post(h.who.pilot, `/subjects/${subject}`, '<schema/>', 'text/xml')).status).toBe(415);
  });
});

describe('registering', () => {
  test('refuses what is no contract, and says all that is wrong with it', async () => {
    const refused = await register(h.who.pilot, { ...h.contract({ name: 'cargo', type: 'string' }), key: 'vessel' });
    expect(told(refused)).toEqual([422, 42201]);
    for (const finding of ['$.fields[2].doc', '$.fields[2].classification', '$.key']) {
      expect(refused.body.message).toContain(finding);
    }
    expect(told(await register(h.who.pilot, 'not json'))).toEqual([422, 42201]);
    for (const more of [{ schemaType: 'PROTOBUF' }, { references: [{ name: 'x', subject: 'y', version: 1 }] }]) {
      const answer = await send(h.who.pilot, `/subjects/${subject}/versions`, h.contract(), more);
      expect(told(answer)).toEqual([422, 42201]);
    }
  });

  test('refuses what is not compatible, naming the difference', async () => {
    const refused = await register(h.who.pilot, h.contract(field('cargo')));
    expect(told(refused)).toEqual([409, 40901]);
    expect(refused.body.message).toMatch(/against version 1: .*cargo/);
    expect((await h.get(h.who.pilot, `/subjects/${subject}/versions`)).body).toEqual([1]);
  });

  test('by a publisher of the stream makes a next version, announced like any other', async () => {
    const own = await h.created();
    const next = await register(h.who.pilot, h.contract(field('cargo', { default: '' })), `${own}-value`);
    expect(next.status).toBe(200);
    const { body } = await h.get(h.who.steward, `/api/streams/${own}`);
    expect(body.versions.map(({ schemaId }) => schemaId)).toContain(next.body.id);
    await h.announced(own, (messages) => versionsIn(messages.at(-1)) === 2);
  });

  test('is denied to everybody else, and for every subject that is no stream', async () => {
    const next = h.contract(field('cargo', { default: '' }));
    for (const account of [h.who.crane, h.who.foreign, h.who.reader, h.who.cdo, h.who.platform]) {
      expect(told(await register(account, next))).toEqual([403, 40301]);
    }
    for (const other of [`${stream}-key`, 'anything', `${h.city.consumer}.x-value`]) {
      expect(told(await register(h.who.pilot, next, other))).toEqual([403, 40301]);
    }
    const missing = await register(h.who.steward, next, `${h.city.owner}.never-was-value`);
    expect([told(missing), missing.body.message]).toEqual([[404, 40401], expect.stringContaining('POST /api/streams')]);
  });

  test('of what is there already is a read, for whoever may read it', async () => {
    const { id } = (await register(h.who.pilot, h.contract())).body;
    expect((await register(h.who.crane, h.contract())).body).toMatchObject({ id, version: 1 });
    expect(told(await register(h.who.foreign, h.contract()))).toEqual([403, 40301]);
  });
});

describe('what a caller may not read', () => {
  test('is answered as what does not exist', async () => {
    const { id } = (await register(h.who.pilot, h.contract())).body;
    for (const account of [h.who.foreign, h.who.reader]) {
      expect((await h.get(account, '/subjects')).body).not.toContain(subject);
      for (const path of [`/subjects/${subject}/versions`, `/subjects/${subject}/versions/latest`]) {
        expect(told(await h.get(account, path))).toEqual([404, 40401]);
      }
      expect(told(await send(account, `/subjects/${subject}`, h.contract()))).toEqual([404, 40401]);
      const secret = await h.get(account, `/schemas/ids/${id}`);
      const absent = await h.get(account, '/schemas/ids/999999');
      expect([secret.status, secret.body.error_code]).toEqual([absent.status, absent.body.error_code]);
      expect(told(await h.get(account, `/schemas/ids/${id}/versions`))).toEqual([404, 40403]);
    }
  });

  test('is nothing for the CDO, the auditor and the platform', async () => {
    for (const account of [h.who.cdo, h.who.auditor, h.who.platform]) {
      expect((await h.get(account, `/subjects/${subject}/versions`)).status).toBe(200);
      expect((await h.get(account, '/subjects')).body).toContain(subject);
    }
  });
});

test('compatibility with a version can be asked without registering', async () => {
  const check = (schema: object) =>
    send(h.who.pilot, `/compatibility/subjects/${subject}/versions/latest?verbose=true`, schema);
  expect((await check(h.contract(field('cargo', { default: '' })))).body).toEqual({
    is_compatible: true,
    messages: [],
  });
  const no = await check(h.contract(field('cargo')));
  expect(no.body).toMatchObject({
    is_compatible: false,
    messages: expect.arrayContaining([expect.stringContaining('cargo')]),
  });
  const plainly = `/compatibility/subjects/${subject}/versions/latest`;
  expect(told(await send(h.who.pilot, plainly, { type: 'string' }))).toEqual([422, 42201]);
  expect((await h.get(h.who.pilot, `/subjects/${subject}/versions`)).body).toEqual([1]);
});

describe('many at once', () => {
  test('the same schema from many registers once; different ones get versions without a gap and ids of their own', async () => {
    const own = await h.created();
    const other = await h.startReplica();
    try {
      const variants = Array.from({ length: 6 }, (_, i) => h.contract(field(`extra${i}`, { default: '' })));
      const answers = await Promise.all(
        [...variants, ...variants, ...variants].map((schema, i) =>
          h.city.ask(
            h.who.pilot,
            'POST',
            `${i % 2 === 0 ? h.url() : other.url}/subjects/${own}-value/versions`,
            { schema: JSON.stringify(schema) },
            { type: REGISTRY_TYPE },
          ),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(18).fill(200));
      const ids = answers.map(({ body }) => body.id);
      expect(new Set(ids).size).toBe(6);
      expect([ids.slice(6, 12), ids.slice(12)]).toEqual([ids.slice(0, 6), ids.slice(0, 6)]);
      expect((await h.get(h.who.pilot, `/subjects/${own}-value/versions`)).body).toEqual([1, 2, 3, 4, 5, 6, 7]);
      const messages = await h.announced(own, (all) => versionsIn(all.at(-1)) === 7);
      expect(messages.map(versionsIn)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    } finally {
      await other.stop();
    }
  });

  test('the same text has one id in every subject', async () => {
    const [one, two] = await Promise.all([h.created(), h.created()]);
    const ids = await Promise.all(
      [one, two].map(async (own) => (await register(h.who.pilot, h.contract(), `${own}-value`)).body.id),
    );
    expect(ids[0]).toBe(ids[1]);
  });
});

import 'reflect-metadata';
import { COMPATIBILITY_LEVELS } from '@citystreams/avro';
import type { StreamName } from '@citystreams/contracts';
import { createService } from '@citystreams/nest';
import { type FreshDatabase, patience, stack } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { field, type Harbour, openHarbour, REGISTRY_TYPE, versionsIn } from './harbour.js';
import { openSettings } from './open-registry.js';
import { type Answer, startCatalogue } from './running-catalogue.js';
import { OpenRegistrySettings } from '../src/config.js';
import { openRegistryService } from '../src/service.js';

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

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const ask = (account: string, method: Method, path: string, body?: object): Promise<Answer> =>
  h.city.ask(account, method, h.url() + path, body, { type: REGISTRY_TYPE });
const told = ({ status, body }: Answer): [number, number] => [status, body.error_code];
const schemaBody = (schema: unknown, more: object = {}): object => ({ schema: JSON.stringify(schema), ...more });
const register = (account: string, of: string, schema: unknown, more: object = {}): Promise<Answer> =>
  ask(account, 'POST', `/subjects/${of}/versions`, schemaBody(schema, more));

const rowsOfSettings = async (): Promise<unknown[]> => {
  const client = new Client({ connectionString: h.database.services.catalogue.ownerUrl });
  await client.connect();
  try {
    return (await client.query('SELECT * FROM catalogue.registry_settings ORDER BY subject')).rows;
  } finally {
    await client.end();
  }
};

/** As a code generator knows a schema: without docs and attributes, with attributes of its own. */
function generated(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(generated);
  if (typeof schema !== 'object' || schema === null) {
    return schema === 'string' ? { type: 'string', 'avro.java.string': 'String' } : schema;
  }
  const { doc: _, classification: __, key: ___, time: ____, ...rest } = schema as Record<string, unknown>;
  return {
    ...rest,
    ...('fields' in rest && { fields: generated(rest['fields']) }),
    ...(typeof rest['type'] === 'string' && 'name' in rest && !('fields' in rest) && { type: generated(rest['type']) }),
  };
}

describe('a serializer with generated code', () => {
  test('finds the version that its code was made from, though it knows neither docs nor classifications', async () => {
    const { id } = (await register(h.who.pilot, subject, h.contract())).body;
    const bare = generated(h.contract());
    expect(JSON.stringify(bare)).not.toMatch(/doc|classification|"key"/);
    for (const account of [h.who.pilot, h.who.crane]) {
      expect((await register(account, subject, bare)).body).toMatchObject({ id, version: 1 });
      const found = await ask(account, 'POST', `/subjects/${subject}`, schemaBody(bare));
      expect(found.body).toMatchObject({ id, version: 1, subject });
    }
    expect((await h.get(h.who.pilot, `/subjects/${subject}/versions`)).body).toEqual([1]);
  });

  test('whose code does not fit any version is refused like anybody', async () => {
    const other = generated(h.contract(field('cargo', { default: '' })));
    expect(told(await ask(h.who.pilot, 'POST', `/subjects/${subject}`, schemaBody(other)))).toEqual([404, 40403]);
    expect(told(await register(h.who.pilot, subject, other))).toEqual([422, 42201]);
    expect(told(await register(h.who.crane, subject, other))).toEqual([403, 40301]);
  });
});

describe('a subject of a stream', () => {
  test('is FULL_TRANSITIVE and READWRITE, whoever asks for something else', async () => {
    expect((await h.get(h.who.pilot, `/config/${subject}?defaultToGlobal=true`)).body).toEqual({
      compatibilityLevel: 'FULL_TRANSITIVE',
    });
    for (const [method, path, body] of [
      ['PUT', '/config', { compatibility: 'NONE' }],
      ['PUT', '/mode', { mode: 'IMPORT' }],
      ['DELETE', '/config', undefined],
    ] as const) {
      for (const account of [h.who.steward, h.who.platform, h.who.cdo]) {
        expect(told(await ask(account, method, path, body))).toEqual([403, 40301]);
      }
      const own = `${path}/${subject}`;
      expect(told(await ask(h.who.steward, method, own, body))).toEqual([422, 42205]);
      expect(told(await ask(h.who.crane, method, own, body))).toEqual([403, 40301]);
      expect(told(await ask(h.who.foreign, method, own, body))).toEqual([404, 40401]);
    }
    const forced = `/subjects/${subject}/versions?force=true`;
    expect(told(await ask(h.who.pilot, 'POST', forced, schemaBody(h.contract(field('cargo')))))).toEqual([409, 40901]);
  });

  // Some clients set their default level for every subject that has none of its own: what they want is the case.
  test.each(COMPATIBILITY_LEVELS.filter((level) => level !== 'NONE'))(
    'says to those who write it that %s is kept, and stores nothing',
    async (compatibility) => {
      const own = `/config/${subject}`;
      const before = await rowsOfSettings();
      for (const account of [h.who.steward, h.who.pilot]) {
        for (const level of [compatibility, compatibility.toLowerCase()]) {
          const answer = await ask(account, 'PUT', own, { compatibility: level });
          expect([answer.status, answer.body]).toEqual([200, { compatibility: 'FULL_TRANSITIVE' }]);
        }
      }
      expect(told(await h.get(h.who.pilot, own))).toEqual([404, 40408]);
      expect((await h.get(h.who.pilot, `${own}?defaultToGlobal=true`)).body).toEqual({
        compatibilityLevel: 'FULL_TRANSITIVE',
      });
      expect((await h.get(h.who.pilot, '/config')).body).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
      expect(await rowsOfSettings()).toEqual(before);
    },
  );

  test('is told no other level, nor anything else, and by nobody who does not write it', async () => {
    const own = `/config/${subject}`;
    for (const body of [
      { compatibility: 'NONE' },
      { compatibility: null },
      { compatibility: 'FULL_TRANSITIVE', normalize: true },
      { compatibility: 'BACKWARD', alias: 'other' },
      { compatibility: 'BACKWARD', compatibilityGroup: 'major' },
      { compatibility: 'BACKWARD', overrideMetadata: null },
      { normalize: false },
      {},
    ]) {
      expect([body, told(await ask(h.who.steward, 'PUT', own, body))]).toEqual([body, [422, 42205]]);
    }
    expect(told(await ask(h.who.steward, 'PUT', own, { compatibility: 'TOTAL' }))).toEqual([422, 42203]);
    const backward = { compatibility: 'BACKWARD' };
    for (const account of [h.who.crane, h.who.cdo, h.who.platform]) {
      expect(told(await ask(account, 'PUT', own, backward))).toEqual([403, 40301]);
    }
    expect(told(await ask(h.who.foreign, 'PUT', own, backward))).toEqual([404, 40401]);
    for (const account of [h.who.steward, h.who.pilot, h.who.platform]) {
      expect(told(await ask(account, 'PUT', '/config', backward))).toEqual([403, 40301]);
    }
    // Before there is a stream there is nothing of which a level could be kept.
    expect(told(await ask(h.who.steward, 'PUT', `/config/${h.city.owner}.none-value`, backward))).toEqual([404, 40401]);
    expect(told(await h.get(h.who.pilot, own))).toEqual([404, 40408]);
  });

  test('loses no version', async () => {
    for (const path of [`/subjects/${subject}`, `/subjects/${subject}/versions/1`]) {
      expect(told(await ask(h.who.steward, 'DELETE', path))).toEqual([422, 42205]);
      expect(told(await ask(h.who.pilot, 'DELETE', `${path}?permanent=true`))).toEqual([422, 42205]);
      expect(told(await ask(h.who.cdo, 'DELETE', path))).toEqual([403, 40301]);
      expect(told(await ask(h.who.foreign, 'DELETE', path))).toEqual([404, 40401]);
    }
    expect((await h.get(h.who.pilot, `/subjects/${subject}/versions`)).body).toEqual([1]);
  });

  test('is asked about compatibility as it would be registered', async () => {
    const check = async (schema: unknown) =>
      (await ask(h.who.pilot, 'POST', `/compatibility/subjects/${subject}/versions?verbose=true`, schemaBody(schema)))
        .body;
    expect(await check(h.contract(field('cargo', { default: '' })))).toEqual({ is_compatible: true, messages: [] });
    expect(await check(h.contract(field('cargo')))).toMatchObject({ is_compatible: false });
    expect(await check(h.contract({ name: 'cargo', type: 'string', default: '' }))).toEqual({
      is_compatible: false,
      messages: [expect.stringContaining('$.fields[2].classification')],
    });
  });

  test('takes a contract with references written out, and finds it by both spellings', async () => {
    const own = await h.created();
    const shared = `${h.city.owner}.shared.Berth`;
    const namespace = `city.${h.city.owner.replaceAll('-', '_')}`;
    const berth = { type: 'record', name: 'Berth', namespace, doc: 'A berth.', fields: [field('quay')] };
    expect((await register(h.who.steward, shared, berth)).status).toBe(200);
    const references = [{ name: `${namespace}.Berth`, subject: shared, version: 1 }];
    const next = h.contract({ ...field('at'), type: ['null', `${namespace}.Berth`], default: null });
    const registered = await register(h.who.pilot, `${own}-value`, next, { references });
    expect([registered.status, registered.body]).toEqual([200, expect.objectContaining({ version: 2 })]);
    const { schema } = (await h.get(h.who.pilot, `/schemas/ids/${registered.body.id}`)).body;
    expect(schema).toContain('"quay"');
    const again = await register(h.who.crane, `${own}-value`, next, { references });
    expect(again.body).toMatchObject({ id: registered.body.id });
    const messages = await h.announced(own, (all) => versionsIn(all.at(-1)) === 2);
    expect(JSON.stringify(messages.at(-1))).toContain('quay');
  });
});

describe("an agency's other subjects", () => {
  const schema = { type: 'record', name: 'Key', fields: [{ name: 'k', type: 'string' }] };

  test('are written by its steward, read by its own people and services, and by nobody else', async () => {
    const key = `${stream}-key`;
    const { status, body } = await register(h.who.steward, key, schema);
    expect([status, body]).toEqual([200, expect.objectContaining({ version: 1 })]);
    expect((await register(h.who.pilot, key, schema)).body).toMatchObject({ id: body.id });
    expect((await h.get(h.who.pilot, `/subjects/${key}/versions/latest`)).body).toMatchObject({ version: 1 });
    expect((await h.get(h.who.pilot, '/subjects')).body).toContain(key);
    const other = { ...schema, name: 'Other' };
    for (const account of [h.who.pilot, h.who.cdo]) {
      expect(told(await register(account, key, other))).toEqual([403, 40301]);
    }
    for (const account of [h.who.foreign, h.who.reader]) {
      expect(told(await register(account, key, schema))).toEqual([404, 40401]);
      expect(told(await h.get(account, `/subjects/${key}/versions`))).toEqual([404, 40401]);
      expect(told(await h.get(account, `/schemas/ids/${body.id}`))).toEqual([404, 40403]);
      expect(told(await h.get(account, `/schemas/guids/${(body as unknown as { guid: string }).guid}`))).toEqual([
        404, 40403,
      ]);
      expect((await h.get(account, '/schemas')).body).toEqual([]);
    }
  });

  test('can be configured and deleted by their steward', async () => {
    const own = `${h.city.owner}.notes`;
    await register(h.who.steward, own, schema);
    expect((await ask(h.who.steward, 'PUT', `/config/${own}`, { compatibility: 'NONE' })).status).toBe(200);
    expect((await register(h.who.steward, own, { ...schema, name: 'Entirely' })).body).toMatchObject({ version: 2 });
    expect(told(await ask(h.who.pilot, 'DELETE', `/subjects/${own}`))).toEqual([403, 40301]);
    expect((await ask(h.who.steward, 'DELETE', `/subjects/${own}`)).body).toEqual([1, 2]);
  });

  test('cannot refer to what their steward may not read', async () => {
    const hidden = `${h.city.consumer}.hidden`;
    await register(h.who.foreign, hidden, schema);
    const references = [{ name: 'Key', subject: hidden, version: 1 }];
    const user = { type: 'record', name: 'User', fields: [{ name: 'k', type: 'Key' }] };
    const refused = await register(h.who.steward, `${h.city.owner}.user`, user, { references });
    const absent = await register(h.who.steward, `${h.city.owner}.user`, user, {
      references: [{ name: 'Key', subject: `${h.city.consumer}.absent`, version: 1 }],
    });
    expect([told(refused), told(absent)]).toEqual([
      [422, 42201],
      [422, 42201],
    ]);
    expect(refused.body.message.replace('hidden', 'absent')).toBe(absent.body.message);
  });

  test('have the name of an agency', async () => {
    for (const name of ['anything', 'view.x.y-value', 'citystreams.x', 'Upper.case']) {
      for (const account of [h.who.steward, h.who.platform]) {
        expect([name, told(await register(account, name, schema))]).toEqual([name, [403, 40301]]);
      }
    }
  });
});

test('how many schemas there are is told to those only who may read them all', async () => {
  const { id } = (await register(h.who.pilot, subject, h.contract())).body;
  expect((await h.get(h.who.pilot, `/schemas/ids/${id}?fetchMaxId=true`)).body).not.toHaveProperty('maxId');
  expect((await h.get(h.who.cdo, `/schemas/ids/${id}?fetchMaxId=true`)).body).toHaveProperty('maxId');
});

describe('an open registry and a city', () => {
  test('do not start on the database of the other', async () => {
    const open = (database: FreshDatabase) =>
      createService(openRegistryService(OpenRegistrySettings.parse(openSettings(database))));
    await expect(open(h.database)).rejects.toThrow('holds a city');
    const database = await stack().freshDatabase();
    try {
      const app = await open(database);
      const payload = schemaBody('string');
      await app.inject({ method: 'POST', url: '/subjects/anything/versions', payload });
      await app.close();
      await expect(startCatalogue(h.city, database)).rejects.toThrow('is an open registry');
    } finally {
      await database.drop();
    }
  });

  test('which anybody may change, listens on a loopback address only', () => {
    const at = (HOST: string) => OpenRegistrySettings.safeParse({ ...openSettings(h.database), HOST }).success;
    expect(['127.0.0.1', '::1', 'localhost', '127.8.0.1'].map(at)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', ''].map(at)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('client id and secret', () => {
  const basic = async (account: string, secret: string, path = '/subjects'): Promise<Response> =>
    fetch(h.url() + path, {
      headers: { authorization: `Basic ${Buffer.from(`${account}:${secret}`).toString('base64')}` },
    });

  test('stand for the account, with its rights and no more', async () => {
    const response = await basic(h.who.pilot, h.city.secretOf(h.who.pilot));
    expect([response.status, await response.json()]).toEqual([200, expect.arrayContaining([subject])]);
    const foreign = await basic(h.who.reader, h.city.secretOf(h.who.reader));
    expect(await foreign.json()).not.toContain(subject);
    // Only the registry takes them.
    expect((await basic(h.who.pilot, h.city.secretOf(h.who.pilot), '/api/streams')).status).toBe(401);
  });

  test('that are wrong are refused, and after some attempts not asked about any more', async () => {
    const first = await basic(h.who.idle, 'guess');
    expect(first.headers.get('www-authenticate')).toContain('Basic');
    expect(await first.json()).toEqual({ error_code: 40101, message: expect.not.stringContaining('guess') });
    const statuses = [first.status];
    for (let i = 1; i < 14; i += 1) {
      statuses.push((await basic(h.who.idle, `guess-${i}`)).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(new Set(statuses.slice(10))).toEqual(new Set([429]));
    expect((await basic(h.who.pilot, h.city.secretOf(h.who.pilot))).status).toBe(200);
    for (const header of ['Basic', 'Basic !', `Basic ${Buffer.from('nocolon').toString('base64')}`, 'Digest x']) {
      expect((await fetch(`${h.url()}/subjects`, { headers: { authorization: header } })).status).toBe(401);
    }
  });
});

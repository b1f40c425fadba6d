import 'reflect-metadata';
import {
  CONTROL_TOPICS,
  EntitlementMessage,
  type EntitlementState,
  type StreamsTopicMessage,
  type ViewMessage,
} from '@citystreams/contracts';
import { schemaDrift } from '@citystreams/postgres';
import { patience, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ENTITIES } from '../src/database/entities.js';
import { newUlid, viewOf } from './control-topics.js';
import { field, type Harbour, openHarbour, REGISTRY_TYPE, versionsIn } from './harbour.js';

jest.setTimeout(patience(90_000));

let h: Harbour;
beforeAll(async () => {
  h = await openHarbour();
});
afterAll(() => h?.close());

const cargo = field('cargo', { default: '' });
const schemasOf = (message: StreamsTopicMessage | undefined) =>
  message?.kind === 'view-schemas' ? message.schemas : [];
const namesIn = (schema: string): string[] => JSON.parse(schema).fields.map(({ name }: { name: string }) => name);
const ofView = (messages: StreamsTopicMessage[], { topic }: ViewMessage) =>
  messages.filter((message) => message.kind === 'view-schemas' && message.topic === topic);
const announcedView = (view: ViewMessage, schemas = 1) =>
  h.announced(view.definition.stream, (all) => schemasOf(ofView(all, view).at(-1)).length === schemas);
async function takenView(stream: string, fields: string[]): Promise<ViewMessage> {
  const view = viewOf(stream, fields);
  await h.control.announceView(view);
  await announcedView(view);
  return view;
}
const entitlementTo = (view: ViewMessage, state: EntitlementState, entitlement = newUlid()): EntitlementMessage =>
  EntitlementMessage.parse({
    format: 1,
    entitlement,
    version: 1,
    state,
    view: view.view,
    topic: view.topic,
    stream: view.definition.stream,
    owner: h.city.owner,
    consumer: h.city.consumer,
    principals: [h.who.reader],
    validFrom: new Date().toISOString(),
    validTo: null,
  });
const statusOf = async (account: string, view: ViewMessage): Promise<number> =>
  (await h.get(account, `/subjects/${view.topic}-value/versions/latest`)).status;

describe('a view', () => {
  test('gets a schema for each writer version, without a trace of what it does not show', async () => {
    const stream = await h.created({}, h.contract(field('captain')));
    await h.addVersion(h.who.steward, stream, h.contract(field('captain'), cargo));
    const view = viewOf(stream, ['ship', 'cargo']);
    await h.control.announceView(view);
    const messages = await announcedView(view, 2);
    const schemas = schemasOf(messages.at(-1));
    expect(schemas.map(({ schema }) => namesIn(schema))).toEqual([['ship'], ['ship', 'cargo']]);
    expect(JSON.stringify(schemas)).not.toMatch(/captain|classification|"key"/);
    const { body } = await h.get(h.who.steward, `/api/streams/${stream}`);
    expect(schemas.map(({ writerSchemaId }) => writerSchemaId)).toEqual(body.versions.map(({ schemaId }) => schemaId));
    const versions = await h.get(h.who.cdo, `/subjects/${view.topic}-value/versions`);
    expect(versions.body).toEqual([1, 2]);
    for (const { viewSchemaId, schema } of schemas) {
      expect((await h.get(h.who.cdo, `/schemas/ids/${viewSchemaId}`)).body).toMatchObject({ schema });
    }
  });

  test('has no schema for a writer version that has none of its fields', async () => {
    const stream = await h.created();
    await h.addVersion(h.who.steward, stream, h.contract(cargo));
    const view = await takenView(stream, ['cargo']);
    const [message] = ofView(h.control.announcedOf(stream), view);
    expect(schemasOf(message).map(({ schema }) => namesIn(schema))).toEqual([['cargo']]);
  });

  test('that masks a field is registered with what it shows instead, for old and new writer versions', async () => {
    const berths = field('berths', { type: 'int', default: 7 });
    const stream = await h.created({}, h.contract(field('captain'), berths));
    const masks: ViewMessage['definition']['masks'] = {
      captain: { kind: 'null' },
      berths: { kind: 'pseudonym', text: 'hex', key: { per: 'purpose', purpose: 'traffic-management' } },
    };
    const view = viewOf(stream, ['ship', 'captain', 'berths'], masks);
    await h.control.announceView(view);
    await announcedView(view);
    await h.addVersion(h.who.steward, stream, h.contract(field('captain'), berths, cargo));
    const schemas = schemasOf(ofView(await announcedView(view, 2), view).at(-1));
    for (const { schema } of schemas) {
      expect(JSON.parse(schema).fields).toEqual([
        expect.objectContaining({ name: 'ship', type: 'string' }),
        expect.objectContaining({ name: 'captain', type: ['null', 'string'] }),
        expect.objectContaining({ name: 'berths', type: 'string' }),
      ]);
    }
    // Unmasked, the same fields are another schema.
    const clear = viewOf(stream, ['ship', 'captain', 'berths']);
    await h.control.announceView(clear);
    const [first] = schemasOf(ofView(await announcedView(clear, 2), clear).at(-1));
    expect(first?.viewSchemaId).not.toBe(schemas[0]?.viewSchemaId);
  });

  test('whose mask does not fit gets no schema, and keeps nobody from publishing', async () => {
    const stream = await h.created();
    const misfit = viewOf(stream, ['ship'], { ship: { kind: 'generalise', to: { by: 'step', step: 10 } } });
    await h.control.announceView(misfit);
    await takenView(stream, ['berth']);
    expect((await h.addVersion(h.who.steward, stream, h.contract(cargo))).status).toBe(201);
    expect(ofView(h.control.announcedOf(stream), misfit)).toEqual([]);
  });

  test('that shows the same shares its schema id with another, under a subject of its own', async () => {
    const stream = await h.created();
    const [one, two] = [await takenView(stream, ['ship']), await takenView(stream, ['ship'])];
    const idOf = async (view: ViewMessage) =>
      (await h.get(h.who.cdo, `/subjects/${view.topic}-value/versions/1`)).body.id;
    expect(await idOf(one)).toBe(await idOf(two));
  });

  test('whose stream is not there yet gets its schemas with the first version, announced before it', async () => {
    const stream = h.freshStream();
    const view = viewOf(stream, ['ship']);
    await h.control.announceView(view);
    const marker = await takenView(await h.created(), ['ship']);
    expect(marker.topic).not.toBe(view.topic);
    await h.post(h.who.steward, '/api/streams', { manifest: h.manifest(stream), contract: h.contract() });
    const messages = await h.announced(stream, (all) => all.length === 2);
    expect(messages.map(({ kind }) => kind)).toEqual(['view-schemas', 'stream']);
  });

  test('that cannot be understood is passed by', async () => {
    const stream = await h.created();
    const newer = { ...viewOf(stream, ['ship']), format: 2 };
    for (const value of ['{"format":1', 'null', JSON.stringify(newer)]) {
      await h.control.write(CONTROL_TOPICS.views, newUlid(), value);
    }
    await takenView(stream, ['berth']);
    expect(ofView(h.control.announcedOf(stream), newer as unknown as ViewMessage)).toEqual([]);
  });
});

describe('a new writer version', () => {
  test('is announced after its projection for every view, and both stand in the registry together', async () => {
    const stream = await h.created();
    const views = [await takenView(stream, ['ship']), await takenView(stream, ['ship', 'cargo'])];
    const before = h.control.announcedOf(stream).length;
    expect((await h.addVersion(h.who.steward, stream, h.contract(cargo))).status).toBe(201);
    const messages = (await h.announced(stream, (all) => versionsIn(all.at(-1)) === 2)).slice(before);
    expect(messages.map(({ kind }) => kind)).toEqual(['view-schemas', 'view-schemas', 'stream']);
    for (const view of views) {
      const message = messages.find((m) => m.kind === 'view-schemas' && m.topic === view.topic);
      expect(schemasOf(message)).toHaveLength(2);
    }
    // The first view shows the same of both versions: one schema, one version of its subject.
    expect((await h.get(h.who.cdo, `/subjects/${views[0]?.topic}-value/versions`)).body).toEqual([1]);
    expect((await h.get(h.who.cdo, `/subjects/${views[1]?.topic}-value/versions`)).body).toEqual([1, 2]);
  });

  test('and views that come at the same time miss nothing of each other', async () => {
    const stream = await h.created();
    const views = Array.from({ length: 6 }, (_, i) => viewOf(stream, i % 2 === 0 ? ['ship'] : ['ship', 'extra1']));
    const contracts = [1, 2, 3].map((n) => h.contract(field(`extra${n}`, { default: '' })));
    await Promise.all([
      ...views.map((view) => h.control.announceView(view)),
      ...contracts.map((contract) => h.addVersion(h.who.steward, stream, contract)),
    ]);
    for (const view of views) await announcedView(view, 4);
    const messages = await h.announced(stream, (all) => all.some((message) => versionsIn(message) === 4));
    // At no moment did a reader of the topic know a writer version without the schema of a view that it knew.
    const known = new Map<string, StreamsTopicMessage>();
    for (const message of messages) {
      if (message.kind === 'view-schemas') known.set(message.topic, message);
      for (const view of known.values()) expect(schemasOf(view).length).toBeGreaterThanOrEqual(versionsIn(message));
    }
  });
});

describe('the schemas of a view', () => {
  test('are read by the entitled from provisioning until the entitlement ends, and by nobody else', async () => {
    const view = await takenView(await h.created(), ['ship']);
    const id = (await h.get(h.who.cdo, `/subjects/${view.topic}-value/versions/1`)).body.id;
    expect(await statusOf(h.who.reader, view)).toBe(404);

    const provisioning = entitlementTo(view, 'PROVISIONING');
    await h.control.announceEntitlement(provisioning);
    await waitUntil('the entitled service reads', async () => (await statusOf(h.who.reader, view)) === 200);
    expect((await h.get(h.who.reader, `/schemas/ids/${id}`)).status).toBe(200);
    expect((await h.get(h.who.reader, '/subjects')).body).toContain(`${view.topic}-value`);
    expect(await statusOf(h.who.foreign, view)).toBe(200);
    for (const account of [h.who.idle, h.who.pilot, h.who.steward]) expect(await statusOf(account, view)).toBe(404);
    const level = { compatibility: 'FULL_TRANSITIVE' };
    const config = `/config/${view.topic}-value`;
    for (const [account, code] of [[h.who.reader, 40301] as const, [h.who.steward, 40401] as const]) {
      expect((await h.send(account, 'PUT', config, level, { 'content-type': REGISTRY_TYPE })).body.error_code).toBe(
        code,
      );
    }

    await h.control.announceEntitlement({ ...provisioning, version: 2, state: 'REVOKED' });
    await waitUntil('the right is gone', async () => (await statusOf(h.who.reader, view)) === 404);
    expect((await h.get(h.who.reader, `/schemas/ids/${id}`)).body.error_code).toBe(40403);
  });
});

describe('a restart', () => {
  test('finds views announced meanwhile, repeats nothing, and keeps every id and right', async () => {
    const stream = await h.created();
    const old = await takenView(stream, ['ship']);
    await h.control.announceEntitlement(entitlementTo(old, 'ACTIVE'));
    await waitUntil('the entitled service reads', async () => (await statusOf(h.who.reader, old)) === 200);
    const before = await h.get(h.who.reader, `/subjects/${old.topic}-value/versions/latest`);

    await h.stop();
    const meanwhile = viewOf(stream, ['berth']);
    await h.control.announceView(meanwhile);
    await h.start();
    await announcedView(meanwhile);
    expect((await h.get(h.who.reader, `/subjects/${old.topic}-value/versions/latest`)).body).toEqual(before.body);
    expect(ofView(h.control.announcedOf(stream), old)).toHaveLength(1);

    await h.control.announceView({ ...meanwhile, generation: 2 });
    await takenView(stream, ['ship', 'berth']);
    expect(ofView(h.control.announcedOf(stream), meanwhile)).toHaveLength(1);
  });
});

describe('PostgreSQL', () => {
  const admin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: h.database.adminUrl });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  test('may drop every session: requests go on, views are followed, announcements leave', async () => {
    const stream = await h.created();
    await admin((client) =>
      client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $2', [
        h.database.name,
        'catalogue',
      ]),
    );
    const view = viewOf(stream, ['ship']);
    await h.control.announceView(view);
    // A request that meets the lost session is told to come again, never that something is broken.
    const answers: number[] = [];
    await waitUntil('a version is added', async () => {
      answers.push((await h.addVersion(h.who.steward, stream, h.contract(cargo))).status);
      return answers.at(-1) !== 503;
    });
    expect([200, 201]).toContain(answers.at(-1));
    await h.announced(stream, (all) => all.some((message) => versionsIn(message) === 2));
    await announcedView(view, 2);
    expect((await fetch(`${h.url()}/readyz`)).status).toBe(200);
    const left = await admin((client) => client.query('SELECT 1 FROM catalogue.outbox'));
    expect(left.rows).toEqual([]);
  });

  test('has exactly the tables that the entities describe', async () => {
    const source = await new DataSource({
      type: 'postgres',
      url: h.database.services.catalogue.ownerUrl,
      schema: 'catalogue',
      entities: ENTITIES,
      migrationsTableName: 'migrations',
    }).initialize();
    const drift = await schemaDrift(source);
    await source.destroy();
    expect(drift).toEqual([]);
  });
});

test('the API document names every route', async () => {
  const { paths } = (await (await fetch(`${h.url()}/openapi.json`)).json()) as { paths: Record<string, object> };
  for (const path of [
    '/api/agencies/{agency}',
    '/api/streams',
    '/api/streams/{stream}/versions',
    '/subjects/{subject}/versions/{version}',
    '/schemas/ids/{id}',
  ]) {
    expect(Object.keys(paths)).toContain(path);
  }
});

import 'reflect-metadata';
import { patience } from '@citystreams/testing';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  codeOf,
  field,
  idOf,
  messageOf,
  type OpenRegistry,
  openRegistry,
  record,
  schemaBody,
} from './open-registry.js';

jest.setTimeout(patience(60_000));

let r: OpenRegistry;
beforeAll(async () => {
  r = await openRegistry();
});
afterAll(() => r?.close());
afterEach(async () => {
  for (const path of ['/config', '/mode', '/mode/:.__GLOBAL:']) await r.ask('DELETE', path);
});

const schema = record('One', field('a'));
const wider = record('One', field('a'), field('b'));
const defaulted = record('One', field('a'), field('b', 'string', { default: '' }));

describe('the configuration', () => {
  test('is BACKWARD for all, and nothing for one subject, until it is set', async () => {
    const subject = r.fresh();
    expect(await r.get('/config')).toEqual({ compatibilityLevel: 'BACKWARD' });
    expect(await r.code('GET', `/config/${subject}`)).toEqual([404, 40408]);
    expect(messageOf(await r.ask('GET', `/config/${subject}`))).toBe(
      `Subject '${subject}' does not have subject-level compatibility configured`,
    );
    expect(await r.get(`/config/${subject}?defaultToGlobal=true`)).toEqual({ compatibilityLevel: 'BACKWARD' });
  });

  test('of a subject counts before the one for all, and can be taken back', async () => {
    const subject = r.fresh();
    expect((await r.ask('PUT', '/config', { compatibility: 'full' })).body).toEqual({ compatibility: 'FULL' });
    expect((await r.ask('PUT', `/config/${subject}`, { compatibility: 'FORWARD' })).body).toEqual({
      compatibility: 'FORWARD',
    });
    expect(await r.get(`/config/${subject}`)).toEqual({ compatibilityLevel: 'FORWARD' });
    expect(await r.get(`/config/${r.fresh()}?defaultToGlobal=true`)).toEqual({ compatibilityLevel: 'FULL' });
    expect((await r.ask('DELETE', `/config/${subject}`)).body).toEqual({ compatibilityLevel: 'FORWARD' });
    expect(await r.code('GET', `/config/${subject}`)).toEqual([404, 40408]);
    expect(await r.code('DELETE', `/config/${subject}`)).toEqual([404, 40401]);
    expect((await r.ask('DELETE', '/config')).body).toEqual({ compatibilityLevel: 'FULL' });
    expect(await r.get('/config')).toEqual({ compatibilityLevel: 'BACKWARD' });
  });

  test('keeps what is not sent, and drops what is sent as null', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'NONE', normalize: true });
    expect((await r.ask('PUT', `/config/${subject}`, { compatibilityGroup: 'major' })).body).toEqual({
      ...{ compatibility: 'NONE', normalize: true, compatibilityGroup: 'major' },
    });
    await r.ask('PUT', `/config/${subject}`, { normalize: null, compatibility: null });
    expect(await r.get(`/config/${subject}`)).toEqual({ compatibilityLevel: 'BACKWARD', compatibilityGroup: 'major' });
  });

  test('refuses levels and policies that are none', async () => {
    for (const compatibility of ['SIDEWARD', '', 5]) {
      expect(await r.code('PUT', '/config', { compatibility })).toEqual([422, 42203]);
    }
    expect(await r.code('PUT', '/config', { compatibilityPolicy: 'LOGICAL' })).toEqual([422, 422]);
    expect(await r.code('PUT', '/config/:.other:x', { compatibility: 'NONE' })).toEqual([422, 42208]);
  });

  test.each([
    ['NONE', record('One', field('x', 'int')), true],
    ['BACKWARD', wider, false],
    ['FORWARD', wider, true],
    ['FULL', wider, false],
    ['FULL', defaulted, true],
  ])('%s decides what may follow', async (compatibility, next, allowed) => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibility });
    await r.register(subject, schema);
    const asked = await r.ask('POST', `/compatibility/subjects/${subject}/versions`, schemaBody(next));
    expect(asked.body).toEqual({ is_compatible: allowed });
    expect((await r.register(subject, next)).status).toBe(allowed ? 200 : 409);
  });

  test('with TRANSITIVE compares with every version', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'FORWARD' });
    await r.register(subject, record('T', field('f1'), field('f2')));
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'BACKWARD' });
    await r.register(subject, record('T', field('f1')));
    const third = record('T', field('f1'), field('f3'));
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'FORWARD_TRANSITIVE' });
    const path = `/compatibility/subjects/${subject}/versions`;
    expect((await r.ask('POST', `${path}/latest`, schemaBody(third))).body).toEqual({ is_compatible: true });
    expect((await r.ask('POST', path, schemaBody(third))).body).toEqual({ is_compatible: false });
    expect(messageOf(await r.register(subject, third))).toContain('{oldSchemaVersion: 1}');
  });

  test('with a group compares versions of the same group only', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibilityGroup: 'major' });
    const major = (number: string) => ({ metadata: { properties: { major: number } } });
    await r.register(subject, schema, major('1'));
    expect((await r.register(subject, wider, major('1'))).status).toBe(409);
    expect((await r.register(subject, wider, major('2'))).status).toBe(200);
  });

  test('with validateFields keeps reserved fields free', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { validateFields: true });
    const reserved = (names: string) => ({ metadata: { properties: { 'confluent:reserved': names } } });
    expect(messageOf(await r.register(subject, schema, reserved('a')))).toContain(
      'The new schema has field that conflicts with the reserved field a.',
    );
    expect((await r.register(subject, schema, reserved('b, c'))).status).toBe(200);
    expect(messageOf(await r.register(subject, schema, reserved('c')))).toContain(
      "The new schema has reserved field b removed from its metadata which is present in the old schema's metadata.",
    );
  });

  test('with an alias makes one subject stand for another', async () => {
    const [subject, alias] = [r.fresh(), r.fresh()];
    const id = idOf(await r.register(subject, schema));
    await r.ask('PUT', `/config/${alias}`, { alias: subject });
    expect(await r.get(`/subjects/${alias}/versions`)).toEqual([1]);
    expect((await r.ask('POST', `/subjects/${alias}`, schemaBody(schema))).body).toMatchObject({ subject, version: 1 });
    expect(await r.get(`/schemas/ids/${id}?subject=${alias}`)).toMatchObject({ subject });
    expect((await r.register(alias, defaulted)).body).toMatchObject({ version: 2 });
    expect(await r.get(`/subjects/${subject}/versions`)).toEqual([1, 2]);
  });
});

describe('compatibility', () => {
  test('with a subject that is not there is no question', async () => {
    const path = `/compatibility/subjects/${r.fresh()}/versions`;
    for (const version of ['', '/latest']) {
      expect((await r.ask('POST', `${path}${version}?verbose=true`, schemaBody(schema))).body).toEqual({
        is_compatible: true,
        messages: [],
      });
    }
    expect(await r.code('POST', `${path}/3`, schemaBody(schema))).toEqual([404, 40402]);
    expect(await r.code('POST', `${path}/third`, schemaBody(schema))).toEqual([422, 42202]);
  });

  test('of what is no schema is an error, or with verbose a message', async () => {
    const path = `/compatibility/subjects/${r.fresh()}/versions`;
    for (const body of [
      { schema: 'nothing' },
      {},
      schemaBody(schema, { references: [{ name: 'x', subject: 'y', version: 1 }] }),
    ]) {
      expect(await r.code('POST', path, body)).toEqual([422, 42201]);
      const told = await r.ask('POST', `${path}?verbose=true`, body);
      expect(told.body).toEqual({ is_compatible: false, messages: [expect.any(String)] });
    }
  });

  test('is told in the words of the Java library, with the settings that decided', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'FULL' });
    await r.register(subject, schema);
    const { body } = await r.ask(
      'POST',
      `/compatibility/subjects/${subject}/versions/1?verbose=true`,
      schemaBody(wider),
    );
    expect(body).toEqual({
      is_compatible: false,
      messages: [
        expect.stringMatching(/^\{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path/),
        '{oldSchemaVersion: 1}',
        `{oldSchema: '${JSON.stringify(schema)}'}`,
        "{validateFields: 'false', compatibility: 'FULL'}",
      ],
    });
  });
});

describe('the mode', () => {
  test('is READWRITE for all, and nothing for one subject, until it is set', async () => {
    const subject = r.fresh();
    expect(await r.get('/mode')).toEqual({ mode: 'READWRITE' });
    expect(await r.code('GET', `/mode/${subject}`)).toEqual([404, 40409]);
    expect(await r.get(`/mode/${subject}?defaultToGlobal=true`)).toEqual({ mode: 'READWRITE' });
    expect((await r.ask('PUT', `/mode/${subject}`, { mode: 'readonly' })).body).toEqual({ mode: 'readonly' });
    expect(await r.get(`/mode/${subject}`)).toEqual({ mode: 'READONLY' });
    expect((await r.ask('DELETE', `/mode/${subject}`)).body).toEqual({ mode: 'READONLY' });
    expect(await r.code('DELETE', `/mode/${subject}`)).toEqual([404, 40401]);
    expect((await r.ask('DELETE', `/mode/${subject}?recursive=true`)).body).toEqual({});
  });

  test('READONLY lets nothing be changed, but what is there be found', async () => {
    const subject = r.fresh();
    const id = idOf(await r.register(subject, schema));
    await r.ask('PUT', '/mode', { mode: 'READONLY' });
    expect(idOf(await r.register(subject, schema))).toBe(id);
    const refused = await r.register(subject, defaulted);
    expect([codeOf(refused), messageOf(refused)]).toEqual([[422, 42205], expect.stringContaining('read-only mode')]);
    expect(await r.code('DELETE', `/subjects/${subject}`)).toEqual([422, 42205]);
    expect(await r.code('DELETE', `/subjects/${subject}/versions/1`)).toEqual([422, 42205]);
    expect(await r.code('PUT', `/config/${subject}`, { compatibility: 'NONE' })).toEqual([422, 42205]);
    await r.ask('PUT', `/mode/${subject}`, { mode: 'READWRITE' });
    expect((await r.register(subject, defaulted)).status).toBe(200);
    expect((await r.ask('PUT', '/mode', { mode: null })).body).toEqual({ mode: null });
    expect(await r.get('/mode')).toEqual({ mode: 'READWRITE' });
  });

  test('above all contexts holds where nothing nearer is set', async () => {
    await r.ask('PUT', '/mode/:.__GLOBAL:', { mode: 'READONLY' });
    expect(await r.get('/mode?defaultToGlobal=true')).toEqual({ mode: 'READONLY' });
    expect(codeOf(await r.register(r.fresh(), schema))).toEqual([422, 42205]);
    expect(await r.code('PUT', '/mode', { mode: 'FORWARD' })).toEqual([422, 42204]);
    expect((await r.ask('PUT', '/mode/:.__GLOBAL', { mode: 'FORWARD' })).status).toBe(200);
  });

  test('that is none is refused, and an id without IMPORT', async () => {
    expect(await r.code('PUT', '/mode', { mode: 'SIDEWARD' })).toEqual([422, 42204]);
    expect(codeOf(await r.register(r.fresh(), record('NotImported'), { id: 7 }))).toEqual([422, 42205]);
  });
});

describe('importing', () => {
  test('takes ids and versions as they come, compatible or not', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/mode/${subject}`, { mode: 'IMPORT' });
    expect(codeOf(await r.register(subject, record('Imported')))).toEqual([422, 42205]);
    const [first, second] = [record('Imported', field('a')), record('Imported', field('b', 'int'))];
    expect((await r.register(subject, first, { id: 70_000, version: 3 })).body).toMatchObject({
      id: 70_000,
      version: 3,
    });
    expect((await r.register(subject, second, { id: 70_001, version: 4 })).body).toMatchObject({
      id: 70_001,
      version: 4,
    });
    expect(await r.get(`/subjects/${subject}/versions`)).toEqual([3, 4]);
    // Without an id it is a read, which auto-registering clients go on doing.
    expect((await r.register(subject, first)).body).toMatchObject({ id: 70_000 });
    await r.ask('PUT', `/mode/${subject}`, { mode: 'READWRITE' });
    expect(idOf(await r.register(r.fresh(), record(`After${Date.now()}`)))).toBeGreaterThan(70_001);
  });

  test('keeps spellings as they are, and the same schema under several ids', async () => {
    const [subject, other] = [r.fresh(), r.fresh()];
    await r.ask('PUT', `/config/${subject}`, { normalize: true });
    for (const name of [subject, other]) await r.ask('PUT', `/mode/${name}`, { mode: 'IMPORT' });
    const spelled = record('Spelled', field('f', 'string', { zprop: 1, aprop: 2 }));
    expect((await r.register(subject, spelled, { id: 71_000, version: 1 }, '?normalize=true')).status).toBe(200);
    expect(await r.get(`/subjects/${subject}/versions/1/schema`)).toEqual(spelled);
    expect((await r.register(other, spelled, { id: 71_001, version: 1 })).body).toMatchObject({ id: 71_001 });
    expect(await r.get('/schemas/ids/71000/schema')).toEqual(await r.get('/schemas/ids/71001/schema'));
  });

  test('never gives an id another schema', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/mode/${subject}`, { mode: 'IMPORT' });
    await r.register(subject, record('Kept'), { id: 72_000, version: 1 });
    const refused = await r.register(subject, record('Another'), { id: 72_000, version: 2 });
    expect([codeOf(refused), messageOf(refused)]).toEqual([[422, 42205], expect.stringContaining('72000')]);
    await r.ask('DELETE', `/subjects/${subject}`);
    await r.ask('DELETE', `/subjects/${subject}?permanent=true`);
    await r.ask('PUT', `/mode/${subject}`, { mode: 'IMPORT' });
    expect(codeOf(await r.register(subject, record('Another'), { id: 72_000, version: 1 }))).toEqual([422, 42205]);
  });

  test('needs an empty subject, or force', async () => {
    const subject = r.fresh();
    await r.register(subject, schema);
    expect(await r.code('PUT', `/mode/${subject}`, { mode: 'IMPORT' })).toEqual([422, 42205]);
    expect((await r.ask('PUT', `/mode/${subject}?force=true`, { mode: 'IMPORT' })).status).toBe(200);
    const deleted = r.fresh();
    await r.register(deleted, schema);
    await r.ask('DELETE', `/subjects/${deleted}`);
    expect((await r.ask('PUT', `/mode/${deleted}`, { mode: 'IMPORT' })).status).toBe(200);
    expect(await r.get('/subjects?deleted=true')).not.toContain(deleted);
  });
});

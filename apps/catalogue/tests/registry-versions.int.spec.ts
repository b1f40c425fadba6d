import 'reflect-metadata';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
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

const one = record('One', field('a'));
const two = record('One', field('a'), field('b', 'string', { default: '' }));
const text = (schema: unknown): string => JSON.stringify(schema);

describe('an empty registry', () => {
  test('answers with empty lists', async () => {
    expect(await r.get('/subjects')).toEqual([]);
    expect(await r.get('/schemas')).toEqual([]);
    expect(await r.get('/subjects?deleted=true')).toEqual([]);
  });
});

describe('registering', () => {
  test('gives an id and the first version, and the same again for the same schema', async () => {
    const subject = r.fresh();
    const first = await r.register(subject, one);
    expect([first.status, first.body]).toEqual([
      200,
      {
        id: idOf(first),
        version: 1,
        guid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        schemaType: 'AVRO',
        schema: text(one),
      },
    ]);
    expect((await r.register(subject, one)).body).toEqual(first.body);
    expect((await r.register(subject, JSON.stringify(one, null, 3))).body).toEqual(first.body);
    expect(await r.get(`/subjects/${subject}/versions`)).toEqual([1]);
  });

  test('the same schema under another subject gives the same id', async () => {
    const [a, b] = [r.fresh(), r.fresh()];
    const id = idOf(await r.register(a, one));
    expect((await r.register(b, one)).body).toMatchObject({ id, version: 1 });
    expect(await r.get(`/schemas/ids/${id}/subjects`)).toEqual(expect.arrayContaining([a, b]));
    expect(await r.get(`/schemas/ids/${id}/versions`)).toEqual(
      expect.arrayContaining([
        { subject: a, version: 1 },
        { subject: b, version: 1 },
      ]),
    );
  });

  test('refuses what is no schema', async () => {
    const path = `/subjects/${r.fresh()}/versions`;
    for (const body of [
      ...['not json', '{"type":"recordd"}', '{"type":"record","name":"R"}', '"no.such.Type"', '{}', ''].map(
        (schema) => ({ schema }),
      ),
      {},
      { schema: null },
      schemaBody(record('R', field('a', 'string', { default: null }))),
      schemaBody(record('a-bad.R', field('a'))),
      schemaBody(one, { schemaType: 'PROTOBUF' }),
      schemaBody(one, { references: [{ name: 'x', subject: 'none', version: 1 }] }),
      schemaBody(one, { references: [{ name: 'x' }] }),
    ]) {
      expect([body, await r.code('POST', path, body)]).toEqual([body, [422, 42201]]);
    }
    const undefaulted = schemaBody(record('R', field('a', 'string', { default: null })));
    expect(await r.code('POST', `${path}?normalize=true`, undefaulted)).toEqual([422, 42201]);
    expect(messageOf(await r.ask('POST', path, schemaBody('nothing')))).toContain('Invalid schema');
    expect(await r.code('GET', path)).toEqual([404, 40401]);
  });

  test('takes a name that is wrapped once more, as older clients write it', async () => {
    const subject = r.fresh();
    const wrapped = record('W', field('e', { type: 'enum', name: 'E', symbols: ['A'] }), field('f', { type: 'E' }));
    expect((await r.register(subject, wrapped)).status).toBe(200);
  });

  test('takes what would be refused when new schemas are not to be validated', async () => {
    const subject = r.fresh();
    const odd = record('R', field('a', 'string', { default: null }));
    await r.ask('PUT', `/config/${subject}`, { validateNewSchemas: false });
    expect((await r.register(subject, odd)).status).toBe(200);
  });

  test('refuses what may not follow, in the words of the Java library', async () => {
    const subject = r.fresh();
    await r.register(subject, one);
    const refused = await r.register(subject, record('One', field('a'), field('b')));
    expect(codeOf(refused)).toEqual([409, 40901]);
    expect(messageOf(refused)).toBe(
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [` +
        `{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}, ` +
        `{oldSchemaVersion: 1}, {oldSchema: '${text(one)}'}, {validateFields: 'false', compatibility: 'BACKWARD'}]`,
    );
    expect((await r.register(subject, record('One', field('a'), field('b')), {}, '?force=true')).status).toBe(200);
  });

  test('takes a version number if it is the next one, and writes it into the metadata', async () => {
    const subject = r.fresh();
    const first = await r.register(subject, one);
    expect(idOf(await r.register(subject, one, { version: -1 }))).toBe(idOf(first));
    expect(codeOf(await r.register(subject, one, { version: 3 }))).toEqual([422, 42201]);
    const second = await r.register(subject, one, { version: 2 });
    expect(second.body).toMatchObject({ version: 2, metadata: { properties: { 'confluent:version': '2' } } });
    expect(idOf(second)).not.toBe(idOf(first));
    expect((await r.register(subject, one)).body).toMatchObject({ id: idOf(first), version: 1 });
    expect((await r.register(subject, one, { version: -1 })).body).toMatchObject({ id: idOf(second), version: 2 });
  });

  test('refuses names that no subject can have', async () => {
    for (const subject of ['__GLOBAL', '__EMPTY', 'with\nbreak', ':.other:orders', 'x'.repeat(1_001)]) {
      expect([subject, codeOf(await r.register(subject, one))]).toEqual([subject, [422, 42208]]);
    }
    expect((await r.register(':.:in-the-default-context', one)).status).toBe(200);
    expect(await r.get('/subjects/in-the-default-context/versions')).toEqual([1]);
  });

  test('normalises when it is asked to, by the request or by the configuration', async () => {
    const [asked, configured] = [r.fresh(), r.fresh()];
    const spelled = {
      type: 'record',
      name: 'N',
      fields: [{ name: 'f', type: { type: 'int' }, zprop: 'z', aprop: 'a' }],
    };
    const normal = { type: 'record', name: 'N', fields: [{ name: 'f', type: 'int', aprop: 'a', zprop: 'z' }] };
    await r.register(asked, spelled, {}, '?normalize=true');
    expect(await r.get(`/subjects/${asked}/versions/1/schema`)).toEqual(normal);
    await r.ask('PUT', `/config/${configured}`, { normalize: true });
    expect((await r.register(configured, spelled)).body).toMatchObject({ schema: text(normal) });
    expect((await r.ask('POST', `/subjects/${asked}?normalize=true`, schemaBody(normal))).body).toMatchObject({
      version: 1,
    });
  });

  test('refuses a schema that is too large, and tags, which are not supported', async () => {
    const subject = r.fresh();
    const large = record('Large', field('a', 'string', { doc: 'x'.repeat(1_000_001) }));
    expect(codeOf(await r.register(subject, large))).toEqual([422, 42209]);
    const target = r.fresh();
    await r.register(target, 'int');
    const references = Array.from({ length: 40_000 }, (_, i) => ({ name: `n${i}`, subject: target, version: 1 }));
    const refused = await r.register(subject, 'string', { references });
    expect([codeOf(refused), messageOf(refused)]).toEqual([[422, 42209], expect.stringContaining('more than 1000')]);
    expect((await r.register(subject, 'string', { references: references.slice(0, 1_000) })).status).toBe(200);
    expect(codeOf(await r.register(subject, one, { schemaTagsToAdd: [{}] }))).toEqual([422, 422]);
    expect(codeOf(await r.register(subject, one, { propagateSchemaTags: true }))).toEqual([422, 422]);
  });
});

describe('looking a schema up', () => {
  test('finds the version, however it is spelled, and tells a subject from a schema that is not there', async () => {
    const subject = r.fresh();
    const { id } = (await r.register(subject, one)).body as { id: number };
    await r.register(subject, two);
    const found = await r.ask('POST', `/subjects/${subject}`, schemaBody(one));
    expect(found.body).toMatchObject({
      subject,
      version: 1,
      id,
      schema: text(one),
      schemaType: 'AVRO',
      deleted: false,
    });
    const shuffled = { fields: [{ type: { type: 'string' }, name: 'a' }], name: 'One', type: 'record' };
    expect((await r.ask('POST', `/subjects/${subject}`, schemaBody(shuffled))).body).toMatchObject({ version: 1 });
    expect(await r.code('POST', `/subjects/${subject}`, schemaBody(record('Other')))).toEqual([404, 40403]);
    expect(await r.code('POST', `/subjects/${r.fresh()}`, schemaBody(one))).toEqual([404, 40401]);
    expect(await r.code('POST', `/subjects/${subject}`, { schema: 'nothing' })).toEqual([422, 42201]);
  });

  test('does not take another doc for the same schema', async () => {
    const subject = r.fresh();
    await r.register(subject, one);
    expect(await r.code('POST', `/subjects/${subject}`, schemaBody({ ...one, doc: 'A doc.' }))).toEqual([404, 40403]);
  });
});

describe('versions', () => {
  test('are read by number, as latest and as -1, with all there is to know', async () => {
    const subject = r.fresh();
    await r.register(subject, one);
    const { id, guid } = (await r.register(subject, two)).body as { id: number; guid: string };
    const latest = await r.get(`/subjects/${subject}/versions/latest`);
    expect(latest).toEqual({
      ...{ subject, version: 2, id, guid, schemaType: 'AVRO', schema: text(two), deleted: false },
      ts: expect.any(Number),
    });
    for (const version of ['2', '-1', 'LATEST', ' 2']) {
      expect(await r.get(`/subjects/${subject}/versions/${encodeURIComponent(version)}`)).toEqual(latest);
    }
    expect(await r.get(`/subjects/${subject}/versions/1/schema`)).toEqual(one);
  });

  test('that are none are told apart from versions that are not there', async () => {
    const subject = r.fresh();
    await r.register(subject, one);
    for (const version of ['0', '-2', 'first', '2147483648', '1.5', '1e3']) {
      expect([version, await r.code('GET', `/subjects/${subject}/versions/${version}`)]).toEqual([
        version,
        [422, 42202],
      ]);
    }
    expect(await r.code('GET', `/subjects/${subject}/versions/2`)).toEqual([404, 40402]);
    expect(messageOf(await r.ask('GET', `/subjects/${subject}/versions/2`))).toBe('Version 2 not found.');
    expect(messageOf(await r.ask('GET', '/subjects/none/versions/2'))).toBe("Subject 'none' not found.");
  });

  test('are listed in pages', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'none' });
    for (let i = 0; i < 5; i += 1) await r.register(subject, record(`V${i}`));
    const path = `/subjects/${subject}/versions`;
    expect(await r.get(`${path}?offset=1&limit=2`)).toEqual([2, 3]);
    expect(await r.get(`${path}?offset=9`)).toEqual([]);
    expect(await r.get(`${path}?limit=0`)).toEqual([1, 2, 3, 4, 5]);
    expect(await r.code('GET', `${path}?offset=-1`)).toEqual([422, 422]);
    expect(await r.code('GET', `${path}?offset=x`)).toEqual([404, 404]);
  });
});

describe('ids', () => {
  test('lead to the schema, alone or with what is known of it', async () => {
    const subject = r.fresh();
    const schema = record(`Ids${subject.replace('-', '')}`, field('a'));
    const { id, guid } = (await r.register(subject, schema)).body as { id: number; guid: string };
    const byId = await r.get(`/schemas/ids/${id}`);
    expect(byId).toEqual({
      ...{ subject, version: 1, guid, schemaType: 'AVRO', schema: text(schema), deleted: false },
      ts: expect.any(Number),
    });
    expect(await r.get(`/schemas/ids/${id}/schema`)).toEqual(schema);
    expect(await r.get(`/schemas/ids/${id}?fetchMaxId=true`)).toMatchObject({ maxId: expect.any(Number) });
    const byGuid = await r.get(`/schemas/guids/${guid}`);
    expect(byGuid).toMatchObject({ guid, schema: text(schema) });
    expect(await r.get(`/schemas/guids/${guid.replaceAll('-', '')}`)).toEqual(byGuid);
    expect(await r.get(`/schemas/guids/${guid}/ids`)).toEqual([{ context: '.', id }]);
  });

  test('that are not there are told so', async () => {
    for (const path of ['', '/schema', '/subjects', '/versions']) {
      expect(await r.code('GET', `/schemas/ids/999999${path}`)).toEqual([404, 40403]);
    }
    expect(await r.code('GET', '/schemas/ids/-1')).toEqual([404, 40403]);
    expect(await r.code('GET', '/schemas/ids/one')).toEqual([404, 404]);
    expect(await r.code('GET', '/schemas/guids/00000000-0000-0000-0000-000000000000')).toEqual([404, 40403]);
    expect(await r.code('GET', '/schemas/guids/nonsense')).toEqual([404, 40403]);
    expect(await r.get('/schemas/guids/nonsense/ids')).toEqual([]);
  });
});

describe('lists of subjects and schemas', () => {
  test('are cut by prefix and page', async () => {
    for (const name of ['list-b', 'list-a', 'list-c']) await r.register(name, one);
    expect(await r.get('/subjects?subjectPrefix=list-')).toEqual(['list-a', 'list-b', 'list-c']);
    expect(await r.get('/subjects?subjectPrefix=:*:list-')).toEqual(['list-a', 'list-b', 'list-c']);
    expect(await r.get('/subjects?subjectPrefix=list-&offset=1&limit=1')).toEqual(['list-b']);
    expect(await r.get('/subjects?subjectPrefix=:.other:')).toEqual([]);
    await r.register('list-a', two);
    const versionsOf = (found: unknown) =>
      (found as { subject: string; version: number }[]).map((s) => [s.subject, s.version]);
    expect(versionsOf(await r.get('/schemas?subjectPrefix=list-a'))).toEqual([
      ['list-a', 1],
      ['list-a', 2],
    ]);
    expect(versionsOf(await r.get('/schemas?subjectPrefix=list-&latestOnly=true'))).toEqual([
      ['list-a', 2],
      ['list-b', 1],
      ['list-c', 1],
    ]);
    expect(versionsOf(await r.get('/schemas?subjectPrefix=list-&limit=1'))).toEqual([['list-a', 1]]);
  });
});

describe('metadata', () => {
  test('makes another schema, is kept by the next version, and finds the latest that has it', async () => {
    const subject = r.fresh();
    const metadata = { properties: { owner: 'harbour', b: '2', a: '1' }, tags: { '**.x': ['PII'] }, sensitive: ['s'] };
    const bare = await r.register(subject, one);
    const owned = await r.register(subject, one, { metadata });
    expect(idOf(owned)).not.toBe(idOf(bare));
    expect(await r.get(`/subjects/${subject}/versions/2`)).toMatchObject({ metadata });
    expect((await r.register(subject, two)).body).toMatchObject({ version: 3, metadata });
    expect(await r.get(`/subjects/${subject}/metadata?key=owner&value=harbour`)).toMatchObject({ version: 3 });
    expect(await r.code('GET', `/subjects/${subject}/metadata?key=owner&value=park`)).toEqual([404, 40403]);
    expect(await r.code('GET', `/subjects/${r.fresh()}/metadata?key=a&value=b`)).toEqual([404, 40401]);
  });

  test('comes from the configuration where the schema has none, and is overridden by it', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, {
      defaultMetadata: { properties: { from: 'default', kept: 'yes' } },
      overrideMetadata: { properties: { to: 'override' } },
    });
    const registered = await r.register(subject, one, { metadata: { properties: { from: 'request', to: 'request' } } });
    expect(registered.body).toMatchObject({
      metadata: { properties: { from: 'request', kept: 'yes', to: 'override' } },
    });
    expect((await r.ask('POST', `/subjects/${subject}`, schemaBody(one))).body).toMatchObject({ version: 1 });
  });

  test('alone is a new version of the schema that is there', async () => {
    const subject = r.fresh();
    await r.register(subject, one);
    const answer = await r.ask('POST', `/subjects/${subject}/versions`, { metadata: { properties: { a: 'b' } } });
    expect(answer.body).toMatchObject({ version: 2, schema: text(one), metadata: { properties: { a: 'b' } } });
  });
});

test('the server says what it is', async () => {
  expect(await r.get('/')).toEqual({});
  expect(await r.get('/schemas/types')).toEqual(['AVRO']);
  expect(await r.get('/contexts')).toEqual(['.']);
  expect(await r.get('/contexts?offset=1')).toEqual([]);
  expect(await r.get('/v1/metadata/id')).toMatchObject({ scope: { path: [], clusters: expect.any(Object) } });
  expect(await r.get('/v1/metadata/version')).toEqual({ version: expect.any(String), commitId: expect.any(String) });
  expect(await r.get('/v1/metadata/deployment')).toEqual({ attributes: [] });
});

describe('contexts', () => {
  test('other than the default one are empty, and cannot be filled', async () => {
    const subject = r.fresh();
    const { id } = (await r.register(subject, one)).body as { id: number };
    expect(await r.get(`/contexts/:.:/subjects/${subject}/versions`)).toEqual([1]);
    expect(await r.get(`/contexts/:.:/schemas/ids/${id}/schema`)).toEqual(one);
    expect(await r.get('/contexts/.other/subjects')).toEqual([]);
    expect(await r.get('/contexts/.other/schemas')).toEqual([]);
    expect(await r.code('GET', `/contexts/.other/subjects/${subject}/versions`)).toEqual([404, 40401]);
    expect(await r.code('GET', `/contexts/.other/schemas/ids/${id}`)).toEqual([404, 40403]);
    expect(await r.code('POST', `/contexts/.other/subjects/${subject}/versions`, schemaBody(one))).toEqual([
      422, 42208,
    ]);
    expect((await r.ask('DELETE', '/contexts/.other')).status).toBe(204);
    expect(await r.code('DELETE', '/contexts/:.:')).toEqual([422, 42211]);
  });
});

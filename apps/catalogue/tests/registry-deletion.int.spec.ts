import 'reflect-metadata';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { field, idOf, messageOf, type OpenRegistry, openRegistry, record, schemaBody } from './open-registry.js';

jest.setTimeout(patience(60_000));

let r: OpenRegistry;
beforeAll(async () => {
  r = await openRegistry();
});
afterAll(() => r?.close());

let made = 0;
/** A subject with so many versions, each of a schema of its own. */
async function subjectWith(versions: number): Promise<{ subject: string; schemas: object[]; ids: number[] }> {
  const subject = r.fresh();
  await r.ask('PUT', `/config/${subject}`, { compatibility: 'NONE' });
  const schemas = Array.from({ length: versions }, () => record(`Made${++made}`, field('a')));
  const ids: number[] = [];
  for (const schema of schemas) ids.push(idOf(await r.register(subject, schema)));
  return { subject, schemas, ids };
}
const remove = (path: string, permanently = false) => r.ask('DELETE', `${path}${permanently ? '?permanent=true' : ''}`);

describe('a version', () => {
  test('is deleted softly, once, and then for good, once', async () => {
    const { subject } = await subjectWith(2);
    const path = `/subjects/${subject}/versions/2`;
    expect(await r.code('DELETE', `${path}?permanent=true`)).toEqual([404, 40407]);
    expect((await remove(path)).body).toBe(2);
    expect(await r.code('DELETE', path)).toEqual([404, 40406]);
    expect(messageOf(await remove(path))).toBe(
      `Subject '${subject}' Version 2 was soft deleted.Set permanent=true to delete permanently`,
    );
    expect((await remove(path, true)).body).toBe(2);
    expect(await r.code('DELETE', `${path}?permanent=true`)).toEqual([404, 40402]);
    expect(await r.code('DELETE', path)).toEqual([404, 40402]);
  });

  test('that is deleted softly is found by those who ask for deleted ones, and by its id', async () => {
    const { subject, schemas, ids } = await subjectWith(2);
    await remove(`/subjects/${subject}/versions/2`);
    const path = `/subjects/${subject}/versions`;
    expect(await r.get(path)).toEqual([1]);
    expect(await r.get(`${path}?deleted=true`)).toEqual([1, 2]);
    expect(await r.get(`${path}?deletedOnly=true`)).toEqual([2]);
    expect(await r.get(`${path}?deletedAsNegative=true`)).toEqual([1, -2]);
    expect(await r.code('GET', `${path}/2`)).toEqual([404, 40402]);
    expect(await r.get(`${path}/2?deleted=true`)).toMatchObject({ version: 2, deleted: true });
    expect(await r.get(`${path}/latest`)).toMatchObject({ version: 1 });
    expect(await r.code('POST', `/subjects/${subject}`, schemaBody(schemas[1]))).toEqual([404, 40403]);
    const found = await r.ask('POST', `/subjects/${subject}?deleted=true`, schemaBody(schemas[1]));
    expect(found.body).toMatchObject({ version: 2 });
    expect(await r.get(`/schemas/ids/${ids[1]}`)).toMatchObject({ deleted: true });
    expect(await r.get(`/schemas/ids/${ids[1]}/versions`)).toEqual([]);
    expect(await r.get(`/schemas/ids/${ids[1]}/versions?deleted=true`)).toEqual([{ subject, version: 2 }]);
  });

  test('that is gone for good is not there, but its id is never given to another schema', async () => {
    const { subject, ids, schemas } = await subjectWith(2);
    const path = `/subjects/${subject}/versions/2`;
    await remove(path);
    await remove(path, true);
    expect(await r.code('GET', `${path}?deleted=true`)).toEqual([404, 40402]);
    expect(await r.code('GET', `/schemas/ids/${ids[1]}`)).toEqual([404, 40403]);
    const next = await r.register(subject, record(`Made${++made}`));
    // As in the original the number of the version is free again.
    expect(next.body).toMatchObject({ version: 2 });
    expect(ids).not.toContain(idOf(next));
    expect((await r.register(subject, schemas[1])).body).toMatchObject({ id: ids[1], version: 3 });
  });

  test('is deleted as latest, and comes back under its id as the next version', async () => {
    const { subject, schemas, ids } = await subjectWith(2);
    expect((await remove(`/subjects/${subject}/versions/latest`)).body).toBe(2);
    expect((await remove(`/subjects/${subject}/versions/latest`)).body).toBe(1);
    expect(await r.code('GET', `/subjects/${subject}/versions`)).toEqual([404, 40401]);
    expect(await r.code('GET', `/subjects/${subject}/versions/latest`)).toEqual([404, 40401]);
    expect(await r.code('DELETE', `/subjects/${subject}/versions/latest`)).toEqual([404, 40402]);
    expect((await r.register(subject, schemas[0])).body).toMatchObject({ id: ids[0], version: 3 });
    expect(await r.get(`/subjects/${subject}/versions`)).toEqual([3]);
    // The deleted version with the same schema went; the other is still there.
    expect(await r.get(`/subjects/${subject}/versions?deleted=true`)).toEqual([2, 3]);
  });

  test('that is none, or of no subject, is told so', async () => {
    const { subject } = await subjectWith(1);
    expect(await r.code('DELETE', '/subjects/none/versions/1')).toEqual([404, 40401]);
    expect(await r.code('DELETE', `/subjects/${subject}/versions/7`)).toEqual([404, 40402]);
    expect(await r.code('DELETE', `/subjects/${subject}/versions/first`)).toEqual([422, 42202]);
  });

  test('that is deleted no longer counts for compatibility', async () => {
    const subject = r.fresh();
    const name = `Made${++made}`;
    await r.register(subject, record(name, field('a')));
    await r.register(subject, record(name, field('a'), field('b', 'string', { default: '' })));
    const other = record(name, field('a'), field('b', 'int', { default: 0 }));
    expect((await r.register(subject, other)).status).toBe(409);
    await remove(`/subjects/${subject}/versions/latest`);
    expect((await r.register(subject, other)).body).toMatchObject({ version: 3 });
  });
});

describe('a subject', () => {
  test('is deleted softly, once, and then for good, once', async () => {
    const { subject } = await subjectWith(2);
    const path = `/subjects/${subject}`;
    expect(await r.code('DELETE', `${path}?permanent=true`)).toEqual([404, 40405]);
    expect((await remove(path)).body).toEqual([1, 2]);
    expect(await r.code('DELETE', path)).toEqual([404, 40404]);
    expect(await r.get('/subjects')).not.toContain(subject);
    expect(await r.get('/subjects?deleted=true')).toContain(subject);
    expect(await r.get('/subjects?deletedOnly=true')).toContain(subject);
    expect((await remove(path, true)).body).toEqual([1, 2]);
    expect(await r.get('/subjects?deleted=true')).not.toContain(subject);
    expect(await r.code('DELETE', path)).toEqual([404, 40401]);
    expect(await r.code('DELETE', `${path}?permanent=true`)).toEqual([404, 40401]);
  });

  test('goes on with the next numbers after it was deleted softly, and loses its settings only for good', async () => {
    const { subject, schemas } = await subjectWith(2);
    await remove(`/subjects/${subject}`);
    expect(await r.get(`/config/${subject}`)).toMatchObject({ compatibilityLevel: 'NONE' });
    await r.register(subject, schemas[0]);
    expect(await r.get(`/subjects/${subject}/versions`)).toEqual([3]);
    await remove(`/subjects/${subject}`);
    await remove(`/subjects/${subject}`, true);
    expect(await r.code('GET', `/config/${subject}`)).toEqual([404, 40408]);
    expect((await r.register(subject, schemas[0])).body).toMatchObject({ version: 1 });
  });
});

describe('references', () => {
  const shared = record('city.Shared', field('s'));
  const user = record('city.User', field('of', 'city.Shared'));
  const written = record('city.User', field('of', shared));

  async function pair(): Promise<{ target: string; referrer: string; references: object[] }> {
    const [target, referrer] = [r.fresh(), r.fresh()];
    await r.register(target, shared);
    const references = [{ name: 'city.Shared', subject: target, version: 1 }];
    expect((await r.register(referrer, user, { references })).status).toBe(200);
    return { target, referrer, references };
  }

  test('bring in the types of another subject, and are told', async () => {
    const { target, referrer, references } = await pair();
    const text = '{"type":"record","name":"User","namespace":"city","fields":[{"name":"of","type":"Shared"}]}';
    const found = (await r.get(`/subjects/${referrer}/versions/1`)) as { id: number };
    expect(found).toMatchObject({ references, schema: text });
    expect(await r.get(`/schemas/ids/${found.id}`)).toMatchObject({ references });
    expect(await r.get(`/subjects/${target}/versions/1/referencedby`)).toEqual([found.id]);
    expect(await r.get(`/subjects/${target}/versions/latest/referencedby?offset=1`)).toEqual([]);
    const whole = '{"type":"record","name":"Shared","fields":[{"name":"s","type":"string"}]}';
    expect(await r.get(`/schemas/ids/${found.id}?format=resolved`)).toMatchObject({
      schema: text.replace('"Shared"', whole),
    });
    expect(await r.get(`/schemas/ids/${found.id}?format=unheard-of`)).toMatchObject({ schema: text });
  });

  test('are found with their latest version, and by a schema with everything written out', async () => {
    const { target, referrer } = await pair();
    const latest = [{ name: 'city.Shared', subject: target, version: -1 }];
    const path = `/subjects/${referrer}`;
    expect((await r.ask('POST', path, schemaBody(user, { references: latest }))).body).toMatchObject({ version: 1 });
    expect((await r.ask('POST', path, schemaBody(written))).body).toMatchObject({ version: 1 });
    expect((await r.register(referrer, written)).body).toMatchObject({ version: 1 });
    expect(await r.code('POST', path, schemaBody(user))).toEqual([422, 42201]);
  });

  test('keep what they lead to from being deleted', async () => {
    const { target, referrer } = await pair();
    const [to, from] = [`/subjects/${target}/versions/1`, `/subjects/${referrer}/versions/1`];
    const refused = await remove(to);
    expect([refused.status, refused.body]).toEqual([
      422,
      {
        error_code: 42206,
        message: `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${target},version=1}.`,
      },
    ]);
    expect(await r.code('DELETE', `/subjects/${target}`)).toEqual([422, 42206]);
    await remove(from);
    expect(await r.get(`${to}/referencedby`)).toEqual([]);
    expect(await r.get(`${to}/referencedby?deleted=true`)).toHaveLength(1);
    expect((await remove(to)).body).toBe(1);
    // Softly deleted, the referrer could still come back.
    expect(await r.code('DELETE', `${to}?permanent=true`)).toEqual([422, 42206]);
    await remove(from, true);
    expect((await remove(to, true)).body).toBe(1);
  });

  test('to a version that was deleted are refused', async () => {
    const { target, referrer, references } = await pair();
    await remove(`/subjects/${referrer}/versions/1`);
    await remove(`/subjects/${target}/versions/1`);
    expect((await r.register(r.fresh(), user, { references })).body).toMatchObject({ error_code: 42201 });
    expect((await r.register(referrer, user, { references })).body).toMatchObject({ error_code: 42201 });
  });

  test('lead through several subjects', async () => {
    const [currency, one, two, root] = [r.fresh(), r.fresh(), r.fresh(), r.fresh()];
    await r.register(currency, { type: 'enum', name: 'm.Currency', symbols: ['EUR', 'USD'] });
    const to = (name: string, subject: string) => ({ name, subject, version: 1 });
    for (const [subject, name] of [
      [one, 'm.One'],
      [two, 'm.Two'],
    ] as const) {
      await r.register(subject, record(name, field('c', 'm.Currency')), { references: [to('m.Currency', currency)] });
    }
    const references = [to('m.One', one), to('m.Two', two)];
    expect((await r.register(root, ['m.One', 'm.Two'], { references })).status).toBe(200);
    expect(await r.get(`/subjects/${root}/versions/1`)).toMatchObject({ references, schema: '["m.One","m.Two"]' });
  });

  test('of a subject to itself do not keep it from being deleted', async () => {
    const subject = r.fresh();
    await r.ask('PUT', `/config/${subject}`, { compatibility: 'NONE' });
    await r.register(subject, shared);
    await r.register(subject, user, { references: [{ name: 'city.Shared', subject, version: 1 }] });
    expect((await remove(`/subjects/${subject}`)).body).toEqual([1, 2]);
    expect((await remove(`/subjects/${subject}`, true)).body).toEqual([1, 2]);
  });
});

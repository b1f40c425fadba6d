import { type FreshDatabase, patience, stack, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { ask, codeOf, field, idOf, record, schemaBody } from './open-registry.js';
import { type RegistryProcess, startRegistryProcess } from './registry-process.js';

jest.setTimeout(patience(180_000));

const REPLICAS = 4;
const CLIENTS = 50;
const KILLS = 4;

interface Given {
  subject: string;
  text: string;
  id: number;
  version: number;
}

let database: FreshDatabase;
beforeAll(async () => {
  database = await stack().freshDatabase();
});
afterAll(() => database?.drop());

/** A generator of numbers below `n`, the same for the same seed. */
function randomFrom(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Versions of one subject: each adds a field with a default, so any may follow any. */
const schemaOf = (subject: string, n: number): object =>
  record('Many', field('a'), field(`${subject.replaceAll('-', '_')}_${n}`, 'int', { default: n }));

async function register(url: string, subject: string, schema: object): Promise<Given> {
  const { status, body } = await ask(url, 'POST', `/subjects/${subject}/versions`, schemaBody(schema));
  if (status !== 200) throw new Error(`${subject}: ${status} ${JSON.stringify(body)}`);
  const { id, version } = body as { id: number; version: number };
  return { subject, text: JSON.stringify(schema), id, version };
}

async function rows<T extends object>(sql: string): Promise<T[]> {
  const client = new Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** An id is one text, a text is one id, and a version of a subject is one of both. */
function expectOneEach(given: readonly Given[]): void {
  const texts = new Map<number, Set<string>>();
  const ids = new Map<string, Set<number>>();
  const versions = new Map<string, Set<number>>();
  for (const { subject, text, id, version } of given) {
    texts.set(id, (texts.get(id) ?? new Set()).add(text));
    ids.set(text, (ids.get(text) ?? new Set()).add(id));
    const key = `${subject} ${version}`;
    versions.set(key, (versions.get(key) ?? new Set()).add(id));
  }
  for (const sets of [texts, ids, versions]) {
    expect([...sets].filter(([, { size }]) => size !== 1)).toEqual([]);
  }
}

describe('several replicas', () => {
  test('give each schema one id and each subject versions without a gap, and all answer the same', async () => {
    const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startRegistryProcess(database)));
    try {
      // Every subject is fought over by clients of all replicas, every schema registered by several of them.
      const jobs = replicas.flatMap(({ url }, replica) =>
        Array.from({ length: CLIENTS }, async (_, client) => {
          const random = randomFrom(replica * CLIENTS + client);
          const given: Given[] = [];
          for (let turn = 0; turn < 5; turn += 1) {
            const subject = `fought-${random(10)}`;
            given.push(await register(url, subject, schemaOf(subject, random(20))));
          }
          return given;
        }),
      );
      const given = (await Promise.all(jobs)).flat();
      expect(given).toHaveLength(REPLICAS * CLIENTS * 5);
      expectOneEach(given);

      for (const subject of new Set(given.map((one) => one.subject))) {
        const answers = await Promise.all(replicas.map(({ url }) => ask(url, 'GET', `/subjects/${subject}/versions`)));
        const distinct = new Set(given.filter((one) => one.subject === subject).map(({ text }) => text)).size;
        for (const { body } of answers) expect(body).toEqual(Array.from({ length: distinct }, (_, i) => i + 1));
      }
      const ids = [...new Set(given.map(({ id }) => id))];
      for (const id of ids) {
        const found = await Promise.all(replicas.map(({ url }) => ask(url, 'GET', `/schemas/ids/${id}/schema`)));
        const text = given.find((one) => one.id === id)?.text;
        for (const { body } of found) expect(JSON.stringify(body)).toBe(text);
      }
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  });

  test('find at once what another one registered', async () => {
    const [one, other] = await Promise.all([startRegistryProcess(database), startRegistryProcess(database)]);
    try {
      for (let n = 0; n < 20; n += 1) {
        const { id } = await register(one.url, `handed-over-${n}`, schemaOf('handed', n));
        expect((await ask(other.url, 'GET', `/schemas/ids/${id}`)).status).toBe(200);
        expect((await ask(other.url, 'GET', `/subjects/handed-over-${n}/versions/latest`)).body).toMatchObject({ id });
      }
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });
});

describe('while PostgreSQL takes no connection', () => {
  const admin = (sql: string) => rows(sql);
  // Of this database only: the role is that of every other spec's catalogue, too. Superusers still come in.
  const limitTo = (n: number) => admin(`ALTER DATABASE "${database.name}" CONNECTION LIMIT ${n}`);
  const cutOff = async (): Promise<void> => {
    await limitTo(0);
    await admin(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database.name}' AND usename = 'catalogue'`,
    );
  };
  const letIn = () => limitTo(-1);

  test('what is registered is answered, nothing is called absent, and all goes on afterwards', async () => {
    const [one, other] = await Promise.all([startRegistryProcess(database), startRegistryProcess(database)]);
    try {
      const { id } = await register(one.url, 'cut-off', schemaOf('cut', 1));
      await ask(other.url, 'GET', `/schemas/ids/${id}`);
      await cutOff();
      for (const { url } of [one, other]) {
        expect((await ask(url, 'GET', `/schemas/ids/${id}`)).status).toBe(200);
        expect((await ask(url, 'POST', '/subjects/cut-off', schemaBody(schemaOf('cut', 1)))).status).toBe(200);
        expect(idOf(await ask(url, 'POST', '/subjects/cut-off/versions', schemaBody(schemaOf('cut', 1))))).toBe(id);
        for (const answer of [
          await ask(url, 'GET', '/schemas/ids/999999'),
          await ask(url, 'POST', '/subjects/cut-off/versions', schemaBody(schemaOf('cut', 2))),
          await ask(url, 'DELETE', '/subjects/cut-off'),
        ]) {
          expect(codeOf(answer)).toEqual([503, 50003]);
          expect(answer.headers.get('retry-after')).not.toBeNull();
        }
      }
      await letIn();
      const next = await register(one.url, 'cut-off', schemaOf('cut', 2));
      // Nothing is asked for that the other does not have: it has to follow by itself.
      await waitUntil('the other follows again', async () => {
        const { body } = await ask(other.url, 'GET', '/subjects/cut-off/versions');
        return (body as number[]).includes(next.version);
      });
    } finally {
      await letIn();
      await Promise.all([one.stop(), other.stop()]);
    }
  });
});

describe('a registry that is killed', () => {
  test('leaves nothing half registered, and keeps whatever it answered', async () => {
    const seed = Number(process.env['REGISTRY_KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = randomFrom(seed);
    const kept: Given[] = [];
    let n = 0;
    let running: RegistryProcess | null = null;
    try {
      for (let round = 0; round < KILLS; round += 1) {
        const current = await startRegistryProcess(database);
        running = current;
        let killed = false;
        const clients = Array.from({ length: 8 }, async (_, client) => {
          while (!killed) {
            const subject = `killed-${client % 4}`;
            const done = await register(current.url, subject, schemaOf(subject, (n += 1))).catch(() => null);
            if (done !== null) kept.push(done);
          }
        });
        const before = kept.length;
        const after = 1 + random(60);
        await waitUntil('enough was registered', () => kept.length >= before + after, {
          timeoutMs: 30_000,
          intervalMs: 1,
        });
        await current.kill();
        killed = true;
        await Promise.all(clients);
      }
      running = await startRegistryProcess(database);
      expectOneEach(kept);
      const { url } = running;
      const found = await Promise.all(
        kept.map(({ subject, version }) => ask(url, 'GET', `/subjects/${subject}/versions/${version}`)),
      );
      for (const [i, { body }] of found.entries()) {
        const { id, text } = kept[i]!;
        expect([seed, body]).toEqual([seed, expect.objectContaining({ id, schema: text })]);
      }
      for (const subject of new Set(kept.map((one) => one.subject))) {
        const { body } = await ask(running.url, 'GET', `/subjects/${subject}/versions`);
        const versions = body as number[];
        expect([seed, versions]).toEqual([seed, versions.map((_, i) => i + 1)]);
      }
      expect(
        await rows(
          'SELECT id FROM catalogue.schemas s WHERE NOT EXISTS (SELECT 1 FROM catalogue.subject_versions v WHERE v.schema_id = s.id)',
        ),
      ).toEqual([]);
      const [numbers] = await rows<{ count: string; max: number }>('SELECT count(*), max(id) FROM catalogue.schemas');
      expect(Number(numbers?.count)).toBe(numbers?.max);
    } finally {
      await running?.stop();
    }
  });
});

import 'reflect-metadata';
import { gunzipSync, gzipSync } from 'node:zlib';
import { request } from 'node:http';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  codeOf,
  field,
  idOf,
  type OpenRegistry,
  openRegistry,
  record,
  REGISTRY_TYPE,
  schemaBody,
} from './open-registry.js';

jest.setTimeout(patience(120_000));

function isRegistryError(body: unknown): boolean {
  const { error_code: code, message } = (body ?? {}) as Record<string, unknown>;
  return Number.isInteger(code) && typeof message === 'string';
}

let r: OpenRegistry;
let id: number;
const schema = record('Http', field('a', 'string', { doc: 'x'.repeat(3_000) }));
beforeAll(async () => {
  r = await openRegistry();
  id = idOf(await r.register('known', schema));
});
afterAll(() => r?.close());

describe('media types', () => {
  test.each([
    [undefined, REGISTRY_TYPE],
    ['*/*', REGISTRY_TYPE],
    ['application/json', 'application/json'],
    ['application/vnd.schemaregistry+json', 'application/vnd.schemaregistry+json'],
    ['application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json; q=0.9', REGISTRY_TYPE],
    ['application/json;q=0.9, application/vnd.schemaregistry+json;q=0.1', 'application/json'],
    ['text/html, application/*;q=0.2', REGISTRY_TYPE],
  ])('of an answer are what Accept %s wants', async (accept, type) => {
    const headers: Record<string, string> = accept === undefined ? {} : { accept };
    for (const path of ['/subjects', '/subjects/none/versions', `/schemas/ids/${id}`]) {
      const answer = await r.ask('GET', path, undefined, headers);
      // Nothing after it, as in the original: some clients compare.
      expect([path, answer.headers.get('content-type')]).toEqual([path, type]);
    }
  });

  test('of whatever has no address, or cannot be read, are those of the registry too', async () => {
    for (const [method, path, body, status] of [
      ['GET', '/subjects/known/other', undefined, 404],
      ['GET', '/nowhere', undefined, 404],
      ['POST', '/subjects/known', '{not JSON', 400],
      ['PATCH', '/subjects/known', undefined, 405],
    ] as const) {
      const answer = await r.ask(method, path, body);
      expect([path, codeOf(answer), answer.headers.get('content-type')]).toEqual([
        path,
        [status, status],
        REGISTRY_TYPE,
      ]);
    }
  });

  test('that nobody has are 406, those of bodies that nobody reads 415', async () => {
    expect(codeOf(await r.ask('GET', '/subjects', undefined, { accept: 'text/html' }))).toEqual([406, 406]);
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      expect(codeOf(await r.ask('POST', '/subjects/known', '{}', { 'content-type': type }))).toEqual([415, 415]);
    }
    for (const type of [
      REGISTRY_TYPE,
      'application/json; charset=utf-8',
      'application/octet-stream',
      'application/vnd.schemaregistry+json',
    ]) {
      const answer = await r.ask('POST', '/subjects/known', schemaBody(schema), { 'content-type': type });
      expect([type, answer.status]).toEqual([type, 200]);
    }
  });
});

describe('addresses', () => {
  test('may end with a slash, and hold encoded slashes and signs', async () => {
    const names = ['a/b', 'weather/北京', 'with space', '50%', 'a+b?c#d', 'q"uote', ':colon', 'x'.repeat(500)];
    for (const name of names) {
      expect([name, (await r.register(name, schema)).status]).toEqual([name, 200]);
      const path = `/subjects/${encodeURIComponent(name)}/versions`;
      expect(await r.get(`${path}/`)).toEqual([1]);
      expect(await r.get(`${path}/latest`)).toMatchObject({ subject: name });
      expect(await r.code('GET', `/config/${encodeURIComponent(name)}/`)).toEqual([404, 40408]);
    }
    expect(await r.get('/subjects')).toEqual(['known', ...names].sort());
    expect(await r.get('/subjects/')).toEqual(['known', ...names].sort());
  });

  test('that are none are 404, and those that cannot be read 400, in the words of the registry', async () => {
    for (const path of ['/subjects/known/other', '/schemas/none', '/v1/metadata/none', '/config/a/b']) {
      expect(await r.ask('GET', path)).toMatchObject({
        status: 404,
        body: { error_code: 404, message: 'HTTP 404 Not Found' },
      });
    }
    const bad = await raw({ method: 'GET', path: '/subjects/%E0%A4%A' });
    expect([bad.status, JSON.parse(bad.body.toString())]).toEqual([
      400,
      { error_code: 400, message: expect.any(String) },
    ]);
  });

  test('tell which methods they know', async () => {
    const options = await r.ask('OPTIONS', '/subjects/known');
    expect([options.status, options.headers.get('allow')]).toEqual([200, 'DELETE,OPTIONS,POST']);
    expect([options.body, options.headers.get('content-type')]).toEqual([undefined, null]);
    for (const method of ['PATCH', 'PUT', 'GET']) {
      const refused = await r.ask(method, '/subjects/known');
      expect([codeOf(refused), refused.headers.get('allow')]).toEqual([[405, 405], 'DELETE,OPTIONS,POST']);
    }
    const head = await r.ask('HEAD', `/schemas/ids/${id}`);
    expect([head.status, Number(head.headers.get('content-length'))]).toEqual([200, expect.any(Number)]);
    expect(head.body).toBeUndefined();
    expect((await r.ask('HEAD', '/schemas/ids/999999')).status).toBe(404);
  });

  test('of associations are not there, so that serializers go by the name of the topic', async () => {
    for (const path of [
      '/associations/resources/-/orders?resourceType=topic&associationType=value',
      '/associations/subjects/a',
      '/associations',
    ]) {
      expect(await r.code('GET', path)).toEqual([404, 404]);
    }
  });
});

describe('answers', () => {
  test('that cannot change carry a tag, and are not sent again', async () => {
    for (const path of [`/schemas/ids/${id}`, `/schemas/ids/${id}/schema`, '/subjects/known/versions/1']) {
      const first = await r.ask('GET', path);
      const tag = first.headers.get('etag') ?? '';
      const again = await r.ask('GET', path, undefined, { 'if-none-match': tag });
      expect([path, first.status, again.status, again.body]).toEqual([path, 200, 304, undefined]);
      expect((await r.ask('GET', path, undefined, { 'if-none-match': 'W/"other"' })).status).toBe(200);
    }
    const plain = await r.ask('GET', `/schemas/ids/${id}`);
    const resolved = await r.ask('GET', `/schemas/ids/${id}?format=resolved`);
    expect(resolved.headers.get('etag')).not.toBe(plain.headers.get('etag'));
  });

  test('that are long are compressed for those who want it', async () => {
    const packed = await raw({
      method: 'GET',
      path: `/schemas/ids/${id}`,
      headers: { 'accept-encoding': 'gzip, deflate' },
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(packed.body).toString())).toEqual(await r.get(`/schemas/ids/${id}`));
    const plain = await raw({ method: 'GET', path: `/schemas/ids/${id}` });
    expect(plain.headers['content-encoding']).toBeUndefined();
  });
});

describe('bodies', () => {
  test('may be compressed, but not to hide that they are too large', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    const packed = gzipSync(JSON.stringify(schemaBody(schema)));
    expect((await r.ask('POST', '/subjects/known', packed, gzip)).body).toMatchObject({ version: 1 });
    const bomb = gzipSync(JSON.stringify({ schema: ' '.repeat(20_000_000) }));
    expect(codeOf(await r.ask('POST', '/subjects/known', bomb, gzip))).toEqual([413, 413]);
    expect(codeOf(await r.ask('POST', '/subjects/known', 'not packed', gzip))).toEqual([400, 400]);
    expect(codeOf(await r.ask('POST', '/subjects/known', '{}', { 'content-encoding': 'br' }))).toEqual([415, 415]);
    const large = JSON.stringify({ schema: ' '.repeat(5_000_000) });
    expect(codeOf(await r.ask('POST', '/subjects/known', large))).toEqual([413, 413]);
  });

  test('without a type are read, and numbers taken for texts', async () => {
    const answer = await raw({ method: 'POST', path: '/subjects/known', body: JSON.stringify(schemaBody(schema)) });
    expect(answer.status).toBe(200);
    expect(codeOf(await r.ask('POST', '/subjects/known', { schema: 5 }))).toEqual([422, 42201]);
    expect((await r.ask('POST', '/subjects/known', schemaBody(schema, { version: '1', unheard: {} }))).status).toBe(
      200,
    );
  });
});

/** Every route that takes a body, with what it cannot be. */
const TAKING: [string, string][] = [
  ['POST', '/subjects/known'],
  ['POST', '/subjects/bad-input/versions'],
  ['POST', '/compatibility/subjects/known/versions'],
  ['POST', '/compatibility/subjects/known/versions/1'],
  ['PUT', '/config'],
  ['PUT', '/config/known'],
  ['PUT', '/mode'],
  ['PUT', '/mode/known'],
];

describe('bad input', () => {
  test.each(TAKING)('in the body of %s %s is told as the fault of who sent it', async (method, path) => {
    for (const body of ['', 'null'])
      expect([body, codeOf(await r.ask(method, path, body))]).toEqual([body, [422, 422]]);
    for (const body of ['{', '[', '"', 'nul', '[]', '"text"', '7', '{"__proto__":{"a":1}}', '\u0000']) {
      expect([body, codeOf(await r.ask(method, path, body))]).toEqual([body, [400, 400]]);
    }
    const wrong = {
      schema: {},
      references: 5,
      metadata: [],
      version: 'x',
      id: {},
      compatibility: {},
      mode: [],
      normalize: 'maybe',
    };
    expect(codeOf(await r.ask(method, path, wrong))).toEqual([400, 400]);
  });

  test('of whatever kind on whatever route is never a fault of ours', async () => {
    const seed = Number(process.env['REGISTRY_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const numRuns = Number(process.env['REGISTRY_FUZZ_RUNS'] ?? 300);
    const segment = fc.oneof(
      fc.constantFrom('subjects', 'schemas', 'ids', 'versions', 'config', 'mode', 'compatibility', 'contexts', 'known'),
      fc.constantFrom(
        '1',
        '-1',
        'latest',
        '99999999999',
        'schema',
        'guids',
        'types',
        'metadata',
        'referencedby',
        ':.:',
        '%2F',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
    );
    const query = fc.dictionary(
      fc.constantFrom(
        'deleted',
        'permanent',
        'offset',
        'limit',
        'subject',
        'format',
        'verbose',
        'normalize',
        'force',
        'subjectPrefix',
        'key',
        'value',
      ),
      fc.oneof(fc.constantFrom('true', 'false', '-1', '0', '2147483648', 'resolved', ''), fc.string()),
    );
    const body = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            schema: fc.oneof(fc.json(), fc.constant(JSON.stringify(schema)), fc.string()),
            schemaType: fc.oneof(fc.constant('AVRO'), fc.jsonValue()),
            references: fc.oneof(
              fc.array(fc.record({ name: fc.string(), subject: fc.constantFrom('known', 'x'), version: fc.integer() })),
              fc.jsonValue(),
            ),
            metadata: fc.jsonValue(),
            version: fc.oneof(fc.integer(), fc.jsonValue()),
            id: fc.oneof(fc.integer(), fc.jsonValue()),
            compatibility: fc.oneof(fc.constant('FULL'), fc.jsonValue()),
            mode: fc.oneof(fc.constant('READWRITE'), fc.jsonValue()),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
        fc.array(segment, { minLength: 1, maxLength: 6 }),
        query,
        body,
        async (method, segments, values, sent) => {
          const path = `/${segments.join('/')}?${new URLSearchParams(values).toString()}`;
          const withBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
          const answer = await r.ask(method, path, withBody ? sent : undefined);
          if (answer.status >= 500) throw new Error(`${method} ${path} ${sent}: ${answer.status}`);
          const isOurs = /^\/(subjects|schemas|config|mode|compatibility|contexts)\b/.test(path);
          if (answer.status >= 400 && method !== 'HEAD' && isOurs && !isRegistryError(answer.body)) {
            throw new Error(`${method} ${path} ${sent}: ${JSON.stringify(answer.body)}`);
          }
        },
      ),
      { seed, numRuns, endOnFailure: true },
    );
    await r.ask('DELETE', '/mode?recursive=true');
  });

  test('in schemas, however hostile, is answered in time', async () => {
    const deep = (n: number): string => `${'{"type":"array","items":'.repeat(n)}"int"${'}'.repeat(n)}`;
    const hostile = [
      deep(10_000),
      deep(100_000),
      `[${'["int"],'.repeat(50_000)}"int"]`,
      JSON.stringify({ type: 'enum', name: 'E', symbols: Array.from({ length: 60_000 }, (_, i) => `S${i}`) }),
      JSON.stringify(record('__proto__', field('constructor', 'toString'))),
      JSON.stringify(record('R', field('self', 'R'))),
      JSON.stringify(
        record('R', ...Array.from({ length: 10_000 }, (_, i) => field(`f${i}`, ['null', 'string'], { default: null }))),
      ),
      '\uD800',
      '{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1e999999}]}',
    ];
    for (const [i, text] of hostile.entries()) {
      for (const path of [
        `/subjects/hostile-${i}/versions`,
        `/compatibility/subjects/known/versions?verbose=true`,
        '/subjects/known',
      ]) {
        const began = performance.now();
        const { status } = await r.ask('POST', path, { schema: text });
        expect([i, path, status < 500, performance.now() - began < patience(15_000)]).toEqual([i, path, true, true]);
      }
    }
  });
});

interface Raw {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** Without what `fetch` adds and takes away. */
function raw(o: { method: string; path: string; headers?: Record<string, string>; body?: string }): Promise<Raw> {
  const { hostname, port } = new URL(r.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: o.method, path: o.path, headers: o.headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end(o.body);
  });
}

import 'reflect-metadata';
import { createService, ProblemError, TokenVerifier } from '@citystreams/nest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify, type FastifyInstance } from 'fastify';
import { gatewayService } from './service.js';

const LIMIT = 8 * 1_048_576;
const expiresAt = new Date('2030-01-01T00:00:00Z');

interface Seen {
  service: string;
  method: string;
  url: string;
  headers: Record<string, unknown>;
  body: string;
}
let seen: Seen[] = [];
let gateway: NestFastifyApplication;
let catalogue: FastifyInstance;
let subscriptions: FastifyInstance;

const document = (paths: string[], schema: object) => ({
  openapi: '3.0.0',
  paths: Object.fromEntries(paths.map((path) => [path, { get: { schema: { $ref: '#/components/schemas/State' } } }])),
  components: { schemas: { State: schema } },
});

async function service(name: string, api: object): Promise<FastifyInstance> {
  const upstream = fastify();
  upstream.removeAllContentTypeParsers();
  upstream.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 2 * LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  upstream.get('/healthz', () => ({}));
  upstream.get('/openapi.json', () => api);
  upstream.get('/api/requests/slow', async (_request, reply) => {
    reply.raw.socket?.destroy();
    return reply.hijack();
  });
  upstream.get('/api/requests/busy', (_request, reply) => {
    seen.push({ service: name, method: 'GET', url: 'busy', headers: {}, body: '' });
    return reply.code(503).header('retry-after', '1').send({ code: 'UNAVAILABLE' });
  });
  upstream.post('/api/requests/lost', async (_request, reply) => {
    seen.push({ service: name, method: 'POST', url: 'lost', headers: {}, body: '' });
    reply.raw.socket?.destroy();
    return reply.hijack();
  });
  upstream.all('/*', (request, reply) => {
    const { method, url, headers } = request;
    seen.push({ service: name, method, url, headers, body: (request.body as string | undefined) ?? '' });
    return reply
      .header('etag', '"7"')
      .header('keep-alive', 'timeout=9')
      .code(method === 'POST' ? 201 : 200)
      .send({ name });
  });
  await upstream.listen({ port: 0, host: '127.0.0.1' });
  return upstream;
}

beforeAll(async () => {
  catalogue = await service('catalogue', document(['/api/streams', '/subjects/{s}', '/internal'], { type: 'string' }));
  subscriptions = await service('subscriptions', document(['/api/requests'], { type: 'number' }));
  gateway = await createService({
    ...gatewayService({
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'fatal',
      OIDC_ISSUER: 'https://issuer.example',
      HTTP_AUDIENCE: 'urn:city:http',
      OIDC_PRINCIPAL_CLAIM: 'sub',
      OIDC_AGENCY_CLAIM: 'agency',
      OIDC_ROLES_CLAIM: 'roles',
      CATALOGUE_URL: catalogue.listeningOrigin,
      SUBSCRIPTIONS_URL: subscriptions.listeningOrigin,
    }),
    logLevel: 'fatal',
  });
  gateway.get(TokenVerifier).verify = (header) =>
    header === 'Bearer good'
      ? Promise.resolve({ caller: { principal: 'futian.steward', agency: 'futian', roles: ['steward'] }, expiresAt })
      : Promise.reject(new ProblemError('UNAUTHENTICATED', 'No.', { headers: { 'www-authenticate': 'Bearer' } }));
});
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await gateway.close();
  await catalogue.close();
  await subscriptions.close();
});

type Injected = {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: string;
  headers?: object;
  payload?: string | Buffer;
};
const ask = ({ method = 'GET', url, headers = {}, payload }: Injected) =>
  gateway.inject({
    method,
    url,
    headers: { authorization: 'Bearer good', ...headers },
    ...(payload !== undefined && { payload }),
  });

describe('an address', () => {
  test.each([
    ['/api/streams', 'catalogue', '/api/streams'],
    [
      '/api/streams/bao-an.flight-movement/versions?x=1&y=a%2Fb',
      'catalogue',
      '/api/streams/bao-an.flight-movement/versions?x=1&y=a%2Fb',
    ],
    ['/api/agencies/futian', 'catalogue', '/api/agencies/futian'],
    [
      '/registry/subjects/bao-an.flight-movement-value/versions/1',
      'catalogue',
      '/subjects/bao-an.flight-movement-value/versions/1',
    ],
    ['/registry/schemas/ids/7', 'catalogue', '/schemas/ids/7'],
    ['/registry/config', 'catalogue', '/config'],
    // Some clients ask there whether it is a registry.
    ['/registry', 'catalogue', '/'],
    ['/registry/', 'catalogue', '/'],
    ['/api/requests', 'subscriptions', '/api/requests'],
    ['/api/entitlements/01J/receipts', 'subscriptions', '/api/entitlements/01J/receipts'],
    ['/api/notices', 'subscriptions', '/api/notices'],
  ])('%s is answered by the %s service', async (url, name, there) => {
    const answer = await ask({ url });
    expect(answer.statusCode).toBe(200);
    expect(seen).toMatchObject([{ service: name, url: there }]);
  });

  test.each(['/api/nothing', '/api/streamsandmore', '/api', '/nowhere', '/'])('%s does not exist', async (url) => {
    const answer = await ask({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'NOT_FOUND' });
    expect(seen).toEqual([]);
  });

  test.each(['/registry/api/streams', '/registry/healthz', '/registry//api/streams', '/registry/openapi.json'])(
    '%s is none of the registry',
    async (url) => {
      expect((await ask({ url })).statusCode).toBe(404);
      expect(seen).toEqual([]);
    },
  );

  test.each(['/api/streams/..%2frequests', '/registry/subjects/..%2f..%2fapi', '/api/streams/..%5crequests'])(
    '%s cannot climb out of its place',
    async (url) => {
      const answer = await ask({ url });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.headers['content-type']).toMatch(/json/);
      expect(seen).toEqual([]);
    },
  );
});

describe('without a good token', () => {
  test.each(['/api/streams', '/api/requests', '/api/whoami'])('%s is refused at the door', async (url) => {
    const answer = await ask({ url, headers: { authorization: 'Bearer bad' } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(seen).toEqual([]);
  });

  test('the registry is refused in the words its clients know', async () => {
    const answer = await ask({ url: '/registry/subjects', headers: { authorization: '' } });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error_code: 401 });
  });
});

describe('a request on its way to a service', () => {
  test('keeps its method, body and headers byte for byte, and the answer its status and ETag', async () => {
    const payload = '{"b": 1,  "a":"\u6df1\u5733"}';
    const headers = { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': 'k1', 'if-match': '"6"' };
    const answer = await ask({ method: 'POST', url: '/api/requests', headers, payload });
    expect(seen).toMatchObject([
      { method: 'POST', body: payload, headers: { ...headers, authorization: 'Bearer good' } },
    ]);
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.etag).toBe('"7"');
    expect(answer.headers['keep-alive']).toBeUndefined();
  });

  test('may have no body', async () => {
    await ask({ method: 'POST', url: '/api/requests/1/submit', headers: { 'content-type': 'application/json' } });
    await ask({ method: 'DELETE', url: '/api/suspensions/1' });
    expect(seen.map(({ method, body }) => [method, body])).toEqual([
      ['POST', ''],
      ['DELETE', ''],
    ]);
  });

  test('loses what claims to say who or where it comes from, and gets an id', async () => {
    const headers = {
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-user': 'cdo',
      'x-real-ip': '1.2.3.4',
      forwarded: 'for=1.2.3.4',
      'x-remote-user': 'cdo',
      'x-citystreams-principal': 'cdo',
      cookie: 'session=1',
      connection: 'keep-alive, x-secret-hop',
      'x-secret-hop': '1',
      te: 'trailers',
      expect: '100-continue',
    };
    await ask({ url: '/api/streams', headers });
    const got = seen[0]?.headers ?? {};
    expect(Object.keys(headers).filter((name) => name !== 'connection' && name in got)).toEqual([]);
    expect(got['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(got.authorization).toBe('Bearer good');
  });

  test('is refused when its body is too large', async () => {
    const payload = Buffer.alloc(LIMIT + 1, 32);
    const answer = await ask({
      method: 'POST',
      url: '/api/requests',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(seen).toEqual([]);
  });
});

describe('a service that fails', () => {
  test('to finish its answer is told apart by whether the request can have had an effect', async () => {
    const read = await ask({ url: '/api/requests/slow' });
    expect(read.statusCode).toBe(502);
    expect(read.json()).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      detail: expect.stringContaining('subscriptions'),
    });
    const write = await ask({ method: 'POST', url: '/api/requests/lost' });
    expect(write.json()).toMatchObject({ detail: expect.stringContaining('had an effect is not known') });
    expect(seen.filter(({ url }) => url === 'lost')).toHaveLength(1);
  });

  test('with an answer of its own is not asked again', async () => {
    const answer = await ask({ url: '/api/requests/busy' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(seen).toHaveLength(1);
  });
});

test('the gateway itself says who the caller is', async () => {
  expect((await ask({ url: '/api/whoami' })).json()).toEqual({
    principal: 'futian.steward',
    agency: 'futian',
    roles: ['steward'],
    expiresAt: '2030-01-01T00:00:00.000Z',
  });
});

test('the API document is one, public, and shows only what can be reached', async () => {
  const merged = (await gateway.inject('/openapi.json')).json<{
    paths: Record<string, unknown>;
    components: { schemas: Record<string, unknown> };
  }>();
  expect(Object.keys(merged.paths).sort()).toEqual([
    '/api/requests',
    '/api/streams',
    '/api/whoami',
    '/registry/subjects/{s}',
  ]);
  expect(merged.components.schemas.State).toEqual({ type: 'string' });
  expect(merged.components.schemas['subscriptions.State']).toEqual({ type: 'number' });
  expect(JSON.stringify(merged.paths['/api/requests'])).toContain('#/components/schemas/subscriptions.State');
});

describe('while one service is down', () => {
  beforeAll(() => catalogue.close());

  test('its addresses say so, and the others work', async () => {
    const down = await ask({ url: '/api/streams' });
    expect(down.statusCode).toBe(503);
    expect(down.headers['retry-after']).toBeDefined();
    expect(down.json()).toMatchObject({ code: 'UNAVAILABLE', detail: expect.stringContaining('catalogue') });
    expect((await ask({ url: '/registry/subjects' })).json()).toMatchObject({ error_code: 503 });
    expect((await ask({ url: '/api/requests' })).statusCode).toBe(200);
  });

  test('readiness is degraded, and names it', async () => {
    const answer = await gateway.inject('/readyz');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      status: 'degraded',
      checks: [
        { name: 'catalogue', ok: false, reason: 'does not answer' },
        { name: 'subscriptions', ok: true },
        { name: 'control services', ok: true },
      ],
    });
  });

  test('its last document is still shown', async () => {
    const merged = (await gateway.inject('/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(merged.paths)).toContain('/api/streams');
  });
});

/** Every route that the catalogue's own description names, asked from outside: what each has in common with the others. */
import 'reflect-metadata';
import { AgencyResource, Problem, StreamResource, StreamSummary } from '@citystreams/contracts';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { type Harbour, openHarbour } from './harbour.js';

jest.setTimeout(patience(60_000));

let h: Harbour;
let stream: string;
let routes: { method: string; path: string }[];
beforeAll(async () => {
  h = await openHarbour();
  stream = await h.created();
  const document = (await (await fetch(`${h.url()}/openapi.json`)).json()) as { paths: Record<string, object> };
  routes = Object.entries(document.paths).flatMap(([path, item]) =>
    path.startsWith('/api/') ? Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })) : [],
  );
});
afterAll(() => h?.close());

const filled = (path: string, name = stream): string =>
  path.replace('{stream}', name).replace('{agency}', h.city.owner);

describe('every route', () => {
  test('is one of ten', () => {
    expect(routes.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'GET /api/agencies',
      'GET /api/agencies/{agency}',
      'GET /api/catalogue.jsonld',
      'GET /api/streams',
      'GET /api/streams/{stream}',
      'GET /api/streams/{stream}/asyncapi',
      'PATCH /api/streams/{stream}',
      'POST /api/streams',
      'POST /api/streams/{stream}/retire',
      'POST /api/streams/{stream}/versions',
    ]);
  });

  test('asks who you are, and says how to prove it', async () => {
    for (const { method, path } of routes) {
      for (const authorization of [null, 'Bearer nonsense', 'Basic eDp5']) {
        const headers = authorization === null ? {} : { authorization };
        const response = await fetch(h.url() + filled(path), { method, headers });
        expect([method, path, response.status]).toEqual([method, path, 401]);
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
        expect(Problem.parse(await response.json()).code).toBe('UNAUTHENTICATED');
      }
    }
  });

  test('answers of a stream as its shape says, and is not there under another method', async () => {
    const shapes: Record<string, z.ZodType> = {
      '/api/agencies': z.strictObject({ items: z.array(strict(AgencyResource)), next: z.null() }),
      '/api/agencies/{agency}': strict(AgencyResource),
      '/api/streams': z.strictObject({ items: z.array(strict(StreamSummary)).min(1), next: z.string().nullable() }),
      '/api/streams/{stream}': strict(StreamResource),
    };
    for (const { method, path } of routes.filter((route) => route.method === 'GET')) {
      const answer = await h.get(h.who.steward, filled(path));
      expect([method, path, answer.status]).toEqual([method, path, 200]);
      expect((shapes[path] ?? z.unknown()).safeParse(answer.body).error?.issues).toBeUndefined();
      const deleted = await h.send(h.who.steward, 'DELETE', filled(path));
      expect([path, deleted.status, Problem.safeParse(deleted.body).success]).toEqual([path, 404, true]);
    }
  });

  test('answers a name that is no name, and one that is not there, with a problem that says which', async () => {
    for (const { method, path } of routes.filter((route) => route.path.includes('{stream}'))) {
      const body = method === 'GET' ? undefined : { reason: 'x', contract: {}, contact: 'a@example.org' };
      const wrong = await h.send(h.who.steward, method, filled(path, 'No_Stream'), body);
      expect([path, wrong.status]).toEqual([path, 400]);
      const absent = await h.send(
        h.who.steward,
        method,
        filled(path, `${h.city.owner}.never-was`),
        bodyOf(method, path),
      );
      expect([path, absent.status, absent.body.code]).toEqual([path, 404, 'NOT_FOUND']);
      expect(absent.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  test('that writes takes JSON of a bounded size, and nothing else', async () => {
    for (const { method, path } of routes.filter((route) => route.method !== 'GET')) {
      const address = h.url() + filled(path);
      const xml = await h.city.ask(h.who.steward, method, address, '<contract/>', { type: 'application/xml' });
      expect([path, xml.status]).toEqual([path, 415]);
      const large = await h.city.ask(h.who.steward, method, address, `"${'x'.repeat(5 * 1_048_576)}"`);
      expect([path, large.status, large.body.code]).toEqual([path, 413, 'PAYLOAD_TOO_LARGE']);
      const none = await h.send(h.who.steward, method, filled(path));
      expect([path, none.status, none.body.code]).toEqual([path, 400, 'VALIDATION_FAILED']);
    }
  });
});

/** Nothing more than the shape says, either. */
const strict = (shape: z.ZodObject): z.ZodType => z.strictObject(shape.shape);

function bodyOf(method: string, path: string): unknown {
  if (method === 'GET') return undefined;
  if (path.endsWith('/retire')) return { reason: 'x' };
  return path.endsWith('/versions') ? { contract: h.contract() } : { contact: 'a@example.org' };
}

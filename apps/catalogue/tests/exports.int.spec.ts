/** What leaves the catalogue for other systems, judged by their own tools. */
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { validate } from '@apidevtools/swagger-parser';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { judgeCatalogue } from './dcat-judge.js';
import { officialShapes, whyNoShapes } from './official-shapes.js';
import { field, type Harbour, openHarbour } from './harbour.js';

jest.setTimeout(patience(90_000));

let h: Harbour;
let stream: string;
beforeAll(async () => {
  h = await openHarbour();
  const place = {
    type: 'record',
    name: 'Place',
    fields: [
      field('x', { type: ['null', 'double'], default: null, classification: { level: 'L2', category: 'location' } }),
    ],
  };
  const cost = { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 };
  stream = await h.created(
    {},
    h.contract(field('where', { type: place, default: { x: null } }), field('cost', { type: cost, default: '\u0000' })),
  );
});
afterAll(() => h?.close());

describe('AsyncAPI', () => {
  const judge = async (document: string): Promise<{ errors: string[]; addresses: string[]; fields: string[] }> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'asyncapi.judge.mjs')], { stdio: 'pipe' });
    child.stdin.end(document);
    const [said, complained] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    if (said === '') throw new Error(complained);
    return JSON.parse(said) as Awaited<ReturnType<typeof judge>>;
  };

  test('describes a stream as its own parser understands it', async () => {
    const { status, headers, text } = await h.get(h.who.foreign, `/api/streams/${stream}/asyncapi`);
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('asyncapi+json')]);
    expect(await judge(text)).toEqual({
      errors: [],
      addresses: [stream, `view.${stream}.{view}`],
      fields: ['ship', 'berth', 'where', 'cost'],
    });
  });

  test('is no document any more when a part is missing: the parser would have said so', async () => {
    const { text } = await h.get(h.who.foreign, `/api/streams/${stream}/asyncapi`);
    const broken = text.replace('"action":"send"', '"action":"shout"');
    expect((await judge(broken)).errors).not.toEqual([]);
  });

  test('of a hidden stream is there for its own agency alone', async () => {
    const hidden = await h.created({ visibility: 'hidden' });
    expect((await h.get(h.who.foreign, `/api/streams/${hidden}/asyncapi`)).status).toBe(404);
    expect((await h.get(h.who.crane, `/api/streams/${hidden}/asyncapi`)).status).toBe(200);
    expect((await h.get(null, `/api/streams/${stream}/asyncapi`)).status).toBe(401);
  });
});

describe('DCAT', () => {
  test('has what DCAT-AP 3 demands of catalogue, datasets, distributions, service and publishers', async () => {
    const { headers, text } = await h.get(h.who.foreign, '/api/catalogue.jsonld');
    expect(headers.get('content-type')).toContain('application/ld+json');
    const { violations, focuses } = await judgeCatalogue(text);
    expect(violations).toEqual([]);
    // Everything that is judged was there to be judged.
    expect(focuses).toMatchObject({
      Catalog: 1,
      Dataset: expect.any(Number),
      Distribution: expect.any(Number),
      DataService: 1,
    });
    expect(focuses['Dataset']).toBeGreaterThan(0);
    expect(text).toContain(`/api/streams/${stream}`);
  });

  test('is judged: without title, publisher or address it would not pass', async () => {
    const { text } = await h.get(h.who.foreign, '/api/catalogue.jsonld');
    for (const property of ['dct:title', 'dct:publisher', 'dcat:accessURL', 'dcat:endpointURL', 'foaf:name'])
      expect((await judgeCatalogue(text.replaceAll(`"${property}"`, '"dct:absent"'))).violations).not.toEqual([]);
  });

  /** A skipped test says in its name why: it is counted neither as passed nor as failed. */
  const why = whyNoShapes();
  const official = why === null ? test : test.skip;
  official(`is taken by the official shapes of DCAT-AP 3.0.0${why === null ? '' : `: not run, ${why}`}`, async () => {
    const { text } = await h.get(h.who.foreign, '/api/catalogue.jsonld');
    const shapes = await officialShapes();
    expect((await judgeCatalogue(text, shapes)).violations).toEqual([]);
    const broken = text.replaceAll('"dct:title"', '"dct:absent"').replaceAll('"dcat:accessURL"', '"dcat:absent"');
    expect((await judgeCatalogue(broken, shapes)).violations.length).toBeGreaterThanOrEqual(4);
  });

  test('names hidden and retired streams to nobody', async () => {
    const hidden = await h.created({ visibility: 'hidden' });
    const old = await h.created();
    await h.send(h.who.steward, 'POST', `/api/streams/${old}/retire`, { reason: 'over' });
    for (const account of [h.who.steward, h.who.cdo, h.who.foreign]) {
      const { text } = await h.get(account, '/api/catalogue.jsonld');
      expect([text.includes(`${hidden}"`), text.includes(`${old}"`), text.includes(`${stream}"`)]).toEqual([
        false,
        false,
        true,
      ]);
    }
  });
});

test('the OpenAPI document is one, and knows every route of the catalogue', async () => {
  const response = await fetch(`${h.url()}/openapi.json`);
  const document = (await response.json()) as Parameters<typeof validate>[0] & { paths: Record<string, object> };
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect(routes).toEqual(
    expect.arrayContaining([
      'get /api/agencies',
      'get /api/agencies/{agency}',
      'get /api/streams',
      'post /api/streams',
      'get /api/streams/{stream}',
      'patch /api/streams/{stream}',
      'post /api/streams/{stream}/versions',
      'post /api/streams/{stream}/retire',
      'get /api/streams/{stream}/asyncapi',
      'get /api/catalogue.jsonld',
    ]),
  );
  await expect(validate(structuredClone(document))).resolves.toBeDefined();
  const broken = {
    ...(structuredClone(document) as object),
    paths: { '/x': { get: { parameters: [{ in: 'query' }] } } },
  };
  await expect(validate(broken as never)).rejects.toThrow(/schema|validat/i);
});

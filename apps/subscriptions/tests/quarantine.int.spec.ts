import {
  type QuarantinedEventResource,
  type QuarantineMessage,
  type QuarantineReason,
  type RedriveResource,
  type RouterOrder,
  StreamName,
} from '@citystreams/contracts';
import { patience, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from '../src/paging.js';
import { openScene, type Scene } from './scene.js';

jest.setTimeout(patience(90_000));

let s: Scene;
beforeAll(async () => {
  s = await openScene();
});
afterAll(() => s?.close());

type Events = Page<QuarantinedEventResource>;

const bad = (stream: string, offset: number, over: { partition?: number; reason?: QuarantineReason } = {}) =>
  ({
    format: 1,
    kind: 'quarantined',
    stream: StreamName.parse(stream),
    partition: over.partition ?? 0,
    offset: String(offset),
    reason: over.reason ?? 'UNKNOWN_SCHEMA_ID',
    size: 10 + offset,
    timestamp: 1_764_000_000_000 + offset,
    at: new Date().toISOString(),
  }) satisfies QuarantineMessage;

/** What a router says that carries an order out, with these outcomes. */
const carriedOut = (order: RouterOrder, outcomes: Record<string, 'delivered' | 'refused'>): QuarantineMessage[] => {
  const { stream, partition } = order;
  const place = { format: 1 as const, stream, partition, order: order.order, at: new Date().toISOString() };
  const count = (wanted: string): number => Object.values(outcomes).filter((outcome) => outcome === wanted).length;
  return [
    ...Object.entries(outcomes).map(([offset, outcome]) => ({ ...place, kind: 'redriven' as const, offset, outcome })),
    { ...place, kind: 'redrive-done', delivered: count('delivered'), refused: count('refused') },
  ];
};

const events = async (account: string, query: string): Promise<Events> => {
  const { status, body } = await s.get<Events>(account, `/api/quarantine?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
};
const offsets = ({ items }: Events): string[] => items.map(({ partition, offset }) => `${partition}/${offset}`);
const redrive = async (id: string): Promise<RedriveResource> =>
  (await s.get<RedriveResource>(s.city.who.owner, `/api/quarantine/redrives/${id}`)).body;
const ordered = async (stream: string, count: number): Promise<RouterOrder[]> => {
  await waitUntil(`${count} orders left`, () => s.control.orders(stream).length === count);
  return s.control.orders(stream);
};

/** A stream with these events in quarantine. */
async function quarantined(...news: ((stream: string) => QuarantineMessage)[]): Promise<string> {
  const stream = await s.stream();
  await s.control.tellOfQuarantine(...news.map((one) => one(stream)));
  await waitUntil('they are known', async () => {
    const { items } = await events(s.city.who.owner, `stream=${stream}&limit=1000`);
    return items.length === new Set(news.map((one) => JSON.stringify(one(stream)).replace(/"at".*/, ''))).size;
  });
  return stream;
}

describe('what is in quarantine', () => {
  test('is listed newest first, with place, reason and size, and filtered', async () => {
    const stream = await quarantined(
      (name) => bad(name, 3),
      (name) => bad(name, 7, { reason: 'UNDECODABLE' }),
      (name) => bad(name, 4, { partition: 1 }),
    );
    const all = await events(s.city.who.owner, `stream=${stream}`);
    expect(offsets(all)).toEqual(['1/4', '0/7', '0/3']);
    expect(all.items[2]).toMatchObject({
      ...{
        stream,
        partition: 0,
        offset: '3',
        reason: 'UNKNOWN_SCHEMA_ID',
        size: 13,
        state: 'quarantined',
        redrive: null,
      },
      publishedAt: new Date(1_764_000_000_003).toISOString(),
    });
    expect(offsets(await events(s.city.who.owner, `stream=${stream}&partition=1`))).toEqual(['1/4']);
    expect(offsets(await events(s.city.who.owner, `stream=${stream}&reason=UNDECODABLE`))).toEqual(['0/7']);
    expect(offsets(await events(s.city.who.owner, `stream=${stream}&state=delivered`))).toEqual([]);
  });

  test('comes in pages that lose and repeat nothing while more is quarantined', async () => {
    const stream = await quarantined(...[1, 2, 3, 4, 5].map((n) => (name: string) => bad(name, n)));
    const first = await events(s.city.who.owner, `stream=${stream}&limit=2`);
    await s.control.tellOfQuarantine(bad(stream, 6));
    await waitUntil(
      'the sixth is known',
      async () => (await events(s.city.who.owner, `stream=${stream}`)).items.length === 6,
    );
    const second = await events(s.city.who.owner, `stream=${stream}&limit=2&after=${first.next}`);
    const third = await events(s.city.who.owner, `stream=${stream}&limit=2&after=${second.next}`);
    expect([first, second, third].flatMap(offsets)).toEqual(['0/5', '0/4', '0/3', '0/2', '0/1']);
    expect(third.next).toBeNull();
  });

  test('is shown to the owner’s steward, the platform team and the auditor, and to nobody else', async () => {
    const stream = await quarantined((name) => bad(name, 1));
    const { owner, platform, auditor, east, eastService, privacy, cdo } = s.city.who;
    for (const account of [owner, platform, auditor]) {
      expect(offsets(await events(account, `stream=${stream}`))).toEqual(['0/1']);
    }
    expect((await s.get(east, `/api/quarantine?stream=${stream}`)).body.code).toBe('FORBIDDEN');
    expect((await events(east, '')).items).toEqual([]);
    for (const account of [eastService, privacy, cdo])
      expect((await s.get(account, '/api/quarantine')).status).toBe(403);
    expect((await s.get(null, '/api/quarantine')).status).toBe(401);
    const hidden = await s.stream({ visibility: 'hidden' });
    expect((await s.get(east, `/api/quarantine?stream=${hidden}`)).body).toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each(['stream=nonsense', 'partition=-1', 'reason=BAD', 'state=lost', 'after=abc', 'limit=0'])(
    '%s is answered with what is wrong',
    async (query) => {
      const { status, body } = await s.get(s.city.who.owner, `/api/quarantine?${query}`);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
      expect(body.problems?.[0]?.field).toContain(query.split('=')[0]);
    },
  );

  test('is known after a restart, with what was told meanwhile, once', async () => {
    const stream = await quarantined((name) => bad(name, 1));
    await s.service.kill();
    await s.control.tellOfQuarantine(bad(stream, 2), bad(stream, 2));
    await s.restart();
    await waitUntil(
      'it knows the second',
      async () => (await events(s.city.who.owner, `stream=${stream}`)).items.length === 2,
    );
    expect(offsets(await events(s.city.who.owner, `stream=${stream}`))).toEqual(['0/2', '0/1']);
  });

  test('with a message that nobody understands goes on behind it', async () => {
    const stream = await s.stream();
    await s.control.tellOfQuarantine({ ...bad(stream, 1), format: 2 } as unknown as QuarantineMessage, bad(stream, 2));
    await waitUntil(
      'the next is known',
      async () => (await events(s.city.who.owner, `stream=${stream}`)).items.length === 1,
    );
  });
});

describe('a redrive', () => {
  const order = (stream: string, wish: object) =>
    s.post<RedriveResource>(s.city.who.owner, '/api/quarantine/redrive', { stream, ...wish });

  test('of a whole reason orders each partition once, and shows how far it is until it is done', async () => {
    const stream = await quarantined(
      (name) => bad(name, 3),
      (name) => bad(name, 5, { reason: 'NOT_AVRO' }),
      (name) => bad(name, 9),
      (name) => bad(name, 4, { partition: 1 }),
    );
    const { status, body } = await order(stream, { reason: 'UNKNOWN_SCHEMA_ID' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      state: 'ordered',
      events: 3,
      delivered: 0,
      requestedBy: s.city.who.owner,
      doneAt: null,
    });
    const orders = await ordered(stream, 2);
    expect(orders).toMatchObject([
      { kind: 'redrive', partition: 0, from: '3', to: '9', reason: 'UNKNOWN_SCHEMA_ID', requestedBy: s.city.who.owner },
      { kind: 'redrive', partition: 1, from: '4', to: '4' },
    ]);
    expect(offsets(await events(s.city.who.owner, `stream=${stream}&state=ordered`))).toEqual(['1/4', '0/9', '0/3']);

    const [first, second] = orders as [RouterOrder, RouterOrder];
    await s.control.tellOfQuarantine(...carriedOut(first, { 3: 'delivered', 9: 'refused' }));
    await waitUntil('the first order is done', async () => (await redrive(body.id)).partitions[0]?.state === 'done');
    expect(await redrive(body.id)).toMatchObject({ state: 'ordered', delivered: 1, refused: 1, gone: 0 });
    // The router does not find the other one: it is not kept any more.
    await s.control.tellOfQuarantine(...carriedOut(second, {}));
    await waitUntil('it is done', async () => (await redrive(body.id)).state === 'done');
    expect(await redrive(body.id)).toMatchObject({ events: 3, delivered: 1, refused: 1, gone: 1 });
    const { items } = await events(s.city.who.owner, `stream=${stream}`);
    expect(items.map(({ offset, state, redrive: by }) => [offset, state, by])).toEqual([
      ['4', 'gone', body.id],
      ['9', 'refused', body.id],
      ['5', 'quarantined', null],
      ['3', 'delivered', body.id],
    ]);
  });

  test('never hands the views an event that they have, or that another redrive has in hand', async () => {
    const stream = await quarantined(...[1, 2, 3, 4].map((n) => (name: string) => bad(name, n)));
    const { body: first } = await order(stream, { partition: 0, from: '2', to: '2' });
    await s.control.tellOfQuarantine(...carriedOut((await ordered(stream, 1))[0] as RouterOrder, { 2: 'delivered' }));
    await waitUntil('it is done', async () => (await redrive(first.id)).state === 'done');
    await order(stream, { partition: 0, from: '3', to: '3' });
    const both = await Promise.all([
      order(stream, { reason: 'UNKNOWN_SCHEMA_ID' }),
      order(stream, { reason: 'UNKNOWN_SCHEMA_ID' }),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    const orders = await ordered(stream, 3);
    expect(orders[2]).toMatchObject({ from: '1', to: '4', except: ['2', '3'] });
    const refusal = await s.post(s.city.who.owner, '/api/quarantine/redrive', { stream, reason: 'UNKNOWN_SCHEMA_ID' });
    expect(refusal.body).toMatchObject({
      code: 'STATE_CONFLICT',
      detail: expect.stringContaining('1 delivered, 3 ordered'),
    });
  });

  test('that the router refused can be ordered again', async () => {
    const stream = await quarantined((name) => bad(name, 1));
    const { body: first } = await order(stream, { reason: 'UNKNOWN_SCHEMA_ID' });
    await s.control.tellOfQuarantine(...carriedOut((await ordered(stream, 1))[0] as RouterOrder, { 1: 'refused' }));
    await waitUntil('it is done', async () => (await redrive(first.id)).state === 'done');
    expect((await order(stream, { reason: 'UNKNOWN_SCHEMA_ID' })).status).toBe(201);
    const pages = await s.get<Page<RedriveResource>>(s.city.who.owner, '/api/quarantine/redrives?limit=1');
    expect(pages.body.items[0]?.stream).toBe(stream);
    expect(pages.body.next).not.toBeNull();
  });

  test('is the owner’s steward’s to order, and everybody else’s to be refused', async () => {
    const stream = await quarantined((name) => bad(name, 1));
    const wish = { stream, reason: 'UNKNOWN_SCHEMA_ID' };
    const { east, platform, auditor, cdo, eastService, owner } = s.city.who;
    for (const account of [east, platform, auditor, cdo, eastService]) {
      expect((await s.post(account, '/api/quarantine/redrive', wish)).body.code).toBe('FORBIDDEN');
    }
    expect(s.control.orders(stream)).toEqual([]);
    const { body } = await s.post<RedriveResource>(owner, '/api/quarantine/redrive', wish);
    expect((await s.get(east, `/api/quarantine/redrives/${body.id}`)).status).toBe(404);
    for (const account of [platform, auditor]) {
      expect((await s.get(account, `/api/quarantine/redrives/${body.id}`)).status).toBe(200);
    }
  });

  test.each<[string, object, string]>([
    ['nothing but a stream', {}, 'reason'],
    ['offsets without a partition', { from: '1', to: '2' }, 'partition'],
    ['one end', { partition: 0, from: '1' }, 'to'],
    ['ends the wrong way round', { partition: 0, from: '2', to: '1' }, 'to'],
    ['an offset that is none', { partition: 0, from: '-1', to: '1' }, 'from'],
    ['an unknown reason', { reason: 'BAD' }, 'reason'],
    ['what it does not know', { reason: 'NOT_AVRO', values: true }, 'values'],
  ])('%s is answered with what is wrong', async (_, wish, field) => {
    const stream = `${s.city.airport}.flight-1`;
    const { status, body } = await s.post(s.city.who.owner, '/api/quarantine/redrive', { stream, ...wish });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(JSON.stringify(body.problems)).toContain(field);
  });
});

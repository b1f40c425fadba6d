/** Search in a catalogue of some thousand streams: every page, and how long it takes beside one that finds nothing. */
import 'reflect-metadata';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type Harbour, openHarbour } from './harbour.js';

jest.setTimeout(patience(120_000));

const STREAMS = 5_000;
const SUBJECTS = [
  'weather 气象',
  'flight 航班',
  'earthquake 地震',
  'residence 居住',
  'claim 医保',
  'bus 公交',
  'air 空气',
];

let h: Harbour;
beforeAll(async () => {
  h = await openHarbour();
  await h.created();
  const db = new pg.Client({ connectionString: h.database.services.catalogue.url });
  await db.connect();
  // Rows as registration writes them, each with the text of a contract of thirty documented fields.
  await db.query(
    `INSERT INTO catalogue.streams
       (stream, owner, title, sharing, visibility, level, key, retention_days, partitions, contact, publishers, created_at,
        created_by, revision, description, concepts, search_title, search_text)
     SELECT $1 || '.event-' || lpad(i::text, 5, '0'), $1, jsonb_build_object('en', 'Event ' || i, 'zh', '事件'), 'conditional',
            'listed', 'L' || (1 + i % 4), 'id', 7, 4, 'a@example.org', '{}', now(), 'test', 1, 'An event.', '{}',
            t.title, t.title || repeat(' some field of this event, what it means and in which unit it is measured', 30)
       FROM generate_series(1, $2::int) i,
            LATERAL (SELECT 'event ' || i || ' ' || ($3::text[])[1 + i % 7] AS title) t`,
    [h.city.owner, STREAMS, SUBJECTS],
  );
  await db.end();
});
afterAll(() => h?.close());

const ask = async (query: string): Promise<{ items: { stream: string }[]; next: string | null; ms: number }> => {
  const from = performance.now();
  const { status, body } = await h.get(h.who.foreign, `/api/streams?${query}`);
  expect(status).toBe(200);
  return { items: body.items, next: body.next, ms: performance.now() - from };
};

test('finds each of them once, page by page', async () => {
  for (const words of ['', '航班', 'flights']) {
    const found: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(
        `q=${encodeURIComponent(words)}&limit=200&after=${after}`,
      );
      found.push(...page.items.map(({ stream }) => stream));
      after = page.next;
    }
    expect(found).toHaveLength(words === '' ? STREAMS + 1 : Math.ceil(STREAMS / SUBJECTS.length));
    expect(new Set(found).size).toBe(found.length);
  }
});

test('answers within a page of time', async () => {
  const questions = [
    'q=weather',
    'q=%E6%B0%94%E8%B1%A1',
    'q=flight%20event&level=L2',
    'q=nothing%20at%20all',
    'level=L3',
  ];
  const rows: string[] = [];
  for (const question of questions) {
    const times: number[] = [];
    for (let i = 0; i < 15; i += 1) times.push((await ask(`${question}&limit=50`)).ms);
    const sorted = times.toSorted((a, b) => a - b);
    rows.push(`${question}: median ${sorted[7]?.toFixed(0)} ms, most ${sorted.at(-1)?.toFixed(0)} ms`);
    expect(sorted[7]).toBeLessThan(patience(2_000));
  }
  process.stdout.write(`search in ${STREAMS} streams\n  ${rows.join('\n  ')}\n`);
});

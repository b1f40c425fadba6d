/**
 * Kills in the middle of many decisions at once: of each decision, its row, its record in the chain, its entitlement and
 * its announcement are all there or all absent, and what was answered is there.
 */
import type { RequestResource } from '@citystreams/contracts';
import { type OwnDatabase, ownDatabase, patience, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openScene, type Scene } from './scene.js';
import { verifyWith } from './verifier.js';

jest.setTimeout(patience(120_000));

/** Each seed is a moment; more of them by `CRASH_SEEDS`, joined by commas. */
const SEEDS = (process.env['CRASH_SEEDS'] ?? '11,23,42').split(',').map(Number);
const CLIENTS = 8;

let database: OwnDatabase;
let s: Scene;
let stream: string;
beforeAll(async () => {
  database = await ownDatabase();
  s = await openScene(Promise.resolve(database));
  stream = await s.stream();
});
afterAll(async () => {
  await (s === undefined ? database?.drop() : s.close());
});

interface Kept {
  request: string;
  state: string;
  decided: number;
  recorded: number;
  entitlements: number;
  grants: number;
  submitted: boolean;
  submissions: number;
}

const KEPT = `
  SELECT r.id AS request, r.state, r.submitted_at IS NOT NULL AS submitted,
         (SELECT count(*)::int FROM subscriptions.decisions d WHERE d.request = r.id) AS decided,
         (SELECT count(*)::int FROM subscriptions.audit_records a
           WHERE a.object_id = r.id AND a.action = 'request.decided') AS recorded,
         (SELECT count(*)::int FROM subscriptions.audit_records a
           WHERE a.object_id = r.id AND a.action = 'request.submitted') AS submissions,
         (SELECT count(*)::int FROM subscriptions.entitlements e WHERE e.request = r.id) AS entitlements,
         (SELECT count(*)::int FROM subscriptions.audit_records a
           WHERE a.request = r.id AND a.action = 'entitlement.granted') AS grants
    FROM subscriptions.requests r ORDER BY r.id`;

const CHAIN = `
  SELECT (SELECT sequence::int FROM subscriptions.audit_end) AS end,
         count(*)::int AS records, coalesce(max(sequence), 0)::int AS last
    FROM subscriptions.audit_records`;

/** Asks and decides until the first failure, and tells every answer. */
async function decideUntilItDies(client: number, answered: (id: string, state: string) => void): Promise<void> {
  const refusal = { reasonCode: 'NOT_NECESSARY', legalGround: 'article 5', text: 'fewer would do' };
  for (let n = 0; ; n += 1) {
    try {
      const { id } = await s.submitted(stream);
      answered(id, 'PENDING_OWNER');
      const [move, body] = (client + n) % 3 === 0 ? ['refuse', refusal] : ['approve', {}];
      const answer = await s.post<RequestResource>(s.city.who.owner, `/api/requests/${id}/${move}`, body);
      if (answer.status !== 200) return;
      answered(id, answer.body.state);
    } catch {
      return;
    }
  }
}

/** A small generator of its own, so that a seed means the same moment for ever. */
function draw(seed: number, below: number): number {
  let x = seed ^ 0x9e3779b9;
  for (let i = 0; i < 3; i += 1) {
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  }
  return (x >>> 0) % below;
}

describe.each(SEEDS)('a kill at the moment of seed %d', (seed) => {
  const victim = draw(seed, 2) === 0 ? 'the service' : 'PostgreSQL';
  const after = 5 + draw(seed + 1, 40);

  test(`of ${victim}, after ${after} answers, leaves decisions whole and the chain without a gap`, async () => {
    const answers = new Map<string, string>();
    let told = 0;
    const dying = Promise.all(
      Array.from({ length: CLIENTS }, (_, client) =>
        decideUntilItDies(client, (id, state) => {
          answers.set(id, state);
          told += 1;
        }),
      ),
    );
    await waitUntil(`${after} answers`, () => told >= after, { intervalMs: 1 });
    await (victim === 'the service' ? s.service.kill() : database.kill());
    await dying;
    if (victim === 'the service') await s.restart();
    else await database.restart();
    await waitUntil('it is ready again', async () => (await fetch(`${s.service.url}/readyz`)).ok);

    const kept = await s.sql<Kept>(KEPT);
    for (const row of kept) {
      const isOver = row.state === 'APPROVED' || row.state === 'REFUSED';
      const granted = row.state === 'APPROVED' ? 1 : 0;
      const wanted = { decided: isOver ? 1 : 0, recorded: isOver ? 1 : 0, entitlements: granted, grants: granted };
      expect(row).toMatchObject({ ...wanted, submissions: row.submitted ? 1 : 0 });
    }
    expect(kept.map((row) => row.state)).toEqual(expect.arrayContaining(['APPROVED', 'REFUSED']));
    const states = new Map(kept.map((row) => [row.request, row.state]));
    for (const [id, state] of answers) {
      // What was answered as pending may have been decided since, by a command whose answer was lost.
      expect([id, state === 'PENDING_OWNER' || states.get(id) === state]).toEqual([id, true]);
      expect(states.has(id)).toBe(true);
    }
    const [chain] = await s.sql<{ end: number; records: number; last: number }>(CHAIN);
    expect(chain).toMatchObject({ records: chain?.end, last: chain?.end });
    const { findings } = await verifyWith(s.stateDir, await s.text(s.city.who.auditor, '/api/audit/export'));
    expect(findings).toEqual([]);

    const entitlements = await s.sql<{ id: string }>('SELECT id FROM subscriptions.entitlements');
    await waitUntil('every entitlement is announced', () =>
      entitlements.every(({ id }) => s.control.entitlement(id).length > 0),
    );
    const known = new Set(entitlements.map(({ id }) => id));
    const stray = s.control.announced(s.city.east).filter((id) => !known.has(id));
    expect(stray).toEqual([]);
  });
});

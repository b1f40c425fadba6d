/** What an auditor and the parties can take away from the service, and prove with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuditEntry,
  AuditHead,
  type AuditKey,
  CONTROL_TOPICS,
  type ErasedEvidence,
  EvidenceBundle,
  noticeTopicOf,
} from '@citystreams/contracts';
import { openFollower } from '@citystreams/kafka';
import { patience, stack, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from '../src/paging.js';
import { openScene, REVOCATION, type Scene } from './scene.js';
import { verifyWith } from './verifier.js';

jest.setTimeout(patience(60_000));

let s: Scene;
let entitlement: string;
let refused: string;
beforeAll(async () => {
  s = await openScene();
  const stream = await s.stream();
  const active = await s.active(stream);
  entitlement = active.id;
  await s.post(s.city.who.owner, `/api/entitlements/${entitlement}/revoke`, REVOCATION);
  const request = await s.submitted(stream, { necessity: 'we count late buses' });
  refused = request.id;
  const refusal = { reasonCode: 'NOT_NECESSARY', legalGround: 'article 5', text: 'count them without origins' };
  await s.post(s.city.who.owner, `/api/requests/${refused}/refuse`, refusal);
});
afterAll(() => s?.close());

const exported = (account = s.city.who.auditor): Promise<string> => s.text(account, '/api/audit/export');
const entriesIn = (text: string): AuditEntry[] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => AuditEntry.parse(JSON.parse(line)));

/** The file holds a head that covers everything that was recorded until now. */
async function published(): Promise<void> {
  const [{ last } = { last: 0 }] = await s.sql<{ last: number }>(
    'SELECT sequence::int AS last FROM subscriptions.audit_end',
  );
  await waitUntil('a head covers it', () => filedHeads().some((head) => head.sequence >= last));
}

const filedHeads = (): AuditHead[] =>
  readFileSync(join(s.stateDir, 'audit-heads.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => AuditHead.parse(JSON.parse(line)));

describe('heads', () => {
  test('are in the file, in the topic, with the agencies, and shown to the auditor: the same everywhere', async () => {
    await published();
    const [head] = filedHeads() as [AuditHead];
    const shown = await s.get<Page<AuditHead>>(s.city.who.auditor, '/api/audit/heads?limit=1');
    expect(shown.body.items).toEqual([head]);
    for (const topic of [CONTROL_TOPICS.auditHeads, noticeTopicOf(s.city.east as never)]) {
      const seen: unknown[] = [];
      const follower = openFollower(stack().internalKafka, {
        topic,
        onRecord: ({ value }) => void seen.push(JSON.parse(value?.toString() ?? 'null')),
      });
      await waitUntil(`the head is in ${topic}`, () => seen.some((h) => (h as AuditHead).signature === head.signature));
      await follower.close();
    }
  });

  test('go on in the file where a kill left off', async () => {
    const before = filedHeads();
    await s.service.kill();
    await s.restart();
    await waitUntil('more heads are filed', () => filedHeads().length > before.length);
    const after = filedHeads();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(new Set(after.map((h) => h.signature)).size).toBe(after.length);
  });
});

describe('an export', () => {
  test('verifies offline, up to the last head', async () => {
    await published();
    const verdict = await verifyWith(s.stateDir, await exported());
    expect(verdict).toMatchObject({ exitCode: 0, findings: [], unchecked: [] });
    expect(verdict.provedUpTo?.record).toBeGreaterThanOrEqual(8);
  });

  test('shows what somebody with the database changed', async () => {
    const [at] = await s.sql<{ sequence: string }>(
      `SELECT sequence FROM subscriptions.audit_records WHERE object_id = '${refused}' AND action = 'request.decided'`,
    );
    const change = (outcome: string) =>
      s.sql(`UPDATE subscriptions.audit_records SET outcome = '${outcome}' WHERE sequence = ${at?.sequence}`);
    await change('approved');
    try {
      const verdict = await verifyWith(s.stateDir, await exported());
      expect(verdict).toMatchObject({ exitCode: 1, findings: [{ code: 'EDITED', record: Number(at?.sequence) }] });
    } finally {
      await change('refused');
    }
    expect((await verifyWith(s.stateDir, await exported())).findings).toEqual([]);
  });

  test('that breaks off is seen to', async () => {
    const text = await exported();
    const cut = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    const { findings } = await verifyWith(s.stateDir, cut);
    expect(findings.map((f) => f.code)).toContain('TRUNCATED');
  });
});

describe('the evidence of an entitlement', () => {
  const bundleOf = async (account: string) =>
    s.get<EvidenceBundle>(account, `/api/entitlements/${entitlement}/evidence`);

  test('is one file that verifies by itself, and shows nothing of others', async () => {
    await published();
    const { body } = await bundleOf(s.city.who.east);
    const bundle = EvidenceBundle.parse(body);
    const actions = bundle.segments.flatMap(({ items }) =>
      items.flatMap((item) => (item.kind === 'record' ? [item.record.action] : [])),
    );
    expect(actions.slice(0, 4)).toEqual([
      'request.submitted',
      'request.decided',
      'entitlement.granted',
      'entitlement.state',
    ]);
    expect(actions).toContain('entitlement.revoked');
    expect(JSON.stringify(bundle)).not.toContain(refused);
    const verdict = await verifyWith(s.stateDir, JSON.stringify(bundle));
    expect(verdict).toMatchObject({ exitCode: 0, findings: [], records: actions.length });
  });

  test.each<[string, (bundle: EvidenceBundle) => void, string]>([
    ['a record is changed', ({ segments: [segment] }) => void (recordIn(segment).outcome = 'x'), 'EDITED'],
    ['a record is left out', ({ segments: [segment] }) => void segment?.items.splice(0, 1), 'EDITED'],
    ['the way to its head is cut short', ({ segments }) => void segments.at(-1)?.items.pop(), 'REWRITTEN'],
    [
      'its head is of another key',
      ({ segments: [segment] }) => void (segment!.head!.key = 'ab'.repeat(32)),
      'SWAPPED_KEY',
    ],
  ])('does not verify when %s', async (_, tamper, code) => {
    await published();
    const { body } = await bundleOf(s.city.who.owner);
    tamper(body);
    const { exitCode, findings } = await verifyWith(s.stateDir, JSON.stringify(body));
    expect([exitCode, findings.map((f) => f.code)]).toEqual([1, expect.arrayContaining([code])]);
  });

  test('is for its parties and the auditor', async () => {
    const { owner, east, auditor, cdo, platform, west } = s.city.who;
    const status = async (account: string) => (await bundleOf(account)).status;
    expect(await Promise.all([owner, east, auditor, cdo, platform, west].map(status))).toEqual([
      200, 200, 200, 403, 403, 404,
    ]);
  });
});

function recordIn(segment: EvidenceBundle['segments'][number] | undefined): AuditEntry['record'] {
  const entry = segment?.items.find((item) => item.kind === 'record');
  if (entry === undefined) throw new Error('the bundle shows no record');
  return entry.record;
}

describe('erasure', () => {
  const why = { legalGround: 'article 47', text: 'asked to be forgotten' };
  const erase = <T = ErasedEvidence>(account: string, body: object) => s.post<T>(account, '/api/audit/erasures', body);

  test('is the platform’s, and a privacy officer’s for the own agency', async () => {
    const { owner, privacy, east, auditor, cdo } = s.city.who;
    const body = { account: east, ...why };
    const statuses = await Promise.all(
      [owner, east, auditor, cdo, privacy].map(async (a) => (await erase(a, body)).status),
    );
    expect(statuses).toEqual([403, 403, 403, 403, 404]);
    expect((await erase(privacy, { account: owner, ...why })).status).toBe(201);
  });

  test('takes a name and what was written; the chain still verifies, and says that they went', async () => {
    const { platform, east } = s.city.who;
    expect(await exported()).toContain('we count late buses');
    const { status, body } = await erase(platform, { account: east, texts: 'theirs', ...why });
    expect([status, body.actors.length, Object.keys(body.parts).sort()]).toEqual([
      201,
      1,
      ['text.legalBasis', 'text.necessity'],
    ]);
    await published();
    const text = await exported();
    expect(text).not.toContain('we count late buses');
    expect(text).not.toContain(JSON.stringify(JSON.stringify(east)));
    expect(entriesIn(text).at(-1)?.record).toMatchObject({ action: 'evidence.erased', role: 'platform' });
    const verdict = await verifyWith(s.stateDir, text);
    expect(verdict).toMatchObject({ exitCode: 0, findings: [] });
    expect(verdict.checked.join()).toContain('erased and said to be: 2 names');
  });

  test('of one text leaves the others', async () => {
    const entries = entriesIn(await exported());
    const decided = entries.find((e) => e.record.object.id === refused && e.record.action === 'request.decided');
    const sequence = decided?.record.sequence ?? 0;
    const { body } = await erase(s.city.who.platform, { texts: [sequence], ...why });
    expect(body.parts).toEqual({ 'text.legalGround': [sequence], 'text.text': [sequence] });
    expect((await erase(s.city.who.platform, { texts: [sequence], ...why })).status).toBe(404);
  });

  test.each<[string, object, string]>([
    ['nothing', { ...why }, '$'],
    ['texts of nobody', { texts: 'theirs', ...why }, '$'],
    ['no reason', { account: 'a' }, '$.legalGround'],
    ['the platform itself', { account: 'citystreams.enforcement', ...why }, '$.account'],
  ])('is refused for %s', async (_, body, field) => {
    const answer = await s.post(s.city.who.platform, '/api/audit/erasures', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(answer.body.problems?.map((p) => p.field)).toContain(field);
  });

  test('without what was taken away, and without its record, is a finding', async () => {
    const [{ sequence } = { sequence: 0 }] = await s.sql<{ sequence: number }>(
      "SELECT max(sequence)::int AS sequence FROM subscriptions.audit_details WHERE part = 'after'",
    );
    await s.sql(`DELETE FROM subscriptions.audit_details WHERE sequence = ${sequence} AND part = 'after'`);
    const { findings } = await verifyWith(s.stateDir, await exported());
    expect(findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'DETAIL_MISSING', record: sequence })]),
    );
  });
});

describe('the chain', () => {
  test('is read by the auditor alone', async () => {
    const { owner, east, privacy, cdo, platform, auditor } = s.city.who;
    for (const path of ['/api/audit', '/api/audit/heads', '/api/audit/export']) {
      const status = async (account: string | null) => (await s.response(account, path)).status;
      expect(await Promise.all([owner, east, privacy, cdo, platform].map(status))).toEqual([403, 403, 403, 403, 403]);
      expect([await status(null), await status(auditor)]).toEqual([401, 200]);
    }
    expect((await s.get<AuditKey>(east, '/api/audit/key')).body.publicKey).toContain('BEGIN PUBLIC KEY');
  });

  test('is read page by page, oldest first, and of one object alone', async () => {
    const { auditor } = s.city.who;
    const first = await s.get<Page<AuditEntry>>(auditor, '/api/audit?limit=2');
    const second = await s.get<Page<AuditEntry>>(auditor, `/api/audit?limit=2&after=${first.body.next}`);
    const numbers = [...first.body.items, ...second.body.items].map((e) => e.record.sequence);
    expect(numbers).toEqual([1, 2, 3, 4]);
    const mine = await s.get<Page<AuditEntry>>(auditor, `/api/audit?object=${refused}`);
    expect(mine.body.items.map((e) => e.record.action)).toEqual(['request.submitted', 'request.decided']);
    for (const query of ['after=-1', 'limit=0', 'limit=201', 'after=x', 'unknown=1', 'request=1']) {
      expect((await s.get(auditor, `/api/audit?${query}`)).status).toBe(400);
    }
  });
});

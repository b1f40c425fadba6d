import 'reflect-metadata';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { field, fieldsOf, type Harbour, openHarbour, versionsIn } from './harbour.js';
import type { Answer } from './running-catalogue.js';

jest.setTimeout(patience(60_000));

let h: Harbour;
beforeAll(async () => {
  h = await openHarbour();
});
afterAll(() => h?.close());

describe('agencies', () => {
  test('are the offices of the policy, known to whoever has a token', async () => {
    const all = await h.get(h.who.reader, '/api/agencies');
    expect(all.body.items.map((item) => item.agency)).toEqual([h.city.owner, h.city.consumer]);
    const one = await h.get(h.who.reader, `/api/agencies/${h.city.owner}`);
    expect(one.body).toMatchObject({ agency: h.city.owner, kind: 'bureau', dataOfficer: 'An Officer' });
    expect((await h.get(h.who.reader, '/api/agencies/nowhere')).body.code).toBe('NOT_FOUND');
    expect((await h.get(null, '/api/agencies')).status).toBe(401);
  });
});

describe('a new stream', () => {
  test('is created by the steward of its owner, shown, and announced with its schema', async () => {
    const stream = await h.created();
    const { body } = await h.get(h.who.foreign, `/api/streams/${stream}`);
    expect(body).toMatchObject({ owner: h.city.owner, level: 'L1', key: 'ship', partitions: 4, visibility: 'listed' });
    expect(body.fields.map((f) => f.path)).toEqual(['ship', 'berth']);
    const [message] = await h.announced(stream, (all) => all.length > 0);
    expect(message).toMatchObject({
      kind: 'stream',
      key: 'ship',
      time: null,
      retentionMs: 7 * 86_400_000,
      publishers: [h.who.pilot],
      versions: [{ version: 1, schemaId: body.versions[0]?.schemaId, fields: body.fields }],
    });
  });

  test('exists once', async () => {
    const stream = await h.created();
    const again = await h.post(h.who.steward, '/api/streams', { manifest: h.manifest(stream), contract: h.contract() });
    expect([again.status, again.body.code]).toEqual([409, 'STREAM_EXISTS']);
  });

  test('is created once even when it is asked for many times at once', async () => {
    const body = { manifest: h.manifest(h.freshStream()), contract: h.contract() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => h.post(h.who.steward, '/api/streams', body)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array(7).fill(409)]);
  });

  test('with a bad contract is refused with every problem at once, and nothing is left of it', async () => {
    const stream = h.freshStream();
    const contract = {
      ...h.contract({ name: 'cargo', type: 'string', aliases: ['load'] }),
      key: 'vessel',
      namespace: 'h.city.elsewhere',
    };
    const manifest = h.manifest(stream, { publishers: [`${h.city.owner}.ghost`] });
    const answer = await h.post(h.who.steward, '/api/streams', { manifest, contract });
    expect([answer.status, answer.body.code]).toEqual([422, 'CONTRACT_INVALID']);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(fieldsOf(answer).toSorted()).toEqual([
      '$.contract.fields[2].aliases',
      '$.contract.fields[2].classification',
      '$.contract.fields[2].doc',
      '$.contract.key',
      '$.contract.namespace',
      '$.manifest.publishers[0]',
    ]);
    expect((await h.get(h.who.steward, `/api/streams/${stream}`)).status).toBe(404);
    const notAvro = await h.post(h.who.steward, '/api/streams', {
      manifest: h.manifest(stream),
      contract: h.contract(field('cargo', { type: 'strnig' })),
    });
    expect([notAvro.status, fieldsOf(notAvro)]).toEqual([422, ['$.contract']]);
  });

  test('names publishers that the office of the owner has', async () => {
    const send = (publishers: string[]) =>
      h.post(h.who.steward, '/api/streams', {
        manifest: h.manifest(h.freshStream(), { publishers }),
        contract: h.contract(),
      });
    const unknown = await send([h.who.pilot, `${h.city.owner}.ghost`]);
    expect([unknown.status, unknown.body.code, fieldsOf(unknown)]).toEqual([
      422,
      'PRINCIPAL_UNKNOWN',
      ['$.manifest.publishers[1]'],
    ]);
    const foreign = await send([h.who.reader]);
    expect([foreign.status, foreign.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  test('is refused with every problem of its body, and to everybody who is no steward of the owner', async () => {
    const bad = await h.post(h.who.steward, '/api/streams', {
      manifest: h.manifest('Nonsense', { retentionDays: 0 }),
      contract: 7,
    });
    expect([bad.status, [...new Set(fieldsOf(bad))].toSorted()]).toEqual([
      400,
      ['$.contract', '$.manifest.retentionDays', '$.manifest.stream'],
    ]);
    const body = { manifest: h.manifest(h.freshStream()), contract: h.contract() };
    for (const account of [h.who.foreign, h.who.pilot, h.who.cdo, h.who.platform]) {
      expect((await h.post(account, '/api/streams', body)).status).toBe(403);
    }
    expect((await h.post(null, '/api/streams', body)).status).toBe(401);
  });
});

describe('a hidden stream', () => {
  test('does not exist for other agencies, and does for the CDO, the auditor and the platform', async () => {
    const stream = await h.created({ visibility: 'hidden' });
    const path = `/api/streams/${stream}`;
    const hidden = await h.get(h.who.foreign, path);
    const absent = await h.get(h.who.foreign, `/api/streams/${h.city.owner}.never-was`);
    expect(hidden.status).toBe(404);
    expect(JSON.stringify(hidden.body).replaceAll(stream, '')).toBe(
      JSON.stringify(absent.body).replaceAll(`${h.city.owner}.never-was`, ''),
    );
    expect((await h.addVersion(h.who.foreign, stream, h.contract())).status).toBe(404);
    const listed = async (account: string) => {
      const { body } = await h.get(account, `/api/streams?agency=${h.city.owner}`);
      return body.items.some((item) => item.stream === stream);
    };
    expect([await listed(h.who.foreign), await listed(h.who.reader)]).toEqual([false, false]);
    for (const account of [h.who.steward, h.who.crane, h.who.cdo, h.who.auditor, h.who.platform]) {
      expect([(await h.get(account, path)).status, await listed(account)]).toEqual([200, true]);
    }
  });
});

test('the list of streams comes in pages', async () => {
  await h.created();
  await h.created();
  const all = await h.get(h.who.steward, `/api/streams?agency=${h.city.owner}`);
  const names: string[] = all.body.items.map((item) => item.stream);
  const paged: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const { body }: Answer = await h.get(h.who.steward, `/api/streams?agency=${h.city.owner}&limit=2&after=${after}`);
    paged.push(...body.items.map((item) => item.stream));
    after = body.next;
  }
  expect(paged).toEqual(names);
  expect(names).toEqual(names.toSorted());
});

describe('a new version', () => {
  test('may add and drop fields with defaults; the same contract again is no version', async () => {
    const stream = await h.created();
    const wider = h.contract(field('cargo', { default: '', classification: { level: 'L2', category: 'description' } }));
    const second = await h.addVersion(h.who.steward, stream, wider);
    expect([second.status, second.body.versions.length, second.body.level]).toEqual([201, 2, 'L2']);
    const again = await h.addVersion(h.who.steward, stream, wider);
    expect([again.status, again.body]).toEqual([200, second.body]);
    const narrower = await h.addVersion(h.who.steward, stream, { ...h.contract(), fields: [field('ship')] });
    // What was published under the second version stays as sensitive as it was.
    expect([narrower.status, narrower.body.versions.length, narrower.body.level]).toEqual([201, 3, 'L2']);
    const messages = await h.announced(stream, (all) => versionsIn(all.at(-1)) === 3);
    expect(messages.map(versionsIn)).toEqual([1, 2, 3]);
  });

  test('that changes anything else is refused with each difference to each earlier version', async () => {
    const stream = await h.created();
    await h.addVersion(h.who.steward, stream, h.contract(field('cargo', { default: '' })));
    const answer = await h.addVersion(h.who.steward, stream, {
      ...h.contract(field('cargo', { type: 'int', default: 0 }), field('flag')),
      key: 'berth',
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'CONTRACT_INCOMPATIBLE']);
    const messages: string[] = answer.body.problems.map((problem) => problem.message);
    const about = (version: number, what: RegExp) =>
      messages.some((message) => message.startsWith(`against version ${version}:`) && what.test(message));
    expect([about(1, /key/), about(2, /key/), about(1, /flag/), about(2, /flag/)]).toEqual([true, true, true, true]);
    expect([about(1, /cargo/), about(2, /cargo/)]).toEqual([false, true]);
    expect((await h.get(h.who.steward, `/api/streams/${stream}`)).body.versions).toHaveLength(2);
  });

  test('comes from the steward of the owner, for a stream that exists', async () => {
    const stream = await h.created();
    for (const account of [h.who.foreign, h.who.pilot, h.who.cdo]) {
      expect((await h.addVersion(account, stream, h.contract())).status).toBe(403);
    }
    expect((await h.addVersion(h.who.steward, `${h.city.owner}.never-was`, h.contract())).status).toBe(404);
  });
});

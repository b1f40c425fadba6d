/** Everything that happens to a request between its submission and its end, over HTTP and by the clock. */
import type { DelegationResource, Problem, RequestResource } from '@citystreams/contracts';
import { patience, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Answer } from './district.js';
import { openScene, type Scene } from './scene.js';

jest.setTimeout(patience(90_000));

/** A Monday, ten in the morning in the city. Five working days end with the next Monday. */
const MONDAY = '2026-03-02T02:00:00Z';
const REASONS = { legalGround: 'article 5', text: 'fewer fields would do' };

let s: Scene;
let stream: string;
beforeAll(async () => {
  s = await openScene();
  stream = await s.stream();
});
afterAll(() => s?.close());
beforeEach(() => s.setTime(MONDAY));

type Moved = RequestResource & Problem;
type Account = keyof Scene['city']['who'];

const move = (who: Account, id: string, what: string, body: object = {}): Promise<Answer<Moved>> =>
  s.post<Moved>(s.city.who[who], `/api/requests/${id}/${what}`, body);
const show = async (id: string, who: Account = 'auditor'): Promise<RequestResource> =>
  (await s.get<RequestResource>(s.city.who[who], `/api/requests/${id}`)).body;
const events = ({ history }: RequestResource): string[] => (history ?? []).map((line) => line.event);
const until = (id: string, what: string, is: (request: RequestResource) => boolean): Promise<void> =>
  waitUntil(what, async () => is(await show(id)));
const reminders = async (id: string): Promise<string[]> =>
  (
    await s.sql<{ line: string }>(
      `SELECT kind || ' ' || person AS line FROM subscriptions.reminders WHERE request = '${id}' ORDER BY id`,
    )
  ).map(({ line }) => line);
const nameless = (lines: readonly string[]): string[] => lines.map((line) => line.replace(s.city.airport, 'airport'));

describe('a question', () => {
  test('stops the clock of the step until it is answered, twice at most', async () => {
    const { id } = await s.submitted(stream);
    s.setTime('2026-03-04T02:00:00Z');
    expect((await move('owner', id, 'ask', { text: 'Which buses?' })).body).toMatchObject({
      state: 'INFO_REQUESTED',
      due: null,
      waiting: { for: 'answer', dueAt: '2026-03-11T16:00:00.000Z', people: [{ account: s.city.who.east }] },
      questions: { asked: 1, most: 2 },
    });
    s.setTime('2026-03-06T02:00:00Z');
    // One working day of five had passed (the 3rd): four are left after the 6th.
    expect((await move('eastService', id, 'answer', { text: 'All.' })).body).toMatchObject({
      state: 'PENDING_OWNER',
      waiting: { for: 'owner', dueAt: '2026-03-12T16:00:00.000Z' },
      questions: { asked: 1, daysUsed: 1 },
    });
    await move('owner', id, 'ask', { text: 'And trams?' });
    await move('east', id, 'answer', { text: 'No.' });
    const third = await move('owner', id, 'ask', { text: 'Ships?' });
    expect([third.status, third.body.code]).toEqual([409, 'PAUSES_USED_UP']);
  });

  test('that nobody answers ends the request when the days are used up', async () => {
    const { id } = await s.submitted(stream);
    await move('owner', id, 'ask', { text: 'Why?' });
    s.setTime('2026-03-09T16:00:00Z');
    const late = await move('east', id, 'answer', { text: 'Because.' });
    expect([late.status, late.body.code]).toEqual([409, 'STATE_CONFLICT']);
    await until(id, 'it lapses', ({ state }) => state === 'LAPSED');
    expect(await reminders(id)).toContain(`lapsed ${s.city.who.east}`);
  });
});

describe('a counter-offer', () => {
  const offer = {
    delta: { remove: ['origin'], predicate: 'gate == "A1"', months: 3 },
    text: 'The delays of one gate.',
  };

  test('that is accepted grants that much less', async () => {
    const { id } = await s.submitted(stream, { predicate: null });
    expect((await move('owner', id, 'counter-offer', offer)).body).toMatchObject({
      state: 'COUNTER_OFFERED',
      offer: { by: 'owner', delta: { remove: ['origin'], months: 3 } },
      waiting: { for: 'offer', dueAt: '2026-03-16T16:00:00.000Z' },
    });
    expect((await move('eastService', id, 'accept')).status).toBe(403);
    const { body } = await move('east', id, 'accept', { text: 'Fine.' });
    expect(body).toMatchObject({ state: 'APPROVED', fields: ['delay'], duration: { months: 3 } });
    const { view } = await s.entitlement(body.entitlement);
    await waitUntil('the view is announced', () => s.control.view(view) !== undefined);
    expect(s.control.view(view)?.definition).toMatchObject({
      fields: ['delay'],
      predicate: { op: 'eq', field: 'gate', value: 'A1' },
    });
  });

  test('that is not narrower names every part that is not', async () => {
    const { id } = await s.submitted(stream);
    const wider = { delta: { remove: ['gate'], months: 12 }, text: 'More.' };
    const { status, body } = await move('owner', id, 'counter-offer', wider);
    expect([status, body.code]).toEqual([422, 'NOT_NARROWER']);
    expect(body.problems?.map((p) => p.field)).toEqual(['$.delta.remove[0]', '$.delta.months']);
  });

  test('is disputed once, and the CDO rules', async () => {
    const { id } = await s.submitted(stream, { predicate: null });
    await move('owner', id, 'counter-offer', offer);
    expect((await move('east', id, 'dispute', { text: 'All gates matter.' })).body).toMatchObject({
      state: 'DISPUTED',
      waiting: { for: 'ruling', dueAt: '2026-03-16T16:00:00.000Z' },
    });
    expect((await move('owner', id, 'rule', { outcome: 'grant', ...REASONS })).status).toBe(403);
    const ruling = { outcome: 'grant-narrower', ...REASONS, delta: { months: 4 } };
    expect((await move('cdo', id, 'rule', ruling)).body).toMatchObject({
      state: 'COUNTER_OFFERED',
      offer: { by: 'ruling' },
    });
    expect((await move('east', id, 'dispute', { text: 'Again.' })).body.code).toBe('NOT_DISPUTABLE');
    const { body } = await move('east', id, 'accept');
    expect(body).toMatchObject({ state: 'APPROVED', fields: ['delay', 'origin'], duration: { months: 4 } });
    expect(events(body)).toEqual([
      ...['submitted', 'passed-on', 'counter-offered', 'disputed', 'ruled-narrower', 'accepted'],
    ]);
  });
});

describe('a refusal', () => {
  test('is disputed within ten working days, confirmed, and then final', async () => {
    const { id } = await s.submitted(stream);
    const refusal = await move('owner', id, 'refuse', { reasonCode: 'NOT_NECESSARY', ...REASONS });
    expect(refusal.body.disputable).toEqual({ until: '2026-03-16T16:00:00.000Z', unknown: null });
    await move('east', id, 'dispute', { text: 'It is necessary.' });
    const confirmed = await move('cdo', id, 'rule', {
      outcome: 'confirm-refusal',
      reasonCode: 'NOT_NECESSARY',
      ...REASONS,
    });
    expect(confirmed.body).toMatchObject({ state: 'REFUSED', disputable: null, waiting: null });
    expect((await move('east', id, 'dispute', { text: 'Still.' })).body.code).toBe('NOT_DISPUTABLE');
  });

  test.each([
    ['for a reason that is final', 'SECRECY', MONDAY],
    ['too late', 'NOT_NECESSARY', '2026-03-16T16:00:00Z'],
  ])('is not disputed %s', async (_, reasonCode, when) => {
    const { id } = await s.submitted(stream);
    await move('owner', id, 'refuse', { reasonCode, ...REASONS });
    s.setTime(when);
    expect((await move('east', id, 'dispute', { text: 'But.' })).body.code).toBe('NOT_DISPUTABLE');
  });
});

describe('silence', () => {
  test('is reminded of, named, and decided about by the CDO; two replicas and a jumping clock say everything once', async () => {
    const { id } = await s.submitted(stream);
    const replica = await s.startReplica();
    try {
      expect((await show(id)).waiting).toMatchObject({
        for: 'owner',
        dueAt: '2026-03-09T16:00:00.000Z',
        overdue: false,
      });
      s.setTime('2026-03-05T04:00:00Z');
      await until(id, 'half of the time is over', (r) => events(r).includes('reminded-half'));
      s.setTime('2026-03-02T04:00:00Z');
      s.setTime('2026-03-06T16:00:00Z');
      await until(id, 'little time is left', (r) => events(r).includes('reminded-most'));
      s.setTime('2026-03-09T16:00:00Z');
      await until(id, 'it is escalated', ({ waiting }) => waiting?.escalation === 1);
      s.setTime(MONDAY);
      s.setTime('2026-03-09T16:00:01Z');
      const { waiting } = await show(id);
      expect(waiting).toMatchObject({ overdue: true, silent: [{ account: s.city.who.owner }] });
      const { body } = await move('cdo', id, 'approve', { text: 'In place of the owner.' });
      expect(body).toMatchObject({
        state: 'APPROVED',
        decisions: [{ role: 'cdo', inPlaceOf: s.city.who.owner, decider: s.city.who.cdo }],
      });
      expect(events(body)).toEqual([
        ...['submitted', 'passed-on', 'reminded-half', 'reminded-most', 'escalated', 'approved'],
      ]);
      expect(nameless(await reminders(id))).toEqual([
        ...['waits', 'half-time', 'little-time', 'overdue'].map((kind) => `${kind} airport.steward`),
        'escalated cdo',
      ]);
    } finally {
      await replica.stop();
    }
  });

  test('is noticed by whoever starts after a kill', async () => {
    const { id } = await s.submitted(stream);
    await s.service.kill();
    s.setTime('2026-03-30T02:00:00Z');
    await s.restart();
    await until(id, 'it is escalated', ({ waiting }) => waiting?.escalation === 1);
    expect(events(await show(id))).toEqual(['submitted', 'passed-on', 'reminded-half', 'reminded-most', 'escalated']);
    // The CDO has the owner's time once more, and then the city government's head is told.
    s.setTime('2026-04-15T02:00:00Z');
    await until(id, 'it is escalated again', ({ waiting }) => waiting?.escalation === 2);
    expect((await show(id)).state).toBe('PENDING_OWNER');
    expect((await show(id)).waiting?.silent.map((p) => p.account)).toEqual([s.city.who.owner, 'cdo']);
  });

  test('has no known end where the year is not published, and says so', async () => {
    s.setTime('2026-12-29T02:00:00Z');
    const { waiting } = await s.submitted(stream);
    expect(waiting).toMatchObject({ dueAt: null, overdue: false });
    expect(waiting?.dueUnknown).toContain('2027');
    expect(waiting?.dueUnknown).toContain('not before 2026-12-31T16:00:00.000Z');
  });
});

describe('a deputy', () => {
  const delegate = (who: Account, body: object) =>
    s.post<DelegationResource & Problem>(s.city.who[who], '/api/delegations', body);

  test('decides until the end of the delegation, and the decision names both', async () => {
    const [{ id }, other] = [await s.submitted(stream), await s.submitted(stream)];
    expect((await move('ownerDeputy', id, 'approve')).status).toBe(403);
    const until = '2026-03-03T00:00:00Z';
    const made = await delegate('owner', { role: 'steward', deputy: s.city.who.ownerDeputy, until });
    expect([made.status, made.body.inForce]).toEqual([201, true]);
    expect((await show(id)).waiting?.people).toMatchObject([
      { account: s.city.who.owner, deputyFor: null },
      { account: s.city.who.ownerDeputy, name: 'A Deputy', deputyFor: s.city.who.owner },
    ]);
    expect((await move('ownerDeputy', id, 'approve')).body.decisions).toMatchObject([
      { decider: s.city.who.ownerDeputy, deputyFor: s.city.who.owner, role: 'steward' },
    ]);
    s.setTime(until);
    expect((await move('ownerDeputy', other.id, 'approve')).status).toBe(403);
  });

  test('of the CDO, from another office, rules what the city government’s own is silent about; taken back, no more', async () => {
    const [{ id }, other] = [await s.submitted(stream), await s.submitted(stream)];
    for (const one of [id, other.id]) {
      await move('owner', one, 'refuse', { reasonCode: 'NOT_NECESSARY', ...REASONS });
      await move('east', one, 'dispute', { text: 'It is.' });
    }
    expect((await move('cdoDeputy', id, 'rule', { outcome: 'grant', ...REASONS })).status).toBe(404);
    const made = await delegate('cdo', { role: 'cdo', deputy: s.city.who.cdoDeputy, until: '2026-06-01T00:00:00Z' });
    expect((await move('cdoDeputy', id, 'rule', { outcome: 'grant', ...REASONS })).body).toMatchObject({
      state: 'APPROVED',
      decisions: [{ outcome: 'refused' }, { step: 'ruling', outcome: 'approved', deputyFor: s.city.who.cdo }],
    });
    await s.post(s.city.who.cdo, `/api/delegations/${made.body.id}/end`, {});
    expect((await move('cdoDeputy', other.id, 'rule', { outcome: 'grant', ...REASONS })).status).toBe(404);
  });

  test.each<[string, Account, object, number]>([
    ['a role of somebody else', 'owner', { role: 'cdo' }, 403],
    ['a service', 'eastService', {}, 403],
    ['somebody of another office', 'owner', { deputy: 'cdo' }, 400],
    ['nobody', 'owner', { deputy: 'nobody.at-all' }, 400],
    ['an end that is over', 'owner', { until: '2026-03-01T00:00:00Z' }, 400],
    ['no end', 'owner', { until: undefined }, 400],
  ])('is not made of %s', async (_, who, over, status) => {
    const body = { role: 'steward', deputy: s.city.who.ownerDeputy, until: '2026-04-01T00:00:00Z', ...over };
    expect((await delegate(who, body)).status).toBe(status);
  });
});

describe('a write', () => {
  test('repeated under its key is done once; under another body it is refused', async () => {
    const key = { 'idempotency-key': 'once-1' };
    const ask = s.ask(stream);
    const [one, other] = [
      await s.post<RequestResource>(s.city.who.east, '/api/requests', ask, key),
      await s.post<RequestResource>(s.city.who.east, '/api/requests', ask, key),
    ];
    expect([other.status, other.body.id, other.etag]).toEqual([201, one.body.id, one.etag]);
    const changed = await s.post(s.city.who.east, '/api/requests', { ...ask, necessity: 'another' }, key);
    expect(changed.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    const submit = () => s.post<RequestResource>(s.city.who.east, `/api/requests/${one.body.id}/submit`, {}, key);
    expect([(await submit()).status, (await submit()).body.state]).toEqual([200, 'PENDING_OWNER']);
  });

  test('on what has changed since it was read is refused', async () => {
    const { id } = await s.submitted(stream);
    const { etag } = await s.get(s.city.who.owner, `/api/requests/${id}`);
    await move('owner', id, 'ask', { text: 'Why?' });
    await move('east', id, 'answer', { text: 'So.' });
    const path = `/api/requests/${id}/approve`;
    const stale = await s.post(s.city.who.owner, path, {}, { 'if-match': String(etag) });
    expect([stale.status, stale.body.code]).toEqual([412, 'STALE_ETAG']);
    const fresh = await s.post<RequestResource>(s.city.who.owner, path, {}, { 'if-match': String(stale.etag) });
    expect([fresh.status, fresh.body.state]).toEqual([200, 'APPROVED']);
  });

  test('of many at once through two replicas: one wins, the others learn the state they lost to', async () => {
    const replica = await s.startReplica();
    const urls = [s.service.url, replica.url];
    try {
      const { id } = await s.submitted(stream);
      const moves = ['approve', 'refuse', 'ask', 'approve', 'counter-offer', 'approve'];
      const bodies: Record<string, object> = {
        refuse: { reasonCode: 'NOT_NECESSARY', ...REASONS },
        ask: { text: 'Why?' },
        'counter-offer': { delta: { months: 1 }, text: 'Less.' },
      };
      const answers = await Promise.all(
        moves.map((what, i) =>
          s.city.ask<Moved>(s.city.who.owner, 'POST', `${urls[i % 2]}/api/requests/${id}/${what}`, bodies[what] ?? {}),
        ),
      );
      const [won, ...more] = answers.filter((a) => a.status === 200);
      expect(more).toEqual([]);
      const lost = answers.filter((a) => a.status !== 200);
      expect(lost.map((a) => [a.status, a.body.code])).toEqual(lost.map(() => [409, 'STATE_CONFLICT']));
      for (const { body } of lost) expect(body.detail).toContain(won?.body.state);
    } finally {
      await replica.stop();
    }
  });
});

test('a stream that becomes more sensitive begins its open requests anew, and the requester is told', async () => {
  const changing = await s.stream();
  const { id } = await s.submitted(changing, { fields: ['gate'], predicate: null });
  await s.control.announceStream(changing, { level: 'L3' });
  await until(id, 'it begins anew', ({ steps }) => steps.includes('privacy'));
  const again = await show(id);
  expect(again).toMatchObject({ state: 'PENDING_OWNER', level: 'L3', waiting: { limitDays: 10 } });
  expect(events(again)).toEqual(['submitted', 'passed-on', 'voided', 'passed-on']);
  expect(again.history?.[2]?.text).toContain("the stream's level was L2 and is L3");
  expect(await reminders(id)).toContain(`approvals-void ${s.city.who.east}`);
});

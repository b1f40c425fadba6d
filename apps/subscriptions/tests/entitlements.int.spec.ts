import type { EntitlementResource, Notice, ReceiptResource, RequestResource } from '@citystreams/contracts';
import { asKafkaFailure, type KafkaSettings, openPartitionReader } from '@citystreams/kafka';
import { patience, stack, waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readRules } from '../src/enforcement/topic-rights.js';
import type { Page } from '../src/paging.js';
import { PARTITIONS } from './control.js';
import { openScene, REVOCATION, type Scene } from './scene.js';

jest.setTimeout(patience(90_000));

let s: Scene;
let consumer: { settings: KafkaSettings; close(): void };
beforeAll(async () => {
  s = await openScene();
  consumer = await stack().connectAs(`${s.city.east}.operations`);
});
afterAll(async () => {
  consumer?.close();
  await s?.close();
});

/** `open`, or the code with which Kafka refuses. */
async function reading(topic: string): Promise<string> {
  const reader = openPartitionReader(consumer.settings, { topic });
  try {
    await reader.fetch(await reader.offsetsAt('earliest'), { maxWaitMs: 50 });
    return 'open';
  } catch (error) {
    return asKafkaFailure(error).code;
  } finally {
    await reader.close();
  }
}

const planeOf = (e: { planes: { plane: string }[] }, plane: string) => e.planes.find((p) => p.plane === plane);

describe('what Kafka holds without a decision', () => {
  test('a stream’s source and quarantine, as long as the source is retained', async () => {
    const stream = await s.stream();
    for (const topic of [stream, `quarantine.${stream}`]) {
      await waitUntil(`${topic} is there`, async () => (await s.admin.describeTopic(topic)) !== null);
      expect(await s.admin.describeTopic(topic)).toMatchObject({
        partitions: PARTITIONS,
        configs: { 'retention.ms': String(30 * 86_400_000), 'cleanup.policy': 'delete' },
      });
    }
  });

  test('the publisher’s right to write the source, the router’s to read it, the catalogue’s to see how far it is, and nobody else’s', async () => {
    const stream = await s.stream();
    const [broker] = await s.admin.brokers();
    const rules = await s.admin.listRules(broker?.address ?? '', {
      resourceType: 'topic',
      resourceName: stream,
      principal: null,
    });
    const own = rules.filter((r) => r.pattern === 'literal' && r.resourceName === stream);
    expect(own.map((r) => `${r.principal} ${r.operation}`).toSorted()).toEqual(
      [
        'User:citystreams.catalogue describe',
        `User:${s.city.airport}.desk describe`,
        `User:${s.city.airport}.desk write`,
        'User:citystreams.router describe',
        'User:citystreams.router read',
      ].toSorted(),
    );
  });

  test('each service account reads its agency’s notices', async () => {
    expect(await reading(`notice.${s.city.east}`)).toBe('open');
    expect(await reading(`notice.${s.city.west}`)).toBe('NOT_AUTHORIZED');
  });
});

describe('a grant', () => {
  test('is ACTIVE only when topic, router and every broker have shown it, the right last', async () => {
    const stream = await s.stream();
    const granted = await s.granted(stream);
    expect(granted).toMatchObject({ state: 'PROVISIONING', stream, consumer: s.city.east, ended: null });
    await waitUntil('the view’s topic is there', async () => (await s.admin.describeTopic(granted.topic)) !== null);
    expect(await s.admin.describeTopic(granted.topic)).toMatchObject({
      partitions: PARTITIONS,
      configs: { 'message.timestamp.type': 'CreateTime', 'retention.ms': String(30 * 86_400_000) },
    });
    await s.control.report(granted.view, 'failed', { error: 'no schema yet' });
    await waitUntil('the plane says what the router says', async () => {
      const router = planeOf(await s.entitlement(granted.id), 'router');
      return JSON.stringify(router).includes('no schema yet');
    });
    expect(await reading(granted.topic)).toBe('NOT_AUTHORIZED');
    expect((await s.entitlement(granted.id)).state).toBe('PROVISIONING');

    await s.control.report(granted.view, 'running');
    const active = await s.untilState(granted.id, 'ACTIVE');
    for (const plane of active.planes) {
      expect(plane).toMatchObject({ observedGeneration: plane.desiredGeneration, error: null });
    }
    expect(await reading(granted.topic)).toBe('open');

    const { body: receipts } = await s.get<ReceiptResource[]>(
      s.city.who.east,
      `/api/entitlements/${granted.id}/receipts`,
    );
    expect(receipts).toHaveLength(1);
    expect(receipts[0]).toMatchObject({ kind: 'granted', entitlement: granted.id });
    expect(receipts[0]?.brokers[0]?.listed.join()).toContain(`ALLOW User:${s.city.east}.operations READ`);
    const notices = await s.get<Page<Notice>>(s.city.who.eastService, '/api/notices');
    expect(notices.body.items[0]).toMatchObject({ kind: 'active', entitlement: granted.id, topic: granted.topic });
    expect((await s.get<Page<Notice>>(s.city.who.west, '/api/notices')).body.items).toEqual([]);
  });

  test('of the same definition shares its view; of personal fields it never does', async () => {
    const stream = await s.stream();
    const first = await s.active(stream);
    const again = await s.granted(stream, { fields: ['origin', 'delay'], principals: [`${s.city.east}.desk`] });
    expect(again.view).toBe(first.view);
    const personal = await s.stream({ level: 'L3' });
    const views = await Promise.all([0, 1].map(async () => (await approveBoth(personal)).view));
    expect(views[0]).not.toBe(views[1]);
    const topic = `view.${personal}.${views[0]}`;
    await waitUntil('the personal view’s topic is there', async () => (await s.admin.describeTopic(topic)) !== null);
    expect((await s.admin.describeTopic(topic))?.configs['message.timestamp.type']).toBe('LogAppendTime');
  });

  async function approveBoth(stream: string) {
    const { id } = await s.submitted(stream, { fields: ['gate'], predicate: null });
    await s.post(s.city.who.owner, `/api/requests/${id}/approve`, {});
    const { body } = await s.post<RequestResource>(s.city.who.privacy, `/api/requests/${id}/approve`, {});
    return s.entitlement(body.entitlement);
  }

  test('that Kafka stops showing is not ACTIVE, and is put right', async () => {
    const { id, topic, view } = await s.active(await s.stream());
    await s.admin.removeRules(readRules([`${s.city.east}.operations`], topic));
    const states = () => s.control.entitlement(id).map((e) => e.state);
    await waitUntil('ACTIVE is lost', () => states().join() === 'PROVISIONING,ACTIVE,PROVISIONING,ACTIVE', {
      timeoutMs: 60_000,
    });
    expect(s.service.log.join('\n')).toContain(`broker ${stack().kafka.brokers[0]} lists no READ`);
    expect(await reading(topic)).toBe('open');

    await s.control.report(view, 'failed', { error: 'the topic is gone' });
    const lost = await s.untilState(id, 'PROVISIONING');
    expect(planeOf(lost, 'router')).toMatchObject({
      observedGeneration: 0,
      error: expect.stringContaining('topic is gone'),
    });
    await s.control.report(view, 'running');
    await s.untilState(id, 'ACTIVE');
  });
});

describe('what takes longer than ten minutes', () => {
  test('a grant is rolled back, and tried again', async () => {
    const { id, view, topic } = await s.granted(await s.stream());
    await waitUntil('the view’s topic is there', async () => (await s.admin.describeTopic(topic)) !== null);
    await s.letPass(id);
    const failed = await s.untilState(id, 'PROVISION_FAILED');
    expect(planeOf(failed, 'router')).toMatchObject({ desiredGeneration: 2 });
    await waitUntil('the view has no holder', () => s.control.view(view)?.holders.length === 0);
    await s.letPass(id);
    await s.control.report(view, 'stopped', { generation: 2 });
    await s.untilState(id, 'PROVISIONING');
    await s.control.report(view, 'running', { generation: 3 });
    await s.untilState(id, 'ACTIVE');
    expect(await reading(topic)).toBe('open');
  });

  test('a revocation is said to have failed, is told to the consumer once, and goes on', async () => {
    const { id, view, topic } = await s.active(await s.stream());
    await s.post(s.city.who.owner, `/api/entitlements/${id}/revoke`, REVOCATION);
    await s.letPass(id);
    await s.untilState(id, 'REVOKE_FAILED');
    expect(await reading(topic)).toBe('NOT_AUTHORIZED');
    await s.control.report(view, 'stopped', { generation: 2 });
    await s.untilState(id, 'REVOKED');
    const { body } = await s.get<Page<Notice>>(s.city.who.east, '/api/notices');
    const told = body.items.filter((n) => n.entitlement === id).map((n) => n.kind);
    expect(told).toEqual(['revoked', 'active']);
  });
});

describe('a revocation', () => {
  test('is the owner’s steward’s or the CDO’s', async () => {
    const { id } = await s.active(await s.stream());
    const path = `/api/entitlements/${id}/revoke`;
    const status = async (account: string) => (await s.post(account, path, REVOCATION)).status;
    const { east, west, privacy, platform, auditor, cdo } = s.city.who;
    expect(await Promise.all([east, west, privacy, platform, auditor].map(status))).toEqual([403, 404, 403, 403, 403]);
    expect((await s.post(s.city.who.owner, path, { ...REVOCATION, reasonCode: 'BECAUSE' })).status).toBe(400);
    expect(await status(cdo)).toBe(200);
    expect((await s.post(s.city.who.owner, path, REVOCATION)).body.code).toBe('STATE_CONFLICT');
  });

  test('takes the right at once, and is REVOKED when the router too has stopped', async () => {
    const { id, topic, view } = await s.active(await s.stream());
    const { body } = await s.post<EntitlementResource>(s.city.who.owner, `/api/entitlements/${id}/revoke`, REVOCATION);
    expect(body).toMatchObject({ state: 'REVOKING', ended: { ...REVOCATION, by: s.city.who.owner } });
    await waitUntil('the right is gone', async () => (await reading(topic)) === 'NOT_AUTHORIZED');
    await waitUntil('the view has no holder', () => s.control.view(view)?.holders.length === 0);
    expect((await s.entitlement(id)).state).toBe('REVOKING');

    await s.control.report(view, 'stopped');
    const revoked = await s.untilState(id, 'REVOKED');
    expect(planeOf(revoked, 'topic-right')).toMatchObject({ desiredGeneration: 2, observedGeneration: 2, error: null });
    const { body: receipts } = await s.get<ReceiptResource[]>(s.city.who.auditor, `/api/entitlements/${id}/receipts`);
    const positions = [
      { partition: 0, stoppedAt: '100' },
      { partition: 1, stoppedAt: '101' },
    ];
    expect(receipts[0]).toMatchObject({ kind: 'revoked', decidedAt: body.ended?.at, positions });
    expect(receipts[0]?.effectiveBecause).toContain('0:100, 1:101');
    expect(receipts[0]?.brokers.map((b) => b.listed)).toEqual([[]]);
    expect(Date.parse(receipts[0]?.effectiveAt ?? '')).toBeGreaterThanOrEqual(Date.parse(receipts[0]?.decidedAt ?? ''));
    let told = await s.control.notices(s.city.east);
    await waitUntil('the notice is there', async () => {
      told = (await s.control.notices(s.city.east)).filter((n) => n.entitlement === id);
      return told.length === 2;
    });
    expect(told).toMatchObject([{ kind: 'active' }, { kind: 'revoked', ...REVOCATION, positions }]);
    expect(s.control.entitlement(id).map((e) => e.state)).toEqual(['PROVISIONING', 'ACTIVE', 'REVOKING', 'REVOKED']);
  });

  test('on a shared view leaves the others theirs, and waits out parked fetches', async () => {
    const stream = await s.stream();
    const one = await s.active(stream);
    const other = await s.active(stream, { principals: [`${s.city.east}.desk`] });
    expect(other.topic).toBe(one.topic);
    await s.untilState(one.id, 'ACTIVE');
    await s.post(s.city.who.owner, `/api/entitlements/${one.id}/revoke`, REVOCATION);
    await waitUntil('the view has one holder', () => s.control.view(one.view)?.holders.length === 1);
    await s.control.report(one.view, 'running');
    await s.untilState(one.id, 'REVOKED');
    expect(await reading(one.topic)).toBe('NOT_AUTHORIZED');
    expect((await s.entitlement(other.id)).state).toBe('ACTIVE');
    const { body: receipts } = await s.get<ReceiptResource[]>(s.city.who.owner, `/api/entitlements/${one.id}/receipts`);
    const answered = Date.parse(receipts[0]?.brokers[0]?.answeredAt ?? '');
    expect(Date.parse(receipts[0]?.effectiveAt ?? '') - answered).toBe(10_000);
  });

  test('does not end while a right that is not ours still opens the topic, and names it', async () => {
    const { id, topic, view } = await s.active(await s.stream());
    const foreign = {
      ...readRules([`${s.city.east}.operations`], topic)[0],
      resourceName: topic.slice(0, -1),
      pattern: 'prefixed',
    };
    await s.admin.allow([foreign as never]);
    await s.post(s.city.who.owner, `/api/entitlements/${id}/revoke`, REVOCATION);
    await waitUntil('the view has no holder', () => s.control.view(view)?.holders.length === 0);
    await s.control.report(view, 'stopped');
    await waitUntil('the foreign right is named', async () => {
      const right = planeOf(await s.entitlement(id), 'topic-right');
      return JSON.stringify(right).includes('on prefixed topic');
    });
    expect((await s.entitlement(id)).state).toBe('REVOKING');
    await s.admin.removeRules([foreign as never]);
    await s.untilState(id, 'REVOKED');
  });
});

describe('what happens meanwhile', () => {
  test('a service that is killed in the middle of a grant and of a revocation finishes both', async () => {
    const stream = await s.stream();
    const granted = await s.granted(stream);
    const ending = await s.active(await s.stream());
    const { body } = await s.post<EntitlementResource>(
      s.city.who.owner,
      `/api/entitlements/${ending.id}/revoke`,
      REVOCATION,
    );
    expect(body.state).toBe('REVOKING');
    await s.service.kill();
    await s.restart();
    await waitUntil('the view has no holder', () => s.control.view(ending.view)?.holders.length === 0);
    await s.control.report(granted.view, 'running');
    await s.control.report(ending.view, 'stopped');
    await s.untilState(granted.id, 'ACTIVE');
    await s.untilState(ending.id, 'REVOKED');
    await waitUntil('the end is announced', () => s.control.entitlement(ending.id).at(-1)?.state === 'REVOKED');
  });

  test('a second replica waits, and takes over when the first is killed', async () => {
    const stream = await s.stream();
    const granted = await s.granted(stream);
    const second = await s.startReplica();
    await s.service.kill();
    s.service = second;
    await s.control.report(granted.view, 'running');
    expect((await s.untilState(granted.id, 'ACTIVE')).planes.map((p) => p.error)).toEqual([null, null, null]);
  });

  test('when PostgreSQL ends every session the work goes on', async () => {
    const stream = await s.stream();
    const granted = await s.granted(stream);
    await s.endDatabaseSessions();
    await s.control.report(granted.view, 'running');
    await s.untilState(granted.id, 'ACTIVE', 30_000);
    expect(await reading(granted.topic)).toBe('open');
  });

  test('it stops in order when it is asked to', async () => {
    expect(await s.service.stop()).toBe(0);
    await s.restart();
  });
});

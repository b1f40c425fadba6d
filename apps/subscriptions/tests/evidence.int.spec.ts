/** What happens is recorded in the transaction in which it happens. */
import type { RequestResource } from '@citystreams/contracts';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openScene, REVOCATION, type Scene } from './scene.js';

jest.setTimeout(patience(60_000));

interface Recorded {
  sequence: number;
  action: string;
  outcome: string;
  object_id: string;
}

let s: Scene;
let stream: string;
beforeAll(async () => {
  s = await openScene();
  stream = await s.stream();
});
afterAll(() => s?.close());

const recorded = (): Promise<Recorded[]> =>
  s.sql<Recorded>(
    'SELECT sequence::int, action, outcome, object_id FROM subscriptions.audit_records ORDER BY sequence',
  );

describe('the chain', () => {
  test('holds a story from the request to the receipt of its end', async () => {
    const entitlement = await s.active(stream);
    await s.post(s.city.who.owner, `/api/entitlements/${entitlement.id}/revoke`, REVOCATION);
    await s.control.report(entitlement.view, 'stopped', { generation: 2 });
    await s.untilState(entitlement.id, 'REVOKED');
    const ids = [entitlement.id, entitlement.request] as string[];
    const mine = (await recorded()).filter((r) => ids.includes(r.object_id));
    expect(mine.map((r) => `${r.action} ${r.outcome}`)).toEqual([
      'request.submitted submitted',
      'request.decided approved',
      'entitlement.granted PROVISIONING',
      'entitlement.state ACTIVE',
      'entitlement.receipt granted',
      'entitlement.revoked REVOKING',
      'entitlement.state REVOKED',
      'entitlement.receipt revoked',
    ]);
  });

  test('has no gap, whoever decides at the same time', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const { id } = await s.submitted(stream);
        await s.post(s.city.who.owner, `/api/requests/${id}/${i % 2 === 0 ? 'approve' : 'withdraw'}`, {});
      }),
    );
    const sequences = (await recorded()).map((r) => r.sequence);
    expect(sequences).toEqual(sequences.map((_, i) => i + 1));
  });

  test('cannot be changed by the service that writes it', async () => {
    for (const statement of [
      'UPDATE subscriptions.audit_records SET outcome = outcome',
      'DELETE FROM subscriptions.audit_records',
      'TRUNCATE subscriptions.audit_records CASCADE',
      'UPDATE subscriptions.audit_details SET content = content',
      'UPDATE subscriptions.audit_actors SET account = account',
    ]) {
      await expect(s.sql(statement, 'service')).rejects.toMatchObject({ code: '42501' });
    }
  });
});

test('nothing is decided while it cannot be recorded', async () => {
  const { id } = await s.submitted(stream);
  await s.sql('ALTER TABLE subscriptions.audit_records RENAME TO audit_records_away');
  try {
    const answer = await s.post(s.city.who.owner, `/api/requests/${id}/approve`, {});
    expect([answer.status, answer.body.code]).toEqual([503, 'UNAVAILABLE']);
    const { body } = await s.get<RequestResource>(s.city.who.owner, `/api/requests/${id}`);
    expect([body.state, body.decisions, body.entitlement]).toEqual(['PENDING_OWNER', [], null]);
  } finally {
    await s.sql('ALTER TABLE subscriptions.audit_records_away RENAME TO audit_records');
  }
  expect((await s.post(s.city.who.owner, `/api/requests/${id}/approve`, {})).status).toBe(200);
});

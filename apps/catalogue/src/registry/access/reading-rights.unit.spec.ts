import { EntitlementMessage, type EntitlementState, type Role } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import { mayReadSubject } from './reading-rights.js';
import { parseSubject, type Subject } from '../subject.js';

const TOPIC = 'view.bao-an.flight-movement.01K9ZB4T4X0000000000000001';
const now = new Date('2026-05-01T00:00:00Z');
const caller = (principal: string, agency: string, role: Role) => ({ principal, agency, roles: [role] });
const entitlement = (change: { state?: EntitlementState; validTo?: string | null }) =>
  EntitlementMessage.parse({
    format: 1,
    entitlement: '01K9ZB4T4X0000000000000002',
    version: 1,
    state: 'ACTIVE',
    view: '01K9ZB4T4X0000000000000001',
    topic: TOPIC,
    stream: 'bao-an.flight-movement',
    owner: 'bao-an',
    consumer: 'futian',
    principals: ['futian.operations'],
    validFrom: '2026-01-01T00:00:00Z',
    validTo: '2027-01-01T00:00:00Z',
    ...change,
  });
const subject = (name: string): Subject => {
  const parsed = parseSubject(name);
  if (parsed === null) throw new Error(`${name} is no subject`);
  return parsed;
};
const view = subject(`${TOPIC}-value`);
const stream = subject('bao-an.flight-movement-value');
const listed = caller('futian.operations', 'futian', 'service');

describe("a stream's schemas", () => {
  test('are read by everybody of the owner and by nobody else', () => {
    expect(mayReadSubject(caller('bao-an.flight-desk', 'bao-an', 'service'), stream, [], now)).toBe(true);
    expect(mayReadSubject(caller('bao-an.steward', 'bao-an', 'steward'), stream, [], now)).toBe(true);
    expect(mayReadSubject(listed, stream, [entitlement({})], now)).toBe(false);
  });
});

describe("a view's schemas", () => {
  test('are read by the services that the entitlement lists and by the people of their agency', () => {
    expect(mayReadSubject(listed, view, [entitlement({})], now)).toBe(true);
    expect(mayReadSubject(caller('futian.steward', 'futian', 'steward'), view, [entitlement({})], now)).toBe(true);
  });

  test('are read by no other service of that agency, no other agency, and not by the owner of the stream', () => {
    expect(mayReadSubject(caller('futian.lights', 'futian', 'service'), view, [entitlement({})], now)).toBe(false);
    expect(mayReadSubject(caller('nanshan.steward', 'nanshan', 'steward'), view, [entitlement({})], now)).toBe(false);
    expect(mayReadSubject(caller('bao-an.steward', 'bao-an', 'steward'), view, [entitlement({})], now)).toBe(false);
  });

  test('are read while the entitlement is set up and while it is active, not before and not after', () => {
    const readable = (state: EntitlementState) => mayReadSubject(listed, view, [entitlement({ state })], now);
    expect(readable('PROVISIONING')).toBe(true);
    expect(readable('ACTIVE')).toBe(true);
    for (const state of ['PROVISION_FAILED', 'REVOKING', 'REVOKED', 'REVOKE_FAILED'] as const) {
      expect(readable(state)).toBe(false);
    }
    expect(mayReadSubject(listed, view, [], now)).toBe(false);
  });

  test('are no longer read once the term is over, whatever the state still says', () => {
    expect(mayReadSubject(listed, view, [entitlement({ validTo: '2026-05-01T00:00:00Z' })], now)).toBe(false);
    expect(mayReadSubject(listed, view, [entitlement({ validTo: null })], now)).toBe(true);
  });
});

test('the CDO, the auditor and the platform read every schema', () => {
  for (const role of ['cdo', 'auditor', 'platform'] as const) {
    expect(mayReadSubject(caller(role, 'city-government', role), view, [], now)).toBe(true);
    expect(mayReadSubject(caller(role, 'city-government', role), stream, [], now)).toBe(true);
  }
});

describe('a subject', () => {
  test('that is no topic’s value is its agency’s own, and read there only', () => {
    for (const name of ['bao-an.flight-movement-key', 'bao-an.flight-movement', 'bao-an.shared.Address']) {
      const own = subject(name);
      expect(own).toEqual({ kind: 'own', agency: 'bao-an' });
      expect(mayReadSubject(caller('bao-an.steward', 'bao-an', 'steward'), own, [], now)).toBe(true);
      expect(mayReadSubject(listed, own, [entitlement({})], now)).toBe(false);
    }
  });

  test('that begins with no agency belongs to nobody', () => {
    for (const name of ['', '-value', 'x-value', 'view.a.b.c-value', 'citystreams.views-value', 'Bao.An-value']) {
      expect(parseSubject(name)).toBeNull();
    }
  });
});

import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { activeEntitlements } from './entitlements.js';

const gateway = { url: 'http://gateway', tokens: { token: async () => 'mine', close: () => undefined } };
const fetching = jest.spyOn(globalThis, 'fetch');
beforeEach(() => void fetching.mockReset());

const id = (n: number): string => `01JC${String(n).padStart(22, '0')}`;
const entitlement = (n: number, over: { state?: string; principals?: string[] } = {}) => ({
  ...{ id: id(n), version: 1, state: 'ACTIVE', request: id(n), owner: 'bao-an', consumer: 'futian' },
  ...{ stream: 'bao-an.flight-movement', topic: `view.bao-an.flight-movement.${id(n)}`, view: id(n) },
  ...{ principals: ['futian.operations'], fields: ['delay'], predicate: null, purpose: 'traffic-management' },
  ...{ validFrom: '2026-01-01T00:00:00Z', validTo: null, planes: [], ended: null },
  ...over,
});
const page = (items: unknown[], next: string | null): Response => new Response(JSON.stringify({ items, next }));

describe('a consumer', () => {
  test('may read what is active and names its account, on whichever page it stands', async () => {
    fetching.mockResolvedValueOnce(
      page([entitlement(1), entitlement(2, { state: 'REVOKING' }), entitlement(3, { principals: ['futian.x'] })], 'p2'),
    );
    fetching.mockResolvedValueOnce(page([entitlement(4)], null));
    const active = await activeEntitlements(gateway, 'futian.operations');
    expect(active.map((found) => found.id)).toEqual([id(1), id(4)]);
    expect(fetching.mock.calls.map(([url]) => url)).toEqual([
      'http://gateway/api/entitlements?limit=200',
      'http://gateway/api/entitlements?limit=200&after=p2',
    ]);
    expect(fetching.mock.calls[0]?.[1]?.headers).toEqual({ authorization: 'Bearer mine' });
  });

  test('concludes nothing from an answer that is none', async () => {
    fetching.mockResolvedValueOnce(page([entitlement(1)], 'p2'));
    fetching.mockResolvedValueOnce(new Response('', { status: 503 }));
    await expect(activeEntitlements(gateway, 'futian.operations')).rejects.toThrow('503');
  });
});

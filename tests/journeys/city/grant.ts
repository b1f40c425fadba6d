/** A grant as people make one: asked, submitted, approved, and observed ACTIVE. */
import type { EntitlementResource, Predicate, RequestResource } from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';
import { type Answer, type City, expectStatus } from './city.js';

export interface Ask {
  stream: string;
  fields: string[];
  predicate: Predicate | null;
  purpose: string;
  legalBasis: string;
  necessity: string;
  duration: { months: number };
  principals: string[];
}

/** Bao'an's flights for Futian's operations centre: three of seven fields, arrivals from one airport. */
export const FLIGHTS_FROM_SFO: Ask = {
  stream: 'bao-an.flight-movement',
  fields: ['flightId', 'delay', 'origin'],
  predicate: { op: 'eq', field: 'origin', value: 'SFO' },
  purpose: 'traffic-management',
  legalBasis: 'Regulation on the sharing of government data resources, article 12',
  necessity: 'Buses at the airport interchange are planned by delays of arriving flights.',
  duration: { months: 12 },
  principals: ['futian.operations'],
};

/** The subscription service learns of a new stream a moment after the catalogue has it. */
export async function submitted(city: City, ask: Ask, steward: string): Promise<RequestResource> {
  let draft: Answer<RequestResource> | undefined;
  await waitUntil(`${ask.stream} can be asked for`, async () => {
    draft = await city.call<RequestResource>(steward, 'POST', '/api/requests', ask);
    return draft.status !== 404;
  });
  const { id } = expectStatus(draft as Answer<RequestResource>, 201);
  return expectStatus(await city.call<RequestResource>(steward, 'POST', `/api/requests/${id}/submit`), 200);
}

export async function granted(city: City, ask: Ask, steward: string, owner: string): Promise<EntitlementResource> {
  const request = await submitted(city, ask, steward);
  const approved = expectStatus(
    await city.call<RequestResource>(owner, 'POST', `/api/requests/${request.id}/approve`, {}),
    200,
  );
  return activeEntitlement(city, String(approved.entitlement), steward);
}

async function activeEntitlement(city: City, id: string, reader: string): Promise<EntitlementResource> {
  let entitlement: EntitlementResource | undefined;
  await waitUntil(
    `entitlement ${id} is ACTIVE`,
    async () => {
      entitlement = expectStatus(await city.call<EntitlementResource>(reader, 'GET', `/api/entitlements/${id}`), 200);
      return entitlement.state === 'ACTIVE';
    },
    { timeoutMs: 30_000 },
  );
  if (entitlement === undefined) throw new Error('unreachable');
  return entitlement;
}

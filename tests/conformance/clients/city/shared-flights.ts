/** Bao'an's flights, three of their seven fields shared with Futian for departures from one airport. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntitlementResource, RequestResource } from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';
import { parse } from 'yaml';
import type { City } from './city.js';

const SCHEMAS = join(import.meta.dirname, '..', '..', '..', '..', 'schemas', 'bao-an', 'flight-movement');

export const STREAM = 'bao-an.flight-movement';
export const PUBLISHER = 'bao-an.flight-desk';
export const CONSUMER = 'futian.operations';
const [OWNER, ASKING] = ['bao-an.steward', 'futian.steward'];

const REQUEST = {
  stream: STREAM,
  fields: ['flightId', 'delay', 'origin'],
  predicate: { op: 'eq', field: 'origin', value: 'SFO' },
  purpose: 'traffic-management',
  legalBasis: 'Regulation on the sharing of government data resources, article 12',
  necessity: 'Buses at the airport interchange are planned by delays.',
  duration: { months: 12 },
  principals: [CONSUMER],
};

/** Creates the stream, asks, approves and waits until the entitlement is ACTIVE. Returns the view's topic. */
export async function shareFlights(city: City): Promise<string> {
  const manifest: unknown = parse(readFileSync(join(SCHEMAS, 'stream.yaml'), 'utf8'));
  const contract: unknown = JSON.parse(readFileSync(join(SCHEMAS, 'v1.avsc'), 'utf8'));
  await city.call(OWNER, 'POST', '/api/streams', { manifest, contract });
  let draft: RequestResource | undefined;
  await waitUntil('the stream can be asked for', async () => {
    draft = await city.call<RequestResource>(ASKING, 'POST', '/api/requests', REQUEST);
    return true;
  });
  await city.call(ASKING, 'POST', `/api/requests/${draft?.id}/submit`);
  const { entitlement } = await city.call<RequestResource>(OWNER, 'POST', `/api/requests/${draft?.id}/approve`, {});
  let topic = '';
  const isActive = async (): Promise<boolean> => {
    const now = await city.call<EntitlementResource>(ASKING, 'GET', `/api/entitlements/${entitlement}`);
    topic = now.topic;
    return now.state === 'ACTIVE';
  };
  await waitUntil('the entitlement is ACTIVE', isActive, { timeoutMs: 60_000 });
  return topic;
}

const AIRPORTS = ['SFO', 'LAX', 'SZX'];

/** Deterministic: flight n always says the same. */
const flight = (n: number) => ({
  flightId: n,
  date: 978_307_200_000 + n * 60_000,
  delay: (n * 7) % 90,
  distance: 100 + n,
  origin: AIRPORTS[n % AIRPORTS.length]!,
  destination: 'PEK',
  ingestedAt: 1_767_225_600_000 + n,
});

export const flights = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => flight(from + i));

/** What a consumer of the view must find of these flights, by key. */
export const seenOf = (published: ReturnType<typeof flights>) =>
  Object.fromEntries(
    published
      .filter(({ origin }) => origin === 'SFO')
      .map(({ flightId, delay, origin }) => [String(flightId), { flightId, delay, origin }]),
  );

/** Brings the demonstration city into being as its people would: streams, requests, decisions. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  agencyOf,
  type DecisionStep,
  EntitlementResource,
  type Office,
  ownerOf,
  RequestResource,
  StreamResource,
} from '@citystreams/contracts';
import { z } from 'zod';
import { ApiRefused, type CityApi } from './city-api.js';
import type { CityStream } from './city-streams.js';
import type { Grant } from './demo-city.js';

/** A step of the city did not come about. */
class CityFailed extends Error {
  readonly code = 'CITY_FAILED';
}

const Requests = z.object({ items: z.array(RequestResource) });
const Entitlements = z.object({ items: z.array(EntitlementResource) });
const ACTIVE_MS = 60_000;
const KNOWN_MS = 30_000;
const POLL_MS = 100;

export interface People {
  stewardOf(agency: string): string;
  /** Who takes a step of a decision about this owner's stream; undefined: nobody. */
  decider(step: DecisionStep, owner: string): string | undefined;
}

export function peopleOf(offices: readonly Office[]): People {
  const office = (agency: string): Office => {
    const found = offices.find((one) => one.agency === agency);
    if (found === undefined) throw new CityFailed(`there is no office ${agency}`);
    return found;
  };
  const cdo = offices.flatMap(({ cityRoles }) => cityRoles).find(({ role }) => role === 'cdo')?.person.account;
  return {
    stewardOf: (agency) => office(agency).dataOfficer.account,
    decider(step, owner) {
      if (step === 'owner') return office(owner).dataOfficer.account;
      if (step === 'privacy') return office(owner).privacyOfficer.account;
      return step === 'cdo' ? cdo : undefined;
    },
  };
}

/** Registers what is not there yet, version by version. Safe to repeat. @throws ApiRefused */
export async function registerStream(api: CityApi, people: People, stream: CityStream): Promise<void> {
  const { manifest, versions } = stream;
  const steward = people.stewardOf(ownerOf(manifest.stream));
  const path = `/api/streams/${manifest.stream}`;
  const existing = await api.find(steward, path, StreamResource);
  if (existing === null) await api.post(steward, '/api/streams', { manifest, contract: versions[0] }, z.unknown());
  for (const contract of versions.slice(existing?.versions.length ?? 1)) {
    await api.post(steward, `${path}/versions`, { contract }, z.unknown());
  }
}

/**
 * Asks and decides until the consumer's entitlement is active. What an earlier start began is continued; an entitlement
 * that was there and has ended is left so: somebody ended it.
 *
 * @returns the entitlement, or null if it ended earlier
 * @throws ApiRefused, CityFailed
 */
export async function playGrant(api: CityApi, people: People, grant: Grant): Promise<EntitlementResource | null> {
  const steward = people.stewardOf(agencyOf(grant.consumer));
  const earlier = await entitlementOf(api, steward, grant);
  if (earlier !== undefined) return endsAt(earlier) ? null : untilActive(api, steward, earlier);

  let request = (await pendingRequestOf(api, steward, grant)) ?? (await draft(api, steward, grant));
  if (request.state === 'DRAFT') {
    request = await api.post(steward, `/api/requests/${request.id}/submit`, {}, RequestResource);
  }
  while (request.due !== null) {
    const decider = people.decider(request.due, request.owner);
    if (decider === undefined) throw new CityFailed(`nobody can decide the step ${request.due} of ${grant.stream}`);
    const text = grant.approval ?? 'Within the purpose; approved.';
    request = await api.post(decider, `/api/requests/${request.id}/approve`, { text }, RequestResource);
  }
  if (request.entitlement === null) {
    throw new CityFailed(`the request of ${grant.consumer} for ${grant.stream} ended as ${request.state}`);
  }
  const entitlement = await api.find(steward, `/api/entitlements/${request.entitlement}`, EntitlementResource);
  if (entitlement === null) throw new CityFailed(`the entitlement ${request.entitlement} is not there`);
  return untilActive(api, steward, entitlement);
}

const endsAt = ({ state }: EntitlementResource): boolean => state !== 'PROVISIONING' && state !== 'ACTIVE';

async function entitlementOf(api: CityApi, steward: string, grant: Grant): Promise<EntitlementResource | undefined> {
  const list = await api.find(steward, '/api/entitlements?limit=200', Entitlements);
  const same = (list?.items ?? []).filter(
    ({ stream, principals }) => stream === grant.stream && principals.includes(grant.consumer),
  );
  return same.find((one) => !endsAt(one)) ?? same[0];
}

async function pendingRequestOf(api: CityApi, steward: string, grant: Grant): Promise<RequestResource | undefined> {
  const list = await api.find(steward, '/api/requests?limit=200', Requests);
  return list?.items.find(
    ({ stream, principals, state }) =>
      stream === grant.stream &&
      principals.includes(grant.consumer) &&
      (state === 'DRAFT' || state.startsWith('PENDING')),
  );
}

/** The subscription service learns of a new stream a moment after the catalogue took it: until then it knows none. */
async function draft(api: CityApi, steward: string, grant: Grant): Promise<RequestResource> {
  const { stream, fields, predicate, purpose, legalBasis, necessity, months, consumer } = grant;
  const body = {
    stream,
    fields,
    predicate,
    purpose,
    legalBasis,
    necessity,
    duration: { months },
    principals: [consumer],
  };
  for (const until = Date.now() + KNOWN_MS; ; ) {
    try {
      return await api.post(steward, '/api/requests', body, RequestResource);
    } catch (cause) {
      const early = cause instanceof ApiRefused && cause.code === 'NOT_FOUND' && Date.now() < until;
      if (!early) throw cause;
      await delay(POLL_MS);
    }
  }
}

async function untilActive(
  api: CityApi,
  steward: string,
  entitlement: EntitlementResource,
): Promise<EntitlementResource> {
  const until = Date.now() + ACTIVE_MS;
  let now: EntitlementResource = entitlement;
  while (now.state === 'PROVISIONING' && Date.now() < until) {
    await delay(POLL_MS);
    now = (await api.find(steward, `/api/entitlements/${now.id}`, EntitlementResource)) ?? now;
  }
  if (now.state === 'ACTIVE') return now;
  const planes = now.planes.filter(({ error }) => error !== null).map(({ plane, error }) => `${plane}: ${error}`);
  throw new CityFailed(
    `the entitlement ${now.id} of ${now.consumer} on ${now.stream} is ${now.state}. ${planes.join('; ')}`,
  );
}

import { type DecisionStep, type EntitlementResource, PrincipalId, StreamName } from '@citystreams/contracts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ApiRefused, type CityApi } from './city-api.js';
import type { Grant } from './demo-city.js';
import { type People, playGrant } from './play-city.js';

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const STREAM = StreamName.parse('bao-an.flight-movement');
const CONSUMER = PrincipalId.parse('futian.operations');
const grant: Grant = {
  stream: STREAM,
  consumer: CONSUMER,
  fields: ['delay'],
  predicate: null,
  purpose: 'traffic-management',
  legalBasis: 'a law',
  necessity: 'a need',
  months: 12,
};
const people: People = {
  stewardOf: (agency) => `${agency}.steward`,
  decider: (step: DecisionStep, owner) =>
    step === 'owner' ? `${owner}.steward` : step === 'privacy' ? `${owner}.privacy` : 'cdo',
};

/** A subscription service with one request and one entitlement; the real one has its own specs. */
let posts: string[];
let steps: DecisionStep[];
let entitlements: Partial<EntitlementResource>[];
let requests: object[];
let unknownFor: number;

const request = (state: string) => ({
  id: ID,
  state,
  owner: 'bao-an',
  stream: STREAM,
  principals: [CONSUMER],
  due: state === 'PENDING' ? steps[0] : null,
  entitlement: state === 'APPROVED' ? ID : null,
});

const api: CityApi = {
  async find(_account, path, _shape) {
    if (path.startsWith('/api/entitlements?')) return { items: entitlements } as never;
    if (path.startsWith('/api/requests?')) return { items: requests } as never;
    return { id: ID, state: 'ACTIVE', fields: ['delay'], planes: [] } as never;
  },
  async post(account, path) {
    if (path === '/api/requests' && unknownFor > 0) {
      unknownFor -= 1;
      throw new ApiRefused('POST', 404, 'NOT_FOUND', 'no such stream');
    }
    posts.push(`${account} ${path.replace(ID, 'id')}`);
    if (path === '/api/requests') return request('DRAFT') as never;
    if (path.endsWith('/approve')) steps.shift();
    return request(steps.length === 0 ? 'APPROVED' : 'PENDING') as never;
  },
};

beforeEach(() => {
  posts = [];
  steps = [];
  entitlements = [];
  requests = [];
  unknownFor = 0;
});

describe('a grant', () => {
  test('that is decided by rule needs nobody', async () => {
    expect(await playGrant(api, people, grant)).toMatchObject({ state: 'ACTIVE' });
    expect(posts).toEqual(['futian.steward /api/requests', 'futian.steward /api/requests/id/submit']);
  });

  test('is approved step by step by whoever is due', async () => {
    steps = ['owner', 'privacy', 'cdo'];
    await playGrant(api, people, grant);
    expect(posts.slice(2)).toEqual([
      'bao-an.steward /api/requests/id/approve',
      'bao-an.privacy /api/requests/id/approve',
      'cdo /api/requests/id/approve',
    ]);
  });

  test('that is there already is not asked for again', async () => {
    entitlements = [{ id: ID as never, state: 'ACTIVE', stream: STREAM, principals: [CONSUMER], planes: [] }];
    expect(await playGrant(api, people, grant)).toMatchObject({ state: 'ACTIVE' });
    expect(posts).toEqual([]);
  });

  test('that somebody revoked stays revoked', async () => {
    entitlements = [{ id: ID as never, state: 'REVOKED', stream: STREAM, principals: [CONSUMER], planes: [] }];
    expect(await playGrant(api, people, grant)).toBeNull();
    expect(posts).toEqual([]);
  });

  test('whose request an earlier start left unfinished is continued', async () => {
    steps = ['owner'];
    requests = [{ ...request('PENDING'), state: 'PENDING_OWNER' }];
    await playGrant(api, people, grant);
    expect(posts).toEqual(['bao-an.steward /api/requests/id/approve']);
  });

  test('waits until the subscription service has heard of the stream', async () => {
    unknownFor = 2;
    expect(await playGrant(api, people, grant)).toMatchObject({ state: 'ACTIVE' });
  });
});

import { describe, expect, test } from '@jest/globals';
import { parseContract } from '@citystreams/avro';
import type {
  AgencyId,
  FieldInfo,
  NegativeEntry,
  Policy,
  PolicyMatrix,
  StreamName,
  Ulid,
} from '@citystreams/contracts';
import { forbiddenBy, isInForce, type Sought } from './negative.list.js';
import { type RecordedRequest, simulatePolicy } from './simulation.js';

const field = (path: string, level: string, category: string, concept?: string): FieldInfo =>
  ({ path, type: 'string', doc: '', level, category, ...(concept !== undefined && { concept }) }) as FieldInfo;
const entry = (forbids: NegativeEntry['forbids'], over: Partial<NegativeEntry> = {}): NegativeEntry => ({
  code: 'LISTED',
  name: { en: 'On the list', zh: '清单' },
  forbids,
  ground: { law: { en: 'A law', zh: '法' }, article: 'Article 9' },
  decider: 'somebody',
  from: '2026-01-01',
  until: '2026-12-31',
  ...over,
});
const sought: Sought = {
  stream: 'medical-insurance.claim' as StreamName,
  asking: 'futian' as AgencyId,
  purpose: 'public-safety',
  fields: [field('person', 'L3', 'identifier'), field('diagnosis', 'L4', 'health', 'diagnosis')],
};
const NOW = new Date('2026-11-23T04:00:00Z');
const never = () => {
  throw new Error('no rule fails');
};

describe('the negative list', () => {
  test.each<[string, boolean, NegativeEntry['forbids']]>([
    ['the purpose', true, { purposes: ['public-safety'] }],
    ['another purpose', false, { purposes: ['urban-planning'] }],
    ['the stream', true, { streams: ['medical-insurance.claim' as StreamName] }],
    ['another stream', false, { streams: ['futian.crowd' as StreamName] }],
    ['the agency that asks', true, { agencies: ['futian' as AgencyId] }],
    ['another agency', false, { agencies: ['nanshan' as AgencyId] }],
    ['a category', true, { categories: ['health'] }],
    ['a category that is not asked for', false, { categories: ['finance'] }],
    ['a word of the city', true, { concepts: ['diagnosis'] }],
    ['a level and above', true, { fromLevel: 'L4' }],
    ['a higher level', false, { fromLevel: 'L5' }],
    ['one field that has it all', true, { categories: ['identifier'], fromLevel: 'L3' }],
    ['no field that has it all', false, { categories: ['identifier'], fromLevel: 'L4' }],
    [
      'everything at once',
      true,
      { purposes: ['public-safety'], agencies: ['futian' as AgencyId], concepts: ['diagnosis'] },
    ],
    ['all but one', false, { purposes: ['urban-planning'], agencies: ['futian' as AgencyId], concepts: ['diagnosis'] }],
  ])('names %s: %s', (_, forbidden, forbids) => {
    expect(forbiddenBy([entry(forbids)], sought, NOW, never) !== null).toBe(forbidden);
  });

  test('gives the code, the ground and the last day', () => {
    expect(forbiddenBy([entry({ fromLevel: 'L5' }), entry({ fromLevel: 'L4' })], sought, NOW, never)).toEqual({
      code: 'LISTED',
      legalGround: 'A law, Article 9',
      text: 'On the list (until 2026-12-31)',
    });
  });

  test('is in force from its first to its last day, as the city counts them', () => {
    const at = (time: string): boolean => isInForce({ from: '2026-11-23', until: '2026-11-24' }, new Date(time));
    expect([at('2026-11-22T15:59:59Z'), at('2026-11-22T16:00:00Z')]).toEqual([false, true]);
    expect([at('2026-11-24T15:59:59Z'), at('2026-11-24T16:00:00Z')]).toEqual([true, false]);
  });

  test('denies where a rule fails, and says so', () => {
    const failed: string[] = [];
    const broken = entry({ concepts: null as unknown as [] });
    const found = forbiddenBy([broken], sought, NOW, (code) => failed.push(code));
    expect(found).toMatchObject({ code: 'RULE_FAILED', legalGround: 'LISTED' });
    expect(failed).toEqual(['LISTED']);
  });
});

const parsed = parseContract({
  type: 'record',
  name: 'Claim',
  namespace: 'city.medical_insurance',
  doc: 'A claim.',
  key: 'id',
  fields: [
    { name: 'id', type: 'string', doc: 'id', classification: { level: 'L1', category: 'identifier' } },
    { name: 'person', type: 'string', doc: 'who', classification: { level: 'L3', category: 'identifier' } },
  ],
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
const { contract } = parsed;
const level = (over: Partial<PolicyMatrix['levels']['L1']>): PolicyMatrix['levels']['L1'] => ({
  sharing: 'conditional',
  approvers: ['owner'],
  replyWorkingDays: 5,
  longestGrantMonths: null,
  identifiers: 'clear',
  precision: { place: 'exact', time: 'exact' },
  history: { fromGrant: false, days: null },
  sourceRetentionDays: null,
  recertificationMonths: 12,
  ...over,
});
const policy = (levels: Partial<PolicyMatrix['levels']> = {}, negativeList: NegativeEntry[] = []): Policy => ({
  matrix: {
    version: '2026-1',
    levels: { L1: level({}), L2: level({}), L3: level({}), L4: level({}), L5: level({}), ...levels },
  },
  purposes: [
    {
      code: 'public-safety',
      name: { en: 'a', zh: 'b' },
      citation: { law: { en: 'l', zh: 'l' }, article: null, duty: { en: 'd', zh: 'd' } },
    },
  ],
  reasonCodes: [],
  negativeList,
});
const request = (id: string, over: Partial<RecordedRequest> = {}, fields = ['id']): RecordedRequest => ({
  id: id as Ulid,
  stream: 'medical-insurance.claim' as StreamName,
  asking: 'futian' as AgencyId,
  purpose: 'public-safety',
  ask: { fields, masks: {}, predicate: null, months: 12, start: 'now' },
  sharing: 'conditional',
  contract: { level: contract.level, fields: contract.fields, record: contract.record },
  submittedAt: NOW,
  ...over,
});

describe('a changed policy', () => {
  const requests = [request('A'), request('B', {}, ['id', 'person'])];
  const differences = (after: Policy) =>
    simulatePolicy(requests, policy(), after).differences.map((d) => [d.request, d.after]);

  test('that decides the same differs nowhere', () => {
    expect(simulatePolicy(requests, policy(), policy())).toEqual({ played: 2, differences: [], failures: 0 });
  });

  test.each<[string, Policy, unknown]>([
    [
      'asks more people',
      policy({ L3: level({ approvers: ['owner', 'privacy'] }) }),
      [['B', { outcome: 'asked', steps: ['owner', 'privacy'], replyWorkingDays: 5 }]],
    ],
    [
      'gives less time',
      policy({ L1: level({ replyWorkingDays: 3 }) }),
      [['A', { outcome: 'asked', steps: ['owner'], replyWorkingDays: 3 }]],
    ],
    [
      'shows identifiers otherwise',
      policy({ L3: level({ identifiers: 'pseudonym-per-purpose' }) }),
      [['B', { outcome: 'refused', code: 'POLICY_FORBIDS', text: expect.stringContaining('pseudonym per purpose') }]],
    ],
    [
      'bounds the term',
      policy({ L1: level({ longestGrantMonths: 6 }) }),
      [['A', { outcome: 'refused', code: 'POLICY_FORBIDS', text: expect.stringContaining('6 months') }]],
    ],
    [
      'shares a level no more',
      policy({ L3: level({ sharing: 'not-shared', approvers: [] }) }),
      [['B', { outcome: 'refused', code: 'NOT_SHARED', text: expect.any(String) }]],
    ],
    [
      'lists what is asked',
      policy({}, [entry({ fromLevel: 'L3' })]),
      [['B', { outcome: 'refused', code: 'LISTED', text: expect.any(String) }]],
    ],
    ['listed it only afterwards', policy({}, [entry({ fromLevel: 'L3' }, { from: '2026-12-01' })]), []],
    [
      'has no such purpose',
      { ...policy(), purposes: [] },
      ['A', 'B'].map((id) => [id, { outcome: 'refused', code: 'PURPOSE_UNKNOWN', text: expect.any(String) }]),
    ],
  ])('that %s is shown with what it decides', (_, after, expected) => {
    expect(differences(after)).toEqual(expected);
  });

  test('that cannot be told denies, and is counted', () => {
    const broken = policy();
    Reflect.deleteProperty(broken.matrix.levels, 'L3');
    expect(simulatePolicy(requests, policy(), broken)).toMatchObject({
      failures: 1,
      differences: [{ request: 'B', after: { outcome: 'refused', code: 'RULE_FAILED' } }],
    });
  });

  test('grants by rule what is public and unconditional', () => {
    const open = [request('A', { sharing: 'unconditional' })];
    const closed = policy({ L1: level({ longestGrantMonths: 6 }) });
    expect(simulatePolicy(open, policy(), closed).differences).toMatchObject([
      { before: { outcome: 'granted-by-rule' } },
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { type AgencyId, type PolicyMatrix, RequestState, type Role } from '@citystreams/contracts';
import { decide } from './decide.js';
import type { Actor, RequestCommand, RequestFacts, RequestFile } from './request.js';

const NOW = new Date('2026-03-02T08:00:00Z');
const futian = 'futian' as AgencyId;
const baoAn = 'bao-an' as AgencyId;

const actor = (account: string, agency: string, ...roles: Role[]): Actor => ({ account, agency, roles });
const asker = actor('futian.steward', 'futian', 'steward');
const owner = actor('bao-an.steward', 'bao-an', 'steward');
const privacy = actor('bao-an.privacy', 'bao-an', 'privacy-officer');
const cdo = actor('cdo', 'city-government', 'cdo');
const stranger = actor('nanshan.steward', 'nanshan', 'steward');

const level = (over: Partial<PolicyMatrix['levels']['L1']>): PolicyMatrix['levels']['L1'] => ({
  sharing: 'conditional',
  approvers: ['owner'],
  replyWorkingDays: 5,
  longestGrantMonths: 24,
  identifiers: 'clear',
  precision: { place: 'exact', time: 'exact' },
  history: { fromGrant: false, days: 90 },
  sourceRetentionDays: null,
  recertificationMonths: 12,
  ...over,
});
const policy: PolicyMatrix = {
  version: '2026-7',
  levels: {
    L1: level({ sharing: 'unconditional', approvers: ['rule'] }),
    L2: level({}),
    L3: level({ approvers: ['owner', 'privacy'] }),
    L4: level({ approvers: ['owner', 'privacy', 'cdo'] }),
    L5: level({ sharing: 'not-shared', approvers: [] }),
  },
};

const facts = (over: Partial<RequestFacts> = {}): RequestFacts => ({
  sharing: 'conditional',
  level: 'L4',
  policy,
  problems: [],
  deciders: {
    owner: [{ account: owner.account, agency: 'bao-an' }],
    privacy: [{ account: privacy.account, agency: 'bao-an' }],
    cdo: [{ account: cdo.account, agency: 'city-government' }],
  },
  reasonCodes: new Set(['NOT_NECESSARY']),
  ...over,
});

const request = (state: RequestFile['state'], over: Partial<RequestFile> = {}): RequestFile => ({
  state,
  asking: futian,
  owner: baoAn,
  level: 'L4',
  steps: state === 'DRAFT' ? [] : ['owner', 'privacy', 'cdo'],
  policyVersion: state === 'DRAFT' ? null : '2026-7',
  due:
    ({ PENDING_OWNER: 'owner', PENDING_PRIVACY: 'privacy', PENDING_CDO: 'cdo' }[
      state as string
    ] as RequestFile['due']) ?? null,
  decisions: [],
  ...over,
});

const commands = {
  submit: (by = asker): RequestCommand => ({ type: 'submit', by }),
  approve: (by: Actor): RequestCommand => ({ type: 'approve', by, text: null }),
  refuse: (by: Actor): RequestCommand => ({
    type: 'refuse',
    by,
    reasonCode: 'NOT_NECESSARY',
    legalGround: 'Article 5',
    text: 'fewer fields would do',
  }),
  withdraw: (by = asker): RequestCommand => ({ type: 'withdraw', by }),
};

const resultOf = (file: RequestFile, command: RequestCommand, with_: RequestFacts = facts()): string => {
  const outcome = decide(file, command, with_, NOW);
  return outcome.ok ? outcome.next.state : outcome.code;
};

describe('every command in every state', () => {
  const dueActor = { PENDING_OWNER: owner, PENDING_PRIVACY: privacy, PENDING_CDO: cdo };
  const X = 'STATE_CONFLICT';
  const table: Partial<Record<RequestState, [submit: string, approve: string, refuse: string, withdraw: string]>> = {
    DRAFT: ['PENDING_OWNER', X, X, 'WITHDRAWN'],
    PENDING_OWNER: [X, 'PENDING_PRIVACY', 'REFUSED', 'WITHDRAWN'],
    PENDING_PRIVACY: [X, 'PENDING_CDO', 'REFUSED', 'WITHDRAWN'],
    PENDING_CDO: [X, 'APPROVED', 'REFUSED', 'WITHDRAWN'],
    APPROVED: [X, X, X, X],
    REFUSED: [X, X, X, X],
    WITHDRAWN: [X, X, X, X],
  };
  test.each(Object.keys(table) as RequestState[])('%s', (state) => {
    const decider = dueActor[state as keyof typeof dueActor] ?? owner;
    const got = [commands.submit(), commands.approve(decider), commands.refuse(decider), commands.withdraw()].map((c) =>
      resultOf(request(state), c),
    );
    expect(got).toEqual(table[state]);
  });

  test.each(RequestState.options)('%s: a stranger has no command at all', (state) => {
    const all = [commands.submit, commands.approve, commands.refuse, commands.withdraw].map((c) => c(stranger));
    expect(all.map((c) => resultOf(request(state), c))).toEqual(Array(4).fill('FORBIDDEN'));
  });

  test('a refused command leaves the request as it was and says which state it met', () => {
    const file = request('APPROVED');
    const before = structuredClone(file);
    expect(decide(file, commands.approve(owner), facts(), NOW)).toMatchObject({
      ok: false,
      code: 'STATE_CONFLICT',
      detail: expect.stringContaining('APPROVED'),
    });
    expect(file).toEqual(before);
  });
});

describe('submission', () => {
  const draft = request('DRAFT');
  const submitted = (over: Partial<RequestFacts>) => {
    const outcome = decide(draft, commands.submit(), facts(over), NOW);
    if (!outcome.ok) throw new Error(outcome.detail);
    return outcome;
  };

  test('the rule approves what is public on an unconditional stream, and signs with its version', () => {
    const { next, events } = submitted({ sharing: 'unconditional', level: 'L1' });
    expect(next).toMatchObject({ state: 'APPROVED', steps: ['rule'], due: null, policyVersion: '2026-7' });
    expect(next.decisions).toEqual([
      {
        step: 'rule',
        outcome: 'approved',
        decider: 'policy 2026-7',
        role: 'rule',
        reasonCode: null,
        legalGround: null,
        text: null,
        at: NOW,
      },
    ]);
    expect(events.map((e) => e.type)).toEqual(['submitted', 'decided', 'approved']);
  });

  test('public fields of a conditional stream are the owner’s to give', () => {
    expect(submitted({ sharing: 'conditional', level: 'L1' }).next).toMatchObject({
      state: 'PENDING_OWNER',
      steps: ['owner'],
    });
  });

  test('an unconditional stream does not open its fields above L1', () => {
    expect(submitted({ sharing: 'unconditional', level: 'L2' }).next).toMatchObject({
      state: 'PENDING_OWNER',
      steps: ['owner'],
    });
  });

  test.each([
    ['L2', ['owner']],
    ['L3', ['owner', 'privacy']],
    ['L4', ['owner', 'privacy', 'cdo']],
  ] as const)('%s is decided by %j, fixed at submission', (at, steps) => {
    expect(submitted({ level: at }).next).toMatchObject({ state: 'PENDING_OWNER', due: 'owner', steps, level: at });
  });

  test.each<[string, Partial<RequestFacts>, string]>([
    ['the stream is not shared', { sharing: 'not-shared', level: 'L1' }, 'NOT_SHARED'],
    ['a field is L5', { level: 'L5' }, 'NOT_SHARED'],
    [
      'the policy forbids it',
      { problems: [{ code: 'POLICY_FORBIDS', field: 'duration.months', message: 'too long' }] },
      'POLICY_FORBIDS',
    ],
    ['no privacy officer is there', { deciders: { ...facts().deciders, privacy: [] } }, 'NO_DECIDER'],
    [
      'the only privacy officer is the steward too, and one person gives one approval',
      { deciders: { ...facts().deciders, privacy: facts().deciders.owner } },
      'NO_DECIDER',
    ],
  ])('refused by rule when %s', (_, over, reasonCode) => {
    expect(submitted(over).next).toMatchObject({
      state: 'REFUSED',
      due: null,
      decisions: [{ step: 'rule', outcome: 'refused', reasonCode, decider: 'policy 2026-7' }],
    });
  });

  test('a request of the CDO’s own agency finds no CDO to decide it', () => {
    const by = actor('city-government.steward', 'city-government', 'steward');
    const draftOfTheCity = request('DRAFT', { asking: 'city-government' as AgencyId });
    const outcome = decide(draftOfTheCity, commands.submit(by), facts(), NOW);
    expect(outcome).toMatchObject({ ok: true, next: { state: 'REFUSED', decisions: [{ reasonCode: 'NO_DECIDER' }] } });
  });

  test('what does not fit the contract stays a draft', () => {
    const problems = [{ code: 'FIELD_UNKNOWN', field: 'fields[0]', message: 'no such field' }] as const;
    expect(decide(draft, commands.submit(), facts({ problems }), NOW)).toMatchObject({
      ok: false,
      code: 'FIELD_UNKNOWN',
      problems,
    });
  });
});

describe('who decides', () => {
  const pending = request('PENDING_OWNER');

  test('a person of the requesting agency never does, whatever role it holds', () => {
    const all = actor('futian.all', 'futian', 'steward', 'privacy-officer', 'cdo');
    for (const state of ['PENDING_OWNER', 'PENDING_PRIVACY', 'PENDING_CDO'] as const) {
      expect(resultOf(request(state), commands.approve(all))).toBe('FORBIDDEN');
      expect(resultOf(request(state), commands.refuse(all))).toBe('FORBIDDEN');
    }
  });

  test.each([
    ['a steward of another agency', stranger],
    ['a service of the owner', actor('bao-an.flight-desk', 'bao-an', 'service')],
    ['the platform team', actor('platform', 'city-government', 'platform')],
    ['the auditor', actor('auditor', 'city-government', 'auditor')],
  ])('%s does not', (_, by) => {
    expect(resultOf(pending, commands.approve(by))).toBe('FORBIDDEN');
  });

  test('a decider whose turn it is not learns who is due', () => {
    expect(decide(pending, commands.approve(privacy), facts(), NOW)).toMatchObject({
      ok: false,
      code: 'STATE_CONFLICT',
      detail: expect.stringContaining('PENDING_OWNER'),
    });
  });

  test('one person gives one approval, even with two roles', () => {
    const both = actor('bao-an.steward', 'bao-an', 'steward', 'privacy-officer');
    const first = decide(pending, commands.approve(both), facts(), NOW);
    expect(first.ok && resultOf(first.next, commands.approve(both))).toBe('FORBIDDEN');
    expect(first.ok && resultOf(first.next, commands.approve(privacy))).toBe('PENDING_CDO');
  });

  test('only the asking side submits and withdraws', () => {
    expect(resultOf(request('DRAFT'), commands.submit(owner))).toBe('FORBIDDEN');
    expect(resultOf(pending, commands.withdraw(owner))).toBe('FORBIDDEN');
    expect(resultOf(pending, commands.withdraw(actor('futian.privacy', 'futian', 'privacy-officer')))).toBe(
      'FORBIDDEN',
    );
  });
});

describe('a decision', () => {
  test('is recorded with its step, person, role, ground and time', () => {
    const outcome = decide(request('PENDING_OWNER'), commands.refuse(owner), facts(), NOW);
    expect(outcome.ok && outcome.next.decisions).toEqual([
      {
        step: 'owner',
        outcome: 'refused',
        decider: 'bao-an.steward',
        role: 'steward',
        reasonCode: 'NOT_NECESSARY',
        legalGround: 'Article 5',
        text: 'fewer fields would do',
        at: NOW,
      },
    ]);
  });

  test('a refusal gives a reason the policy knows', () => {
    const command = { ...commands.refuse(owner), reasonCode: 'BECAUSE' } as RequestCommand;
    expect(resultOf(request('PENDING_OWNER'), command)).toBe('VALIDATION_FAILED');
  });

  test.each<[string, Partial<RequestFacts>]>([
    ['the fields were classified higher since', { level: 'L5' }],
    ['the stream is no longer shared', { sharing: 'not-shared' }],
    ['the fields are gone', { problems: [{ code: 'FIELD_UNKNOWN', field: 'fields[0]', message: 'gone' }] }],
  ])('an approval is void when %s', (_, over) => {
    expect(resultOf(request('PENDING_OWNER'), commands.approve(owner), facts(over))).toBe('STATE_CONFLICT');
  });

  test('a refusal is possible even then', () => {
    expect(resultOf(request('PENDING_OWNER'), commands.refuse(owner), facts({ level: 'L5' }))).toBe('REFUSED');
  });
});

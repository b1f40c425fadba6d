import type {
  ExplainResource,
  PolicyResource,
  Problem,
  ReadersResource,
  RequestResource,
  SimulationResource,
} from '@citystreams/contracts';
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openScene, type Scene } from './scene.js';

jest.setTimeout(patience(60_000));

let s: Scene;
let stream: string;
beforeAll(async () => {
  s = await openScene();
  stream = await s.stream();
});
afterAll(() => s?.close());

const explain = (account: string, question: Record<string, string>) =>
  s.get<ExplainResource & Problem>(account, `/api/explain?${new URLSearchParams(question).toString()}`);
const readers = (account: string, question: Record<string, string>) =>
  s.get<ReadersResource>(account, `/api/explain/readers?${new URLSearchParams(question).toString()}`);

describe('masks and a condition', () => {
  test('are given as people write them, and kept as what is executed', async () => {
    const { status, body } = await s.post<RequestResource>(
      s.city.who.east,
      '/api/requests',
      s.ask(stream, {
        fields: ['delay', 'origin', 'gate'],
        masks: { gate: 'first(1)' },
        predicate: 'origin == "SZX" && delay > 15',
      }),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      masks: { gate: { kind: 'truncate', to: { unit: 'characters', count: 1 } } },
      predicate: {
        op: 'and',
        of: [
          { op: 'eq', field: 'origin', value: 'SZX' },
          { op: 'gt', field: 'delay', value: 15 },
        ],
      },
    });
  });

  test.each<[string, object, string, string, string]>([
    ['a mask that is none', { masks: { delay: 'some' } }, 'MASK_INVALID', '$.masks.delay', 'column 1: expected "keep"'],
    ['a mask that does not fit', { masks: { delay: 'first(3)' } }, 'MASK_INVALID', '$.masks.delay', 'needs a text'],
    ['a condition that is none', { predicate: 'delay >' }, 'PREDICATE_INVALID', '$.predicate', 'line 1, column 8'],
    [
      'a condition over what is masked',
      { masks: { delay: 'step(10)' }, predicate: 'delay > 15' },
      'PREDICATE_INVALID',
      '$.predicate',
      'would tell its value',
    ],
  ])('%s is told where it is wrong', async (_, over, code, field, message) => {
    const { status, body } = await s.post(
      s.city.who.east,
      '/api/requests',
      s.ask(stream, { predicate: null, ...over }),
    );
    expect([status, body.code]).toEqual([422, code]);
    expect(body.problems).toEqual([{ field, message: expect.stringContaining(message) }]);
  });

  test('of whatever shape are answered, never with an error of ours', async () => {
    const deep = JSON.parse(`${'{"op":"not","of":'.repeat(1_000)}{"op":"isNull","field":"delay"}${'}'.repeat(1_000)}`);
    for (const over of [
      { predicate: deep },
      { predicate: '!'.repeat(60_000) },
      { predicate: 7 },
      { masks: { delay: { kind: 'keep', extra: 1 } } },
      { masks: { delay: 'groups('.repeat(5_000) } },
      { masks: 'keep' },
    ]) {
      const { status } = await s.post(s.city.who.east, '/api/requests', s.ask(stream, over));
      expect([400, 422]).toContain(status);
    }
  });
});

describe('why somebody can read a field', () => {
  test('and who could, is told from the evidence: before, while and after it was granted', async () => {
    const own = await s.stream();
    const principal = `${s.city.east}.operations`;
    const before = new Date().toISOString();
    expect((await explain(s.city.who.cdo, { principal, stream: own, field: 'delay' })).body).toMatchObject({
      readable: 'no',
      reason: 'NEVER_GRANTED',
      decisions: [],
    });
    const { id } = await s.active(own, { fields: ['delay', 'gate'], masks: { gate: 'first(1)' }, predicate: null });
    const question = { principal, stream: own, field: 'gate' };
    const { body } = await explain(s.city.who.east, question);
    expect(body).toMatchObject({
      readable: 'yes',
      reason: 'GRANTED',
      shownAs: 'first(1)',
      condition: null,
      entitlement: { id, version: 1, state: 'ACTIVE' },
      decisions: [{ step: 'owner', outcome: 'approved' }],
    });
    expect((await explain(s.city.who.owner, { ...question, field: 'origin' })).body).toMatchObject({
      reason: 'FIELD_NOT_GRANTED',
    });
    expect((await explain(s.city.who.owner, { ...question, field: 'colour' })).body).toMatchObject({
      reason: 'FIELD_UNKNOWN',
    });
    expect((await explain(s.city.who.cdo, { ...question, at: before })).body).toMatchObject({
      reason: 'NOT_YET',
      readable: 'no',
    });
    const found = await readers(s.city.who.auditor, { stream: own, field: 'gate' });
    expect(found.body.readers).toEqual([
      { principal, entitlement: id, version: 1, readable: 'yes', shownAs: 'first(1)', condition: null },
    ]);
    expect((await readers(s.city.who.west, { stream: own, field: 'gate' })).body.readers).toEqual([]);
  });

  test('is for the parties, the CDO and the auditor', async () => {
    const question = { principal: `${s.city.east}.operations`, stream, field: 'delay' };
    expect((await explain(s.city.who.west, question)).status).toBe(403);
    const hidden = await s.stream({ visibility: 'hidden' });
    expect((await explain(s.city.who.east, { ...question, stream: hidden })).status).toBe(404);
    expect((await explain(s.city.who.cdo, { ...question, field: 'no field' })).status).toBe(400);
  });
});

describe('the policy', () => {
  const file = (name: string): string => readFileSync(join(s.city.policyDir, name), 'utf8');

  test('is shown to the CDO and the auditor', async () => {
    const { status, body } = await s.get<PolicyResource>(s.city.who.cdo, '/api/policy');
    expect([status, body.version, body.failedRules]).toEqual([200, '2026-1', 0]);
    expect(body.negativeList.every(({ inForce }) => typeof inForce === 'boolean')).toBe(true);
    expect((await s.get(s.city.who.east, '/api/policy')).status).toBe(403);
  });

  test('that would be changed is played on the requests that were made', async () => {
    const { id } = await s.submitted(stream);
    const changed = file('matrix.yaml')
      .replace('version: "2026-1"', 'version: "2026-2"')
      .replace('longestGrantMonths: null', 'longestGrantMonths: 3');
    const { status, body } = await s.post<SimulationResource>(s.city.who.cdo, '/api/policy/simulate', {
      'matrix.yaml': changed,
    });
    expect([status, body.before, body.after, body.failures]).toEqual([200, '2026-1', '2026-2', 0]);
    expect(body.played).toBeGreaterThan(0);
    expect(body.differences.find(({ request }) => request === id)).toMatchObject({
      before: { outcome: 'asked', steps: ['owner'] },
      after: { outcome: 'refused', code: 'POLICY_FORBIDS', text: expect.stringContaining('3 months') },
    });
    const same = await s.post<SimulationResource>(s.city.who.auditor, '/api/policy/simulate', {
      'purposes.yaml': file('purposes.yaml'),
    });
    expect(same.body.differences).toEqual([]);
  });

  test('that is none is refused with every line', async () => {
    const { status, body } = await s.post(s.city.who.cdo, '/api/policy/simulate', {
      'matrix.yaml': 'version: 1\nlevels: {}\n',
      'purposes.yaml': '- [',
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.problems?.map((p) => p.field)).toEqual(
      expect.arrayContaining(['$["matrix.yaml"]', '$["purposes.yaml"]']),
    );
    expect((await s.post(s.city.who.east, '/api/policy/simulate', {})).status).toBe(403);
  });
});

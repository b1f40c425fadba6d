import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadOffices, loadPolicy, PolicyInvalid, type PolicyProblem } from './index.js';

const CITY = join(import.meta.dirname, '../../../policy');
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'citystreams-policy-'));
  cpSync(CITY, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(dir, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(dir, file), text.replace(from, to));
}

function problemsOf(load: () => unknown): PolicyProblem[] {
  try {
    load();
  } catch (error) {
    if (!(error instanceof PolicyInvalid)) throw error;
    return error.problems.map((p: PolicyProblem) => ({ ...p, file: p.file.slice(dir.length + 1) }));
  }
  return [];
}

describe('the city', () => {
  test('has thirteen offices, each with its people and a service', () => {
    const offices = loadOffices(CITY);
    expect(offices).toHaveLength(13);
    expect(offices.filter((o) => o.kind === 'district').map((o) => o.agency)).toEqual([
      'bao-an',
      'futian',
      'nanshan',
      'pingshan',
    ]);
    for (const { agency, dataOfficer, deputy, privacyOfficer, services } of offices) {
      expect([dataOfficer, deputy, privacyOfficer].map((p) => p.account)).toEqual([
        `${agency}.steward`,
        `${agency}.deputy`,
        `${agency}.privacy`,
      ]);
      expect(services.length).toBeGreaterThan(0);
    }
  });

  test('has its CDO, platform team and auditor in the city government', () => {
    const city = loadOffices(CITY).find((o) => o.agency === 'city-government');
    expect(city?.cityRoles.map(({ role, person }) => [role, person.account])).toEqual([
      ['cdo', 'cdo'],
      ['platform', 'platform'],
      ['auditor', 'auditor'],
    ]);
  });

  test('asks more people the more sensitive the fields are, and shares no core data', () => {
    const { levels } = loadPolicy(CITY).matrix;
    expect(levels.L1.approvers).toEqual(['rule']);
    expect(levels.L2.approvers).toEqual(['owner']);
    expect(levels.L3.approvers).toEqual(['owner', 'privacy']);
    expect(levels.L4.approvers).toEqual(['owner', 'privacy', 'cdo']);
    expect(levels.L5).toMatchObject({ sharing: 'not-shared', approvers: [] });
  });
});

describe('policy files', () => {
  test('report every problem of every file at once', () => {
    edit('matrix.yaml', 'approvers: [owner]', 'approvers: [boss]');
    edit('matrix.yaml', 'replyWorkingDays: 5', 'replyWorkingDays: soon');
    edit('purposes.yaml', 'code: public-safety', 'code: emergency-response');
    edit('reason-codes.yaml', 'for: [refuse]', 'for: []');
    expect(problemsOf(() => loadPolicy(dir)).map(({ file, path }) => `${file} ${path}`)).toEqual([
      'matrix.yaml levels.L2.approvers[0]',
      'matrix.yaml levels.L2.replyWorkingDays',
      'purposes.yaml [1].code',
      'reason-codes.yaml [0].for',
      'negative-list.yaml [1].forbids.purposes[0]',
    ]);
  });

  test('report the line of each problem, of what lacks something the line it begins at', () => {
    edit('matrix.yaml', 'approvers: [owner]', 'approvers: [boss]');
    edit(
      'negative-list.yaml',
      '    purposes: [financial-risk-prevention]\n    categories: [health]\n',
      '    purposes: [curiosity]\n',
    );
    edit('negative-list.yaml', '  until: 2027-06-30', '');
    const at = (file: string, text: string): number =>
      readFileSync(join(dir, file), 'utf8')
        .split('\n')
        .findIndex((line) => line.includes(text)) + 1;
    expect(problemsOf(() => loadPolicy(dir)).map(({ file, path, line }) => [file, path, line])).toEqual([
      ['matrix.yaml', 'levels.L2.approvers[0]', at('matrix.yaml', '[boss]')],
      ['negative-list.yaml', '[2].until', at('negative-list.yaml', 'TELEPHONE_NUMBERS_FOR_MARKETS')],
    ]);
  });

  test.each<[string, string, string, string, string]>([
    [
      'an entry about a purpose that nobody has',
      'purposes: [financial-risk-prevention]',
      'purposes: [curiosity]',
      '[0].forbids.purposes[0]',
      'is no purpose',
    ],
    ['an entry that ends before it begins', 'until: 2027-06-30', 'until: 2026-06-30', '[2].until', 'after `from`'],
    ['an entry for ever', 'until: 2027-06-30', 'until: 2099-06-30', '[2].until', 'at most two years'],
    ['an entry that knows another rule', 'fromLevel: L3', 'from: L3', '[2].forbids', 'from'],
    [
      'the same entry twice',
      'code: TELEPHONE_NUMBERS_FOR_MARKETS',
      'code: HEALTH_FOR_FINANCE',
      '[2].code',
      'there already',
    ],
  ])('refuse %s', (_, from, to, path, message) => {
    edit('negative-list.yaml', from, to);
    expect(problemsOf(() => loadPolicy(dir))).toMatchObject([
      { file: 'negative-list.yaml', path, message: expect.stringContaining(message) },
    ]);
  });

  test('say where YAML itself is broken', () => {
    edit('matrix.yaml', 'levels:\n', 'levels: [\n');
    expect(problemsOf(() => loadPolicy(dir))[0]).toMatchObject({
      file: 'matrix.yaml',
      path: expect.stringMatching(/^line \d+, column \d+$/),
      message: expect.stringMatching(/^not valid YAML: /),
    });
  });

  test('must all be there', () => {
    rmSync(join(dir, 'purposes.yaml'));
    rmSync(join(dir, 'offices'), { recursive: true });
    expect(problemsOf(() => loadPolicy(dir))).toMatchObject([{ file: 'purposes.yaml' }]);
    expect(problemsOf(() => loadOffices(dir))).toMatchObject([{ file: 'offices' }]);
  });
});

describe('offices', () => {
  test('share no account', () => {
    edit('offices/nanshan.yaml', 'account: nanshan.deputy', 'account: nanshan.steward');
    expect(problemsOf(() => loadOffices(dir))).toMatchObject([
      { file: 'offices/nanshan.yaml', path: 'deputy.account', message: expect.stringContaining('is taken already') },
    ]);
  });

  test('are named as their file, and so are their accounts', () => {
    edit('offices/futian.yaml', 'agency: futian', 'agency: luohu');
    expect(problemsOf(() => loadOffices(dir)).map((p) => p.path)).toEqual([
      'agency',
      'dataOfficer.account',
      'deputy.account',
      'privacyOfficer.account',
    ]);
  });

  test('cannot take a name of the platform', () => {
    edit('offices/futian.yaml', 'agency: futian', 'agency: citystreams');
    expect(problemsOf(() => loadOffices(dir))[0]).toMatchObject({ path: 'agency', message: expect.any(String) });
  });
});

/** Runs a client's program against an open registry and holds its report against the rules. */
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OpenRegistry, openRegistry } from './harness/catalogue-process.js';
import type { Outcome, Report } from './harness/report.js';
import { REGISTRY_RULES, SCENARIO_FILE, type Step } from './registry-rules.js';

/** Fetching a client's libraries for the first time, and its run. */
const LONGEST_MS = patience(420_000);

export interface Abilities {
  /** The steps that the client has a call for: all but these, or only these. */
  readonly steps: { readonly allBut: readonly Step[] } | { readonly only: readonly Step[] };
  /** Its errors carry the HTTP status without the registry's code. */
  readonly hidesCodes?: boolean;
}

export function describeRegistry(
  run: (env: Readonly<Record<string, string>>) => Promise<Report>,
  abilities: Abilities,
): void {
  let registry: OpenRegistry | undefined;
  let report: Report;

  beforeAll(async () => {
    registry = await openRegistry();
    report = await run({ REGISTRY_URL: registry.url, SCENARIO: SCENARIO_FILE });
  }, LONGEST_MS);
  afterAll(() => registry?.close(), patience(60_000));

  const rules = rulesFor(abilities);
  test.each(rules)('%s', (_rule, steps) => {
    const found = Object.keys(steps).map((step) => [step, report.steps[step] ?? 'not reported']);
    expect(Object.fromEntries(found)).toEqual(steps);
  });

  test('does every step that it has a call for, and no other', () => {
    const steps = rules.flatMap(([, expected]) => Object.keys(expected));
    expect(Object.keys(report.steps).toSorted()).toEqual(steps.toSorted());
  });
}

function rulesFor({ steps, hidesCodes = false }: Abilities): [string, Record<string, Outcome>][] {
  const named: readonly string[] = 'only' in steps ? steps.only : steps.allBut;
  const has = (step: string): boolean => named.includes(step) === 'only' in steps;
  return Object.entries(REGISTRY_RULES).flatMap(([rule, all]: [string, Record<string, Outcome>]) => {
    const able = Object.entries(all).filter(([step]) => has(step));
    const expected = able.map(([step, outcome]) => [step, hidesCodes ? withoutCode(outcome) : outcome] as const);
    return expected.length === 0 ? [] : [[rule, Object.fromEntries(expected)]];
  });
}

const withoutCode = (outcome: Outcome): Outcome =>
  'error' in outcome ? { error: { status: (outcome.error as { status: number }).status } } : outcome;

/** The parts of a local stack: what each needs, and in which order they stop. */

export const PARTS = [
  'kafka',
  'postgres',
  'identity',
  'catalogue',
  'subscriptions',
  'router',
  'gateway',
  'agencies',
] as const;
export type Part = (typeof PARTS)[number];

export const isPart = (word: string): word is Part => (PARTS as readonly string[]).includes(word);

const NEEDS: Readonly<Record<Part, readonly Part[]>> = {
  kafka: [],
  postgres: [],
  identity: [],
  catalogue: ['kafka', 'postgres', 'identity'],
  subscriptions: ['kafka', 'postgres', 'identity'],
  router: ['kafka', 'identity'],
  gateway: ['identity', 'catalogue', 'subscriptions'],
  agencies: ['kafka', 'identity', 'catalogue', 'subscriptions', 'router', 'gateway'],
};

/** Of a stack whose registry is open: there is no city around it. */
export const OPEN_PARTS: readonly Part[] = ['kafka', 'postgres', 'identity', 'catalogue'];
const OPEN_NEEDS: typeof NEEDS = { ...NEEDS, catalogue: ['postgres'] };

/** What is missing from a choice of parts, one line each. `given`: parts somebody else runs, known by address. */
export function missingNeeds(
  chosen: ReadonlySet<Part>,
  given: ReadonlySet<Part>,
  registry: 'city' | 'open' = 'city',
): string[] {
  const needs = registry === 'open' ? OPEN_NEEDS : NEEDS;
  return PARTS.filter((part) => chosen.has(part)).flatMap((part) => {
    const missing = needs[part].filter((need) => !chosen.has(need) && !given.has(need));
    return missing.length === 0 ? [] : [`${part} needs ${missing.join(', ')}`];
  });
}

/**
 * Whoever uses a part stops before it: nothing is cut off from what it still needs to stop cleanly. Parts of one step
 * stop together.
 */
export const STOP_ORDER: readonly (readonly Part[])[] = [
  ['agencies'],
  ['gateway'],
  ['router'],
  ['catalogue', 'subscriptions'],
  ['identity'],
  ['postgres'],
  ['kafka'],
];

/** The part of the fault suite that runs with every `npm test`: fixed seeds. All of it with random ones: `npm run soak`. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { DEFENCES } from './defences/defences.js';
import { scenarioOf } from './scenarios/index.js';
import { Worlds } from './worlds.js';

const SELECTION: readonly (readonly [scenario: string, seed: number])[] = [
  ['killed-anywhere', 1],
  ['killed-before-end', 2],
  ['killed-after-end', 3],
  ['frozen-and-replaced', 4],
  ['one-identity-twice', 5],
  ['drained', 6],
  ['connections-cut', 7],
  ['cut-inside-answer', 8],
  ['answers-lost', 9],
  ['broker-killed', 10],
];
const ONE_MS = 240_000;
const worlds = new Worlds();

afterAll(() => worlds.close(), 60_000);

async function expectHeld(name: string, seed: number): Promise<void> {
  const { verdict, trouble } = await worlds.play(scenarioOf(name), seed);
  expect({ verdict, trouble }).toEqual({ verdict: 'HELD', trouble: [] });
}

describe('exactly once, in order, and nothing withheld, although', () => {
  test.each(SELECTION)('%s (seed %i)', expectHeld, ONE_MS);
});

test(
  'a router without one of its defences is found out',
  async () => {
    const { edits, scenario, seed, told } = DEFENCES[0]!;
    const { kinds } = await worlds.play(scenarioOf(scenario), seed, edits);
    expect(kinds).toEqual(expect.arrayContaining([...told]));
  },
  ONE_MS,
);

// Last: it takes a world of its own.
test(
  'so also between three brokers, although other ones lead the partitions (seed 11)',
  () => expectHeld('leaders-moved', 11),
  ONE_MS,
);

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { balance, type Claimant } from './balance.js';

type Shares = ReturnType<typeof balance>;

const NOBODY: ReadonlyMap<string, readonly number[]> = new Map();
const claimant = (name: string, topics: readonly string[], owned = NOBODY, generation = 1): Claimant => ({
  memberId: `${name}-id`,
  name,
  topics,
  owned,
  generation,
});
const countOf = (share: ReadonlyMap<string, readonly number[]> | undefined) =>
  [...(share?.values() ?? [])].reduce((sum, partitions) => sum + partitions.length, 0);

/** `topic-partition` to the member that has it; fails where two have the same. */
function owners(shares: Shares): Map<string, string> {
  const found = new Map<string, string>();
  for (const [member, topics] of shares) {
    for (const [topic, partitions] of topics) {
      for (const partition of partitions) {
        expect(found.has(`${topic}-${partition}`)).toBe(false);
        found.set(`${topic}-${partition}`, member);
      }
    }
  }
  return found;
}

const TOPICS = ['a', 'b', 'c', 'd', 'e'];
const counts = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: TOPICS.length })
  .map((sizes) => new Map(sizes.map((size, i) => [TOPICS[i]!, size])));
const totalOf = (partitionCounts: ReadonlyMap<string, number>) => [...partitionCounts.values()].reduce((a, b) => a + b);

describe('the assignment', () => {
  test('gives each partition to one member, evenly, whatever they claim', () => {
    const claims = fc.array(fc.array(fc.tuple(fc.constantFrom(...TOPICS), fc.nat(10)), { maxLength: 20 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(counts, claims, fc.nat(), (partitionCounts, owned, seed) => {
        const claimants = owned.map((pairs, i) => {
          const partitions = new Map<string, number[]>();
          for (const [topic, one] of pairs) partitions.set(topic, [...(partitions.get(topic) ?? []), one]);
          return claimant(`slot-${i}`, TOPICS, partitions, i % 3);
        });
        const shares = balance(claimants, partitionCounts);
        expect(owners(shares).size).toBe(totalOf(partitionCounts));
        const sizes = [...shares.values()].map(countOf);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const shuffled = claimants.toSorted((a, b) => (a.name + seed < b.name + (seed >> 1) ? 1 : -1));
        expect(balance(shuffled, partitionCounts)).toEqual(new Map([...shares]));
      }),
    );
  });

  test('moves only what a member who comes or goes makes necessary', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 6 }), (partitionCounts, members) => {
        const total = totalOf(partitionCounts);
        const names = Array.from({ length: members + 1 }, (_, i) => `slot-${i}`);
        const before = balance(
          names.slice(0, members).map((name) => claimant(name, TOPICS)),
          partitionCounts,
        );
        const after = balance(
          names.map((name) => claimant(name, TOPICS, before.get(`${name}-id`))),
          partitionCounts,
        );
        const moved = (from: Shares, to: Shares) => {
          const then = owners(from);
          return [...owners(to)].filter(([partition, member]) => then.get(partition) !== member).length;
        };
        expect(moved(before, after)).toBe(Math.floor(total / (members + 1)));
        const left = balance(
          names.slice(1).map((name) => claimant(name, TOPICS, after.get(`${name}-id`))),
          partitionCounts,
        );
        expect(moved(after, left)).toBe(countOf(after.get('slot-0-id')));
      }),
    );
  });

  test('is the same again when nothing changed', () => {
    const partitionCounts = new Map(TOPICS.map((topic) => [topic, 4]));
    const first = balance([claimant('x', TOPICS), claimant('y', TOPICS)], partitionCounts);
    const claimants = ['x', 'y'].map((name) => claimant(name, TOPICS, first.get(`${name}-id`)));
    expect(balance(claimants, partitionCounts)).toEqual(first);
  });

  test('gives nobody a topic that he does not want, and nobody what is not there', () => {
    const shares = balance(
      [claimant('x', ['a']), claimant('y', ['a', 'b'], new Map([['a', [0, 1, 7]]]))],
      new Map([
        ['a', 2],
        ['b', 2],
      ]),
    );
    expect(shares.get('x-id')).toEqual(new Map([['a', [0, 1]]]));
    expect(shares.get('y-id')).toEqual(new Map([['b', [0, 1]]]));
  });

  test('believes the claim of the later generation', () => {
    const owned = new Map([['a', [0]]]);
    const shares = balance([claimant('x', ['a'], owned, 4), claimant('y', ['a'], owned, 5)], new Map([['a', 1]]));
    expect(countOf(shares.get('y-id'))).toBe(1);
  });
});

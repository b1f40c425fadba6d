import { describe, expect, test } from '@jest/globals';
import { Predicate } from './predicate.js';

const nested = (levels: number): unknown =>
  JSON.parse(`${'{"op":"not","of":'.repeat(levels)}{"op":"isNull","field":"a"}${'}'.repeat(levels)}`);

describe('a condition', () => {
  test('is nested no deeper than people read', () => {
    expect(Predicate.safeParse(nested(32)).success).toBe(true);
    expect(Predicate.safeParse(nested(33)).error?.issues).toMatchObject([
      { path: [], message: expect.stringContaining('32') },
    ]);
  });

  test('of any depth is answered, never a way to exhaust the stack', () => {
    expect(Predicate.safeParse(nested(100_000)).success).toBe(false);
    const wide = { op: 'and', of: [nested(100_000), { op: 'isNull', field: 'a' }] };
    expect(Predicate.safeParse(wide).success).toBe(false);
  });

  test('stays within the limits when it is flattened', () => {
    const all = (count: number, inner: unknown): unknown => ({
      op: 'and',
      of: Array.from({ length: count }, () => inner),
    });
    const one = { op: 'isNull', field: 'a' };
    expect(Predicate.safeParse(all(16, all(16, one))).success).toBe(true);
    expect(Predicate.safeParse(all(16, all(17, one))).success).toBe(false);
    expect(Predicate.safeParse(all(256, one)).success).toBe(true);
    expect(Predicate.safeParse(all(257, one)).success).toBe(false);
  });
});

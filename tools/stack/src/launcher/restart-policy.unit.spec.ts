import { expect, test } from '@jest/globals';
import { afterDeath } from './restart-policy.js';

test('the first death is answered at once, each further one later', () => {
  expect(afterDeath([1000], 1000)).toEqual({ again: true, afterMs: 200 });
  expect(afterDeath([1000, 2000], 2000)).toEqual({ again: true, afterMs: 400 });
  expect(afterDeath([1000, 2000, 3000, 4000], 4000)).toEqual({ again: true, afterMs: 1600 });
});

test('five deaths within a minute are too many', () => {
  expect(afterDeath([1000, 2000, 3000, 4000, 5000], 5000)).toEqual({ again: false });
});

test('deaths of more than a minute ago are forgotten', () => {
  expect(afterDeath([1000, 2000, 3000, 4000, 70_000], 70_000)).toEqual({ again: true, afterMs: 200 });
});

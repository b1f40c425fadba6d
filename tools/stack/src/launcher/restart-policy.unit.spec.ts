import { expect, test } from '@jest/globals';
import { afterDeath } from './restart-policy.js';

test('the first death is answered at once, each further one later', () => {
  expect(afterDeath([1000], 1000)).toEqual({ failing: false, afterMs: 200 });
  expect(afterDeath([1000, 2000], 2000)).toEqual({ failing: false, afterMs: 400 });
  expect(afterDeath([1000, 2000, 3000, 4000], 4000)).toEqual({ failing: false, afterMs: 1600 });
});

test('five deaths within a minute are too many: it is tried now and then, until it was back', () => {
  const failing = { failing: true, afterMs: 15_000 };
  expect(afterDeath([1000, 2000, 3000, 4000, 5000], 5000)).toEqual(failing);
  expect(afterDeath([1000, 90_000], 90_000, true)).toEqual(failing);
});

test('deaths of more than a minute ago are forgotten', () => {
  expect(afterDeath([1000, 2000, 3000, 4000, 70_000], 70_000)).toEqual({ failing: false, afterMs: 200 });
});

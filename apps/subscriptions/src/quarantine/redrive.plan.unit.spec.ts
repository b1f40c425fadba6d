import { expect, test } from '@jest/globals';
import { splitRange } from './redrive.plan.js';

const range = (from: bigint, to: bigint, except: bigint[]) => ({ partition: 0, from, to, except });

test('a range that leaves out little is one order', () => {
  expect(splitRange(range(1n, 9n, []), 2)).toEqual([range(1n, 9n, [])]);
  expect(splitRange(range(1n, 9n, [3n, 4n]), 2)).toEqual([range(1n, 9n, [3n, 4n])]);
});

test('a range that leaves out much is several, which together look at the same', () => {
  const parts = splitRange(range(1n, 20n, [2n, 5n, 6n, 7n, 19n]), 2);
  expect(parts).toEqual([range(1n, 5n, [2n, 5n]), range(6n, 7n, [6n, 7n]), range(8n, 20n, [19n])]);
});

import { expect, test } from '@jest/globals';
import { Growth } from './growth.js';

test('follows what the views make of what is read, and forgets what was before', () => {
  const growth = new Growth();
  expect(growth.ratio).toBe(1);
  const route = (times: number, ratio: number): void => {
    for (let i = 0; i < times; i++) {
      growth.read(1 << 20);
      growth.written(ratio * (1 << 20));
    }
  };
  route(100, 8);
  expect(growth.ratio).toBeCloseTo(8, 1);
  route(100, 0.5);
  expect(growth.ratio).toBeCloseTo(0.5, 1);
});

import { expect, test } from '@jest/globals';
import { seeded } from './random.js';

const draw = (random: ReturnType<typeof seeded>): number[] =>
  Array.from({ length: 5 }, () => random.whole(0, 1_000_000));

test('the same seed gives the same, another one something else', () => {
  expect(draw(seeded(7))).toEqual(draw(seeded(7)));
  expect(draw(seeded(7))).not.toEqual(draw(seeded(8)));
});

test('what one part draws does not move another', () => {
  const [one, other] = [seeded(7), seeded(7)];
  draw(other);
  expect(draw(one.fork('traffic'))).toEqual(draw(other.fork('traffic')));
  expect(draw(one.fork('traffic'))).not.toEqual(draw(one.fork('faults')));
});

test('whole numbers reach both ends', () => {
  const random = seeded(1);
  const seen = new Set(Array.from({ length: 200 }, () => random.whole(2, 4)));
  expect([...seen].sort((a, b) => a - b)).toEqual([2, 3, 4]);
});

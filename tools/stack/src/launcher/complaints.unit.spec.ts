import { expect, test } from '@jest/globals';
import { countComplaints } from './complaints.js';

test('the same trouble is told once in ten seconds, whatever numbers it carries', () => {
  const complaints = countComplaints();
  expect(complaints.take('router', 'partition 1 at 4711', 0)).toBe(true);
  expect(complaints.take('router', 'partition 2 at 4712', 5_000)).toBe(false);
  expect(complaints.take('gateway', 'partition 1 at 4711', 5_000)).toBe(true);
  expect(complaints.take('router', 'partition 1 at 4713', 10_001)).toBe(true);
});

test('a flood is cut, and what was left out is counted when it is over', () => {
  const complaints = countComplaints();
  const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  expect(words.filter((word) => complaints.take('router', word, 0))).toHaveLength(6);
  expect(complaints.leftOut(9_000)).toBe(0);
  expect(complaints.leftOut(10_000)).toBe(3);
  expect(complaints.leftOut(11_000)).toBe(0);
});

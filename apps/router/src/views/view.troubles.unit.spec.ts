import type { Ulid, ViewTroubleCode } from '@citystreams/contracts';
import { expect, test } from '@jest/globals';
import { ViewFault } from '../projection/view.fault.js';
import { ViewTroubles } from './view.troubles.js';

const A = 'A' as Ulid;
const fault = (code: ViewTroubleCode, why: string) => new ViewFault(A, code, why);

let now = 0;
const opened = (): ViewTroubles => {
  now = 0;
  return new ViewTroubles(() => now);
};

test('what is only late is told when it has lasted, once for each reason, and that it is over', () => {
  const troubles = opened();
  const add = (at: number, code: ViewTroubleCode, why: string): boolean => {
    now = at;
    return troubles.add(fault(code, why));
  };
  expect(add(0, 'TOPIC_MISSING', 'no topic')).toBe(false);
  expect(add(4_999, 'TOPIC_MISSING', 'no topic')).toBe(false);
  expect(add(5_000, 'TOPIC_MISSING', 'no topic')).toBe(true);
  expect(add(6_000, 'TOPIC_MISSING', 'no topic')).toBe(false);
  expect(add(6_000, 'SCHEMA_MISSING', 'no schema')).toBe(true);
  expect(troubles.over(A)).toBe(true);
  expect(add(7_000, 'TOPIC_MISSING', 'no topic')).toBe(false);
  expect(troubles.over(A)).toBe(false);
});

test('what was refused is told at once, and tried again ever more patiently', () => {
  const troubles = opened();
  const mayTry = (after: number): boolean => {
    now += after;
    const may = troubles.mayTry(A);
    now -= after;
    return may;
  };
  expect(troubles.add(fault('TOPIC_REFUSED', 'no right'))).toBe(true);
  expect([mayTry(499), mayTry(500)]).toEqual([false, true]);
  for (let i = 0; i < 20; i++) troubles.add(fault('TOPIC_REFUSED', 'no right'));
  expect([mayTry(29_999), mayTry(30_000)]).toEqual([false, true]);
});

test('a schema that is missing is looked for at every change', () => {
  const troubles = opened();
  for (let i = 0; i < 20; i++) troubles.add(fault('SCHEMA_MISSING', 'no schema'));
  expect(troubles.mayTry(A)).toBe(true);
});

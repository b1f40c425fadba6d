import type { Ulid } from '@citystreams/contracts';
import { expect, test } from '@jest/globals';
import { ViewFault, type ViewFaultCode } from '../projection/view.fault.js';
import { ViewTroubles } from './view.troubles.js';

const A = 'A' as Ulid;
const fault = (code: ViewFaultCode, why: string) => new ViewFault(A, code, why);

test('what is only late is told when it has lasted, once for each reason, and that it is over', () => {
  const troubles = new ViewTroubles();
  expect(troubles.add(fault('TOPIC_MISSING', 'no topic'), 0)).toBe(false);
  expect(troubles.add(fault('TOPIC_MISSING', 'no topic'), 4_999)).toBe(false);
  expect(troubles.add(fault('TOPIC_MISSING', 'no topic'), 5_000)).toBe(true);
  expect(troubles.add(fault('TOPIC_MISSING', 'no topic'), 6_000)).toBe(false);
  expect(troubles.add(fault('SCHEMA_MISSING', 'no schema'), 6_000)).toBe(true);
  expect(troubles.over(A)).toBe(true);
  expect(troubles.add(fault('TOPIC_MISSING', 'no topic'), 7_000)).toBe(false);
  expect(troubles.over(A)).toBe(false);
});

test('what was refused is told at once, and tried again ever more patiently', () => {
  const troubles = new ViewTroubles();
  expect(troubles.add(fault('TOPIC_REFUSED', 'no right'), 0)).toBe(true);
  expect([troubles.mayTry(A, 499), troubles.mayTry(A, 500)]).toEqual([false, true]);
  let now = 0;
  for (let i = 0; i < 20; i++) troubles.add(fault('TOPIC_REFUSED', 'no right'), now++);
  expect([troubles.mayTry(A, now + 29_000), troubles.mayTry(A, now + 30_000)]).toEqual([false, true]);
});

test('a schema that is missing is looked for at every change', () => {
  const troubles = new ViewTroubles();
  for (let i = 0; i < 20; i++) troubles.add(fault('SCHEMA_MISSING', 'no schema'), 7);
  expect(troubles.mayTry(A, 7)).toBe(true);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { INSTANT_BYTES, writeInstant } from './instant.js';

function written(ms: number): string | null {
  const target = Buffer.alloc(INSTANT_BYTES + 8, 0x23);
  const end = writeInstant(ms, target, 4);
  expect(target.subarray(0, 4).toString() + target.subarray(4 + INSTANT_BYTES).toString()).toBe('########');
  expect([-1, 4 + INSTANT_BYTES]).toContain(end);
  expect(end < 0).toBe(target.every((byte) => byte === 0x23));
  return end < 0 ? null : target.toString('latin1', 4, end);
}

const iso = (ms: number): string => new Date(ms).toISOString();
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

test('an instant is written as the engine writes it, on every day of four centuries', () => {
  const target = Buffer.alloc(INSTANT_BYTES);
  const wrong: string[] = [];
  for (let day = -146_097; day <= 146_097; day += 1) {
    const ms = day * 86_400_000 + ((day * 7_919) % 86_400_000);
    const end = writeInstant(ms, target, 0);
    if (target.toString('latin1', 0, end) !== iso(ms)) wrong.push(iso(ms));
  }
  expect(wrong).toEqual([]);
});

test('an instant is written as the engine writes it, in every year of four digits', () => {
  fc.assert(fc.property(fc.integer({ min: FIRST, max: LAST }), (ms) => written(ms) === iso(ms)));
  for (const ms of [FIRST, LAST, 0, -1, -0, Date.UTC(2000, 1, 29), Date.UTC(1900, 1, 28, 23, 59, 59, 999)])
    expect(written(ms)).toBe(iso(ms));
});

test('what has no such text is not written', () => {
  for (const ms of [FIRST - 1, LAST + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 63])
    expect(written(ms)).toBeNull();
});

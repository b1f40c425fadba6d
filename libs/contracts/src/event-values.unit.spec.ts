import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { bytesValue, decimalValue, doubleValue, longValue, ticksValue } from './event-values.js';

const takes = (schema: z.ZodType, ...values: unknown[]): unknown[] =>
  values.filter((value) => schema.safeParse(value).success);

describe('a value of an event', () => {
  test('is a long as number while exact, as bigint beyond, within 64 bits', () => {
    const good = [0, -7, 2 ** 53 - 1, 9007199254740993n, -(2n ** 63n), 2n ** 63n - 1n];
    expect(takes(longValue, ...good)).toEqual(good);
    expect(takes(longValue, 2 ** 53, 1.5, 2n ** 63n, '7', Number.NaN)).toEqual([]);
    expect(longValue.parse(9007199254740993n)).toBe(9007199254740993n);
  });

  test('is a decimal as its digits, never a float', () => {
    expect(takes(decimalValue(5, 2), '0', '-999.99', '1.5', '000001.50')).toHaveLength(4);
    expect(takes(decimalValue(5, 2), 1.5, '1000', '1.234', '', '.', '1.', '1e2', 'NaN')).toEqual([]);
    expect(takes(decimalValue(2, 2), '0.99', '1.0')).toEqual(['0.99']);
  });

  test('is any double, whole ticks, bytes of the right length', () => {
    expect(takes(doubleValue, Number.NaN, Infinity, -0, 0.1)).toHaveLength(4);
    expect(takes(doubleValue, '1', 1n, null)).toEqual([]);
    expect(takes(ticksValue, 1.5, new Date(0), '2026-11-23')).toEqual([]);
    expect(takes(bytesValue(2), new Uint8Array(2), Buffer.alloc(2))).toHaveLength(2);
    expect(takes(bytesValue(2), new Uint8Array(3), 'ab', [1, 2])).toEqual([]);
  });
});

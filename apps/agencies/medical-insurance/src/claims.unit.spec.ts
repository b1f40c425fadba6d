import { describe, expect, test } from '@jest/globals';
import { claim } from './claims.js';

const claims = Array.from({ length: 2000 }, (_, n) => claim(7, n));

describe('synthetic claims', () => {
  test('are the same for the same seed and number, and others for another seed', () => {
    expect(claim(7, 1234)).toEqual(claims[1234]);
    expect(claim(8, 1234)).not.toEqual(claims[1234]);
  });

  test('say that they are synthetic', () => {
    expect(claims.every((c) => c.synthetic)).toBe(true);
  });

  test('have each its own number', () => {
    expect(new Set(claims.map((c) => c.claimId)).size).toBe(claims.length);
  });

  test('add up to the fen', () => {
    for (const { payment } of claims) {
      expect(BigInt(payment.fundFen) + BigInt(payment.selfFen)).toBe(BigInt(payment.totalFen));
      expect(payment.selfFen).toBeGreaterThan(0);
    }
  });

  test('spread over every district and diagnosis', () => {
    expect(new Set(claims.map((c) => c.district)).size).toBe(6);
    expect(new Set(claims.map((c) => c.diagnosis)).size).toBe(8);
  });
});

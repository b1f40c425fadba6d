import { describe, expect, test } from '@jest/globals';
import { registration } from './registrations.js';

const registrations = Array.from({ length: 2000 }, (_, n) => registration(7, n));

describe('synthetic registrations', () => {
  test('are the same for the same seed and number, and others for another seed', () => {
    expect(registration(7, 1234)).toEqual(registrations[1234]);
    expect(registration(8, 1234)).not.toEqual(registrations[1234]);
  });

  test('say that they are synthetic', () => {
    expect(registrations.every((r) => r.synthetic)).toBe(true);
  });

  test('have each its own number', () => {
    expect(new Set(registrations.map((r) => r.registrationId)).size).toBe(registrations.length);
  });

  test('give telephone numbers of no network', () => {
    const phones = registrations.flatMap((r) => r.phone ?? []);
    expect(phones.length).toBeGreaterThan(1000);
    expect(phones.every((phone) => /^000\d{8}$/.test(phone))).toBe(true);
  });
});

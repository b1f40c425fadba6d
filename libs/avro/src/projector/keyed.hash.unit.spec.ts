import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { KeyedHash } from './keyed.hash.js';

function hashed(hash: KeyedHash, value: Buffer, text: 'hex' | 'base64url'): string {
  const around = Buffer.concat([Buffer.from('before'), value, Buffer.from('after')]);
  const target = Buffer.alloc(KeyedHash.SIZE[text] + 20, '#');
  const end = hash.write(around, 6, 6 + value.length, text, target, 10);
  expect(end).toBe(10 + KeyedHash.SIZE[text]);
  expect(target.toString('latin1', 0, 10) + target.toString('latin1', end)).toBe('#'.repeat(20));
  return target.toString('latin1', 10, end);
}

describe('a keyed hash', () => {
  test('is HMAC-SHA-256, for keys and values of every length', () => {
    for (const keyBytes of [16, 32, 63, 64, 65, 200]) {
      const key = Buffer.alloc(keyBytes, keyBytes);
      for (const length of [0, 1, 9, 55, 56, 63, 64, 65, 119, 1023, 1024, 1025, 5000]) {
        const value = Buffer.alloc(length, length % 251);
        for (const text of ['hex', 'base64url'] as const)
          expect(hashed(new KeyedHash(key), value, text)).toBe(createHmac('sha256', key).update(value).digest(text));
      }
    }
  });

  test('does not depend on what was hashed before', () => {
    const hash = new KeyedHash(Buffer.alloc(32, 1));
    const made = ['a long value', 'x', 'a long value', '', 'x'].map((value) => hashed(hash, Buffer.from(value), 'hex'));
    expect(made[2]).toBe(made[0]);
    expect(made[4]).toBe(made[1]);
    expect(new Set(made).size).toBe(3);
  });

  test('needs a key that cannot be guessed, and keeps its own copy', () => {
    expect(() => new KeyedHash(Buffer.alloc(15))).toThrow(RangeError);
    const key = Buffer.alloc(32, 7);
    const hash = new KeyedHash(key);
    key.fill(0);
    for (const length of [9, 3000]) {
      const value = Buffer.alloc(length, 1);
      expect(hashed(hash, value, 'hex')).toBe(createHmac('sha256', Buffer.alloc(32, 7)).update(value).digest('hex'));
    }
  });
});

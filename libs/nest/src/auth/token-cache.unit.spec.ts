import { describe, expect, test } from '@jest/globals';
import { TokenCache } from './token-cache.js';

const verified = (expiresAt: number) => ({
  caller: { principal: 'futian.steward', agency: 'futian', roles: [] },
  expiresAt: new Date(expiresAt),
});

describe('the cache of verified tokens', () => {
  test('answers until the token expires, and never after', () => {
    let now = 0;
    const cache = new TokenCache(10, () => now);
    cache.put('a', verified(1_000));
    now = 999;
    expect(cache.get('a')).toBeDefined();
    now = 1_000;
    expect(cache.get('a')).toBeUndefined();
  });

  test('is bounded: the one unused for longest leaves', () => {
    const cache = new TokenCache(2, () => 0);
    cache.put('a', verified(1));
    cache.put('b', verified(1));
    cache.get('a');
    cache.put('c', verified(1));
    expect(['a', 'b', 'c'].filter((token) => cache.get(token) !== undefined)).toEqual(['a', 'c']);
  });
});

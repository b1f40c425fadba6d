import { describe, expect, test } from '@jest/globals';
import { waitUntil } from './wait-until.js';

describe('waiting', () => {
  test('ends as soon as the predicate holds', async () => {
    let asked = 0;
    await waitUntil('asked three times', () => ++asked === 3, { intervalMs: 1 });
    expect(asked).toBe(3);
  });

  test('names what was waited for in vain', async () => {
    await expect(waitUntil('the impossible', () => false, { timeoutMs: 5 })).rejects.toThrow(/in vain: the impossible/);
  });

  test('takes an error for "not yet" and keeps the last one as the cause', async () => {
    const failing = () => Promise.reject(new Error('refused'));
    await expect(waitUntil('an answer', failing, { timeoutMs: 5 })).rejects.toMatchObject({
      cause: expect.objectContaining({ message: 'refused' }),
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { pageOf, versionNumber } from '../reading/versions.js';
import { canonicalName, isRegistrable, prefixTest } from '../subject-name.js';
import { answerType, isRequestType, REGISTRY_CONTENT_TYPE } from './media-types.js';
import { javaInteger, Query } from './query.js';
import { inContext } from './route.js';

describe('names of subjects', () => {
  test('in the default context are kept without it', () => {
    expect(canonicalName(':.:orders')).toBe('orders');
    expect(canonicalName('orders')).toBe('orders');
    expect(canonicalName(':.eu:orders')).toBe(':.eu:orders');
    expect(canonicalName(':.eu')).toBe(':.eu:');
    expect(canonicalName(':.:')).toBe('');
    expect(canonicalName(':not-a-context')).toBe(':not-a-context');
  });

  test('under a context in the address belong to it', () => {
    expect(inContext('', 'orders')).toBe('orders');
    for (const context of ['.', ':.:']) expect(inContext(context, 'orders')).toBe('orders');
    for (const context of ['.eu', ':.eu:', 'eu']) expect(inContext(context, 'orders')).toBe(':.eu:orders');
    expect(inContext('.eu', ':.us:orders')).toBe(':.us:orders');
  });

  test('of other contexts, reserved ones and ones with control characters cannot be registered', () => {
    for (const name of ['orders', '*', 'a b/c', '']) expect([name, isRegistrable(name)]).toEqual([name, true]);
    for (const name of [':.eu:orders', '__GLOBAL', '__EMPTY', 'a\u0007', 'a\u0085', 'x'.repeat(1_001)]) {
      expect(isRegistrable(name)).toBe(false);
    }
  });

  test('are chosen by prefix, in every context or in one', () => {
    expect(['orders', 'other'].filter(prefixTest(':*:or'))).toEqual(['orders']);
    expect(['orders', 'other'].filter(prefixTest(''))).toEqual(['orders', 'other']);
    expect(['orders'].filter(prefixTest(':.eu:'))).toEqual([]);
  });
});

describe('numbers', () => {
  test('of versions are 1 to 2^31-1, -1 or latest', () => {
    expect(['1', '+7', '007', ' 3 ', '2147483647', 'Latest', '-1'].map(versionNumber)).toEqual([
      ...[1, 7, 7, 3, 2_147_483_647, -1, -1],
    ]);
    for (const text of ['0', '-2', '2147483648', '', '1.0', '0x1', '１'])
      expect(() => versionNumber(text)).toThrow(text);
  });

  test('in addresses are 32 bits wide', () => {
    expect(javaInteger('-2147483648')).toBe(-2_147_483_648);
    for (const text of ['2147483648', '1e3', '', 'one']) expect(() => javaInteger(text)).toThrow('404');
  });
});

test('pages begin at the offset and have at most as many as is allowed', () => {
  expect(pageOf([1, 2, 3, 4], { offset: 1, limit: 2 })).toEqual([2, 3]);
  expect(pageOf([1, 2, 3, 4], { offset: 0, limit: -1 }, 3)).toEqual([1, 2, 3]);
  expect(pageOf([1, 2, 3, 4], { offset: 0, limit: 9 }, 3)).toEqual([1, 2, 3]);
});

test('query parameters may be absent, repeated, or named like members of objects', () => {
  const query = new Query({ deleted: 'TRUE', key: ['a', 'b'], permanent: 'yes' });
  expect([query.flag('deleted'), query.flag('permanent'), query.flag('none')]).toEqual([true, false, false]);
  expect([query.text('key'), query.list('key'), query.text('constructor')]).toEqual(['a', ['a', 'b'], '']);
  expect(query.page()).toEqual({ offset: 0, limit: -1 });
});

describe('media types', () => {
  test('are negotiated by quality, then by preference', () => {
    expect(answerType('application/json')).toBe('application/json');
    expect(answerType('application/*;q=0.5, application/json;q=0.6')).toBe('application/json');
    expect(answerType('*')).toBe(REGISTRY_CONTENT_TYPE);
    expect(answerType('application/json;q=0')).toBeNull();
    expect(answerType('text/html, image/*')).toBeNull();
    expect(answerType('')).toBeNull();
  });

  test('of bodies may have parameters, in any case', () => {
    expect(isRequestType('Application/JSON ; charset=utf-8')).toBe(true);
    expect(isRequestType(undefined)).toBe(true);
    expect(isRequestType('text/json')).toBe(false);
  });
});

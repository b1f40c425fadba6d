import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { MaskKeyScope, Ulid } from '@citystreams/contracts';
import { deriveMaskKey } from './mask.key.js';

const secret = Buffer.alloc(32, 5);
const purpose = (code: string): MaskKeyScope => ({ per: 'purpose', purpose: code });
const entitlement = (id: string): MaskKeyScope => ({ per: 'entitlement', entitlement: id as Ulid });
const ONE = '01JZZZZZZZZZZZZZZZZZZZZZZZ';

test('a mask key is HKDF of the secret: extract, then one block of expand', () => {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(secret).digest();
  const expanded = (info: string): string => createHmac('sha256', extracted).update(`${info}\u0001`).digest('hex');
  expect(deriveMaskKey(secret, purpose('TRAFFIC'), 3).toString('hex')).toBe(
    expanded('citystreams mask purpose TRAFFIC generation 3'),
  );
  expect(deriveMaskKey(secret, entitlement(ONE), 1).toString('hex')).toBe(
    expanded(`citystreams mask entitlement ${ONE} generation 1`),
  );
});

test('every purpose, entitlement, generation and secret has its own', () => {
  const other = Buffer.alloc(32, 6);
  const keys = [
    deriveMaskKey(secret, purpose('TRAFFIC'), 1),
    deriveMaskKey(secret, purpose('TRAFFIC'), 2),
    deriveMaskKey(secret, purpose('HEALTH'), 1),
    deriveMaskKey(secret, purpose('TRAFFIC generation 1'), 2),
    deriveMaskKey(secret, purpose(ONE), 1),
    deriveMaskKey(secret, entitlement(ONE), 1),
    deriveMaskKey(secret, entitlement('01JZZZZZZZZZZZZZZZZZZZZZZY'), 1),
    deriveMaskKey(other, purpose('TRAFFIC'), 1),
  ];
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(keys.length);
});

test('a short secret and a generation that is none are refused', () => {
  expect(() => deriveMaskKey(Buffer.alloc(31), purpose('P'), 1)).toThrow(RangeError);
  for (const generation of [0, -1, 1.5, Number.NaN])
    expect(() => deriveMaskKey(secret, purpose('P'), generation)).toThrow(RangeError);
});

import { describe, expect, test } from '@jest/globals';
import { type Account, isServiceAccount, mayAsk, tokenSeconds, whyRefused } from './account.rules.js';

const audiences = { http: 'urn:http', kafka: 'urn:kafka' };
const account = (over: Partial<Account> = {}): Account => ({
  secret: 's',
  agency: 'futian',
  roles: ['service'],
  audiences: ['urn:http', 'urn:kafka'],
  ...over,
});

describe('the Kafka audience', () => {
  test('is given to a service account of its own agency', () => {
    expect(mayAsk('futian.operations', account(), 'urn:kafka', audiences)).toBe(true);
  });

  test.each<[string, string, Partial<Account>]>([
    ['a person, even with a dotted name', 'futian.steward', { roles: ['steward'] }],
    ['an account with a password', 'futian.operations', { password: 'p' }],
    ['a name without an agency', 'cdo', { agency: 'city-government', roles: ['cdo', 'service'] }],
    ["a service under another agency's name", 'bao-an.desk', {}],
    ['an account whose entry does not list it', 'futian.operations', { audiences: ['urn:http'] }],
  ])('is refused to %s', (_what, id, over) => {
    expect(mayAsk(id, account(over), 'urn:kafka', audiences)).toBe(false);
  });

  test('an audience that is neither of ours is refused even where the entry lists it', () => {
    expect(mayAsk('futian.operations', account({ audiences: ['urn:other'] }), 'urn:other', audiences)).toBe(false);
  });
});

describe('account names', () => {
  test.each(['internal-broker', 'broker-1', 'kafka', 'anonymous', 'admin', 'CN=broker', 'User:x', 'a.b.c', ''])(
    'refuses %p',
    (id) => {
      expect(whyRefused(id, account())).not.toBeNull();
    },
  );

  test("nobody but the five gets a name or the agency of the platform's own", () => {
    expect(whyRefused('citystreams.router', account({ agency: 'citystreams' }))).toBeNull();
    expect(whyRefused('citystreams.intruder', account({ agency: 'citystreams' }))).not.toBeNull();
    expect(whyRefused('futian.operations', account({ agency: 'citystreams' }))).not.toBeNull();
  });

  test.each(['cdo', 'futian.steward', 'bao-an.flight-desk'])('takes %p', (id) => {
    expect(whyRefused(id, account())).toBeNull();
  });
});

test("an agency's token is short, the platform's long, an account's own wish wins", () => {
  expect(tokenSeconds('futian.operations', account(), 300)).toBe(300);
  expect(tokenSeconds('citystreams.router', account({ agency: 'citystreams' }), 300)).toBe(43_200);
  expect(tokenSeconds('citystreams.router', account({ tokenSeconds: 20 }), 300)).toBe(20);
});

test('a service role without the dotted name is no service account', () => {
  expect(isServiceAccount('futian', account())).toBe(false);
});

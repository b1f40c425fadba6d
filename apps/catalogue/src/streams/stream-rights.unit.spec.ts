import type { Role } from '@citystreams/contracts';
import { describe, expect, test } from '@jest/globals';
import { isSteward, seesEverything, seesStream, writesContract } from './stream-rights.js';

const caller = (principal: string, agency: string, ...roles: Role[]) => ({ principal, agency, roles });
const hidden = { owner: 'public-security', visibility: 'hidden', publishers: ['public-security.register'] };

describe('a hidden stream', () => {
  test('is seen by its owner, the CDO, the auditor, the platform team and the platform itself', () => {
    expect(seesStream(caller('public-security.register', 'public-security', 'service'), hidden)).toBe(true);
    for (const role of ['cdo', 'auditor', 'platform'] as const) {
      expect(seesStream(caller(role, 'city-government', role), hidden)).toBe(true);
    }
    expect(seesStream(caller('citystreams.router', 'citystreams', 'service'), hidden)).toBe(true);
  });

  test('is not seen by another agency, whatever its role there', () => {
    for (const role of ['service', 'steward', 'privacy-officer'] as const) {
      expect(seesStream(caller(`futian.${role}`, 'futian', role), hidden)).toBe(false);
    }
  });
});

test('a name that only begins like the platform gives nothing', () => {
  expect(seesEverything(caller('citystreams.ghost', 'citystreams', 'service'))).toBe(false);
});

describe('a contract', () => {
  test('is written by the steward of the owner and by the publishers of the stream', () => {
    expect(writesContract(caller('public-security.steward', 'public-security', 'steward'), hidden)).toBe(true);
    expect(writesContract(caller('public-security.register', 'public-security', 'service'), hidden)).toBe(true);
  });

  test('is written by no other service, no other steward, and not by the CDO', () => {
    expect(writesContract(caller('public-security.patrol', 'public-security', 'service'), hidden)).toBe(false);
    expect(writesContract(caller('futian.steward', 'futian', 'steward'), hidden)).toBe(false);
    expect(writesContract(caller('cdo', 'city-government', 'cdo'), hidden)).toBe(false);
    expect(isSteward(caller('public-security.register', 'public-security', 'service'), 'public-security')).toBe(false);
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HTTP_AUDIENCE, KAFKA_AUDIENCE, Office } from '@citystreams/contracts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AccountClash, planAccounts } from './account-plan.js';
import { DamagedIssuer, prepareIssuer } from './prepare-issuer.js';

const person = (account: string) => ({ name: account, account, email: 'x@example.invalid' });
const office = (agency: string, services: string[], cityRoles: object[] = []): Office =>
  Office.parse({
    agency,
    kind: 'district',
    name: { en: agency, zh: agency },
    contact: 'x@example.invalid',
    dataOfficer: person(`${agency}.steward`),
    deputy: person(`${agency}.deputy`),
    privacyOfficer: person(`${agency}.privacy`),
    services: services.map((service) => ({ service, purpose: 'p' })),
    cityRoles,
  });
const futian = office('futian', ['operations'], [{ role: 'cdo', person: person('cdo') }]);
const baoAn = office('bao-an', ['flight-desk']);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'issuer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('accounts', () => {
  test('services and the platform may ask for both audiences, people for HTTP alone', () => {
    const { clients } = prepareIssuer(folder, [futian]).accounts;
    expect(clients['futian.operations']).toMatchObject({
      roles: ['service'],
      audiences: [HTTP_AUDIENCE, KAFKA_AUDIENCE],
    });
    expect(clients['citystreams.router']).toMatchObject({
      agency: 'citystreams',
      audiences: [HTTP_AUDIENCE, KAFKA_AUDIENCE],
    });
    expect(clients['futian.steward']).toMatchObject({ roles: ['steward'], audiences: [HTTP_AUDIENCE] });
    expect(clients['futian.deputy']?.roles).toEqual([]);
    expect(clients['futian.privacy']?.roles).toEqual(['privacy-officer']);
    expect(clients['cdo']).toMatchObject({ agency: 'futian', roles: ['cdo'], audiences: [HTTP_AUDIENCE] });
  });

  test('people have a password, services have none', () => {
    const { clients } = prepareIssuer(folder, [futian]).accounts;
    expect(clients['futian.steward']?.password).toMatch(/^.{32}$/);
    expect(clients['futian.operations']?.password).toBeUndefined();
  });

  test('keep their secrets from start to start, while new offices are added', () => {
    const first = prepareIssuer(folder, [futian]).accounts.clients;
    const second = prepareIssuer(folder, [futian, baoAn]).accounts.clients;
    expect(second['futian.operations']).toEqual(first['futian.operations']);
    expect(second['futian.steward']).toEqual(first['futian.steward']);
    expect(second['bao-an.flight-desk']?.secret).toMatch(/^.{32}$/);
  });

  test('that nobody names any more are gone', () => {
    prepareIssuer(folder, [futian, baoAn]);
    expect(prepareIssuer(folder, [futian]).accounts.clients['bao-an.flight-desk']).toBeUndefined();
  });

  test('a token life somebody set by hand stays', () => {
    const known = planAccounts([futian], { clients: {} }, () => 's');
    const account = known.clients['futian.operations'];
    if (account !== undefined) account.tokenSeconds = 7;
    expect(planAccounts([futian], known, () => 's').clients['futian.operations']?.tokenSeconds).toBe(7);
  });

  test('named by two offices are refused', () => {
    const twice = office('nanshan', [], [{ role: 'cdo', person: person('cdo') }]);
    expect(() => prepareIssuer(folder, [futian, twice])).toThrow(AccountClash);
  });
});

describe('files', () => {
  test('private ones are for their owner alone, the public keys hold no private member', () => {
    const files = prepareIssuer(folder, [futian]);
    expect(statSync(files.keysFile).mode & 0o777).toBe(0o600);
    expect(statSync(files.accountsFile).mode & 0o777).toBe(0o600);
    expect(statSync(files.jwksFile).mode & 0o777).toBe(0o644);
    const [key] = (JSON.parse(readFileSync(files.jwksFile, 'utf8')) as { keys: object[] }).keys;
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  test('are not touched when nothing changed', () => {
    const files = prepareIssuer(folder, [futian]);
    const times = () => [files.keysFile, files.accountsFile, files.jwksFile].map((file) => statSync(file).mtimeMs);
    const before = times();
    prepareIssuer(folder, [futian]);
    expect(times()).toEqual(before);
  });

  test('that are damaged stop the start, are not replaced, and are not shown', () => {
    const { accountsFile } = prepareIssuer(folder, [futian]);
    writeFileSync(accountsFile, '{"clients":{"futian.operations":{"secret":"hush"');
    expect(() => prepareIssuer(folder, [futian])).toThrow(DamagedIssuer);
    expect(() => prepareIssuer(folder, [futian])).not.toThrow(/hush/);
    expect(readFileSync(accountsFile, 'utf8')).toContain('hush');
  });
});

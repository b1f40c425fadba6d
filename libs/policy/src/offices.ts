import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Office, PLATFORM_PRINCIPALS } from '@citystreams/contracts';
import { orInvalid, type PolicyProblem } from './problems.js';
import { readYaml } from './yaml-file.js';

/**
 * Reads the city's offices from `<dir>/offices/*.yaml`, where `dir` is the policy folder, in order of agency.
 * @throws PolicyInvalid with every problem of every file.
 */
export function loadOffices(dir: string): Office[] {
  const problems: PolicyProblem[] = [];
  const offices: Office[] = [];
  const accounts = new Map<string, string>();
  for (const file of officeFiles(join(dir, 'offices'), problems)) {
    const office = readYaml(file, Office, problems);
    if (office === null) continue;
    offices.push(office);
    checkFileName(file, office, problems);
    checkAccounts(file, office, accounts, problems);
  }
  return orInvalid(offices, problems);
}

function officeFiles(folder: string, problems: PolicyProblem[]): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  } catch {
    // Said below: a folder that is not there holds no office either.
  }
  if (names.length === 0) problems.push({ file: folder, path: '', message: 'no office: expected <agency>.yaml files' });
  return names.toSorted().map((name) => join(folder, name));
}

function checkFileName(file: string, office: Office, problems: PolicyProblem[]): void {
  const expected = basename(file, '.yaml');
  if (office.agency === expected) return;
  problems.push({ file, path: 'agency', message: `found ${office.agency}, expected ${expected} as the file is named` });
}

/** Every account is one person's or one service's, carries its agency's name, and is nobody else's. */
function checkAccounts(file: string, office: Office, taken: Map<string, string>, problems: PolicyProblem[]): void {
  const claim = (path: string, account: string): void => {
    const owner = taken.get(account);
    if (owner === undefined) taken.set(account, `${file}: ${path}`);
    else problems.push({ file, path, message: `account ${account} is taken already by ${owner}` });
  };
  for (const role of ['dataOfficer', 'deputy', 'privacyOfficer', 'head'] as const) {
    const account = office[role]?.account;
    if (account === undefined) continue;
    if (!account.startsWith(`${office.agency}.`)) {
      problems.push({ file, path: `${role}.account`, message: `found ${account}, expected ${office.agency}.<role>` });
    }
    claim(`${role}.account`, account);
  }
  for (const [i, { role, person }] of office.cityRoles.entries()) {
    const path = `cityRoles[${i}].person.account`;
    if (person.account !== role) problems.push({ file, path, message: `found ${person.account}, expected ${role}` });
    claim(path, person.account);
  }
  for (const [i, { service }] of office.services.entries()) {
    const principal = `${office.agency}.${service}`;
    const path = `services[${i}].service`;
    if ((PLATFORM_PRINCIPALS as readonly string[]).includes(principal)) {
      problems.push({ file, path, message: `${principal} is the platform's own` });
    }
    claim(path, principal);
  }
}

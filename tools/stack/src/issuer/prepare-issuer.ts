import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IssuerAccounts, type Office } from '@citystreams/contracts';
import type { z } from 'zod';
import { writeFileAtomically } from '../platform/data-directory.js';
import { planAccounts } from './account-plan.js';
import { newSigningKeys, publicKeysOf, SigningKeys } from './signing-keys.js';

export interface IssuerFiles {
  /** Private keys, 0600. */
  readonly keysFile: string;
  /** Who has an account and its secret, 0600. */
  readonly accountsFile: string;
  /** Public keys for the brokers. */
  readonly jwksFile: string;
  readonly accounts: IssuerAccounts;
}

/** A file of the issuer's cannot be read: nothing is replaced, because tokens and clients depend on it. */
export class DamagedIssuer extends Error {
  readonly code = 'DAMAGED_ISSUER';
}

const NOBODY: IssuerAccounts = { clients: {} };
const newSecret = (): string => randomBytes(24).toString('base64url');

/**
 * Makes what the development issuer and the brokers need, before either starts: keys on first use, accounts of all
 * offices. Keys and secrets stay as they are from start to start.
 *
 * @throws DamagedIssuer, AccountClash
 */
export function prepareIssuer(dataDirectory: string, offices: readonly Office[]): IssuerFiles {
  const keysFile = join(dataDirectory, 'issuer', 'keys.json');
  const accountsFile = join(dataDirectory, 'issuer', 'accounts.json');
  const jwksFile = join(dataDirectory, 'kafka', 'jwks.json');

  const keys = readJson(keysFile, SigningKeys) ?? newSigningKeys();
  writeIfChanged(keysFile, keys, 0o600);
  writeIfChanged(jwksFile, publicKeysOf(keys), 0o644);

  const accounts = planAccounts(offices, readJson(accountsFile, IssuerAccounts) ?? NOBODY, newSecret);
  writeIfChanged(accountsFile, accounts, 0o600);
  return { keysFile, accountsFile, jwksFile, accounts };
}

/** Undefined: not there yet. */
function readJson<T>(file: string, shape: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    // The cause would show parts of the file, and the file is secret.
    throw new DamagedIssuer(`${file} is damaged: put it back, or start anew with npm run reset`);
  }
}

/** An unchanged file keeps its time stamp: brokers and the issuer read it again when that moves. */
function writeIfChanged(file: string, value: object, mode: number): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  if (before !== text) writeFileAtomically(file, text, mode);
}

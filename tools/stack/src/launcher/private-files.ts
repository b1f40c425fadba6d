/** Files and folders of the data directory that single processes get: secrets, one each, and their own state. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuerAccounts } from '@citystreams/contracts';
import { secretFileOf, writeFileAtomically } from '../platform/data-directory.js';

const clientFile = (dataDirectory: string, account: string): string => secretFileOf(dataDirectory, `client-${account}`);

/** Puts each service account's secret into a file of its own. @returns where an account's file is */
export function writeClientSecrets(dataDirectory: string, accounts: IssuerAccounts): (account: string) => string {
  for (const [account, { secret, password }] of Object.entries(accounts.clients)) {
    if (password === undefined) writeFileAtomically(clientFile(dataDirectory, account), secret);
  }
  return (account) => clientFile(dataDirectory, account);
}

/**
 * The file with the secret that pseudonyms are derived from: 32 bytes as hex, made once. Losing it changes every
 * pseudonym, so it is never replaced.
 */
export function maskKeyFile(dataDirectory: string): string {
  const file = secretFileOf(dataDirectory, 'mask-key');
  if (!existsSync(file)) writeFileAtomically(file, randomBytes(32).toString('hex'));
  return file;
}

/** The file with the private key that heads of the evidence chain are signed with: Ed25519 in PEM, made once. */
export function auditKeyFile(dataDirectory: string): string {
  const file = secretFileOf(dataDirectory, 'audit-key');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileAtomically(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return file;
}

/** Where a process keeps what must outlive it; made when missing. */
export function stateFolder(dataDirectory: string, account: string): string {
  const folder = join(dataDirectory, 'state', account);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

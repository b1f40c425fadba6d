/** Accounts of the test issuer, added while it runs. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { HTTP_AUDIENCE, IssuerAccounts, KAFKA_AUDIENCE } from '@citystreams/contracts';
import { claimFile, writeFileAtomically } from '@citystreams/stack';
import type { StackRecord } from './stack-record.js';
import { waitUntil } from './wait-until.js';

export interface AccountOptions {
  /** Default: the part of the name before the dot. */
  readonly agency?: string;
  /** Default `['service']`. */
  readonly roles?: readonly string[];
  /** Default: Kafka's and HTTP's. */
  readonly audiences?: readonly string[];
  /** Life of its tokens; default the issuer's. */
  readonly tokenSeconds?: number;
}

export interface TestAccount {
  /** The principal. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenEndpoint: string;
}

/** An account that is there keeps its secret, so two specs may use the same one; what the options say is brought up to date. */
export async function addAccount(
  record: StackRecord,
  clientId: string,
  { agency, roles = ['service'], audiences = [KAFKA_AUDIENCE, HTTP_AUDIENCE], tokenSeconds }: AccountOptions,
): Promise<TestAccount> {
  const lock = `${record.accountsFile}.lock`;
  await waitUntil('no other spec is adding an account', () => {
    claimFile(lock, (owner) => new Error(`process ${owner} is adding one`));
    return true;
  });
  try {
    const accounts = IssuerAccounts.parse(JSON.parse(readFileSync(record.accountsFile, 'utf8')));
    const clientSecret = accounts.clients[clientId]?.secret ?? randomBytes(24).toString('base64url');
    accounts.clients[clientId] = {
      secret: clientSecret,
      agency: agency ?? clientId.split('.')[0] ?? clientId,
      roles: [...roles],
      audiences: [...audiences],
      ...(tokenSeconds !== undefined && { tokenSeconds }),
    };
    writeFileAtomically(record.accountsFile, JSON.stringify(accounts));
    return { clientId, clientSecret, tokenEndpoint: `${record.issuer}/token` };
  } finally {
    rmSync(lock, { force: true });
  }
}

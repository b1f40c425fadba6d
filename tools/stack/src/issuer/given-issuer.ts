/** An issuer that somebody else runs: its public keys for our brokers, and the secrets of our accounts there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IssuerAccounts } from '@citystreams/contracts';
import { z } from 'zod';
import { writeFileAtomically } from '../platform/data-directory.js';

export interface GivenIssuer {
  readonly accounts: IssuerAccounts;
  readonly jwksFile: string;
  readonly tokenEndpoint: string;
  /** Fetches the public keys again; a failure leaves the file as it is. */
  refresh(): Promise<void>;
}

class IssuerNotAnswering extends Error {
  readonly code = 'ISSUER_NOT_ANSWERING';
}

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url(), token_endpoint: z.url() });
const Keys = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });
const ANSWER_MS = 5_000;

/** @throws IssuerNotAnswering; never falls back to an issuer of our own. */
export async function openGivenIssuer(url: string, accountsFile: string, dataDirectory: string): Promise<GivenIssuer> {
  const discovery = await getJson(`${url}/.well-known/openid-configuration`, Discovery);
  if (discovery.issuer.replace(/\/$/, '') !== url) {
    throw new IssuerNotAnswering(`OIDC_ISSUER is ${url}, but the issuer there calls itself ${discovery.issuer}`);
  }
  const jwksFile = join(dataDirectory, 'kafka', 'jwks.json');
  const refresh = async (): Promise<void> => {
    const { keys } = await getJson(discovery.jwks_uri, Keys);
    const shared = keys.filter((key) => !('d' in key) && key.kty !== 'oct');
    writeFileAtomically(jwksFile, JSON.stringify({ keys: shared }), 0o644);
  };
  await refresh();
  return { accounts: readAccounts(accountsFile), jwksFile, tokenEndpoint: discovery.token_endpoint, refresh };
}

function readAccounts(file: string): IssuerAccounts {
  try {
    return IssuerAccounts.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The cause would show parts of the file, and the file is secret.
    throw new IssuerNotAnswering(`ACCOUNTS_FILE ${file} cannot be read as accounts of the issuer`);
  }
}

async function getJson<T>(url: string, shape: z.ZodType<T>): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    throw new IssuerNotAnswering(`OIDC_ISSUER is set, and nothing answers at ${url}`);
  }
  if (!answer.ok) throw new IssuerNotAnswering(`OIDC_ISSUER is set, and ${url} answers ${answer.status}`);
  const parsed = shape.safeParse(await answer.json().catch(() => null));
  if (!parsed.success)
    throw new IssuerNotAnswering(`OIDC_ISSUER is set, and ${url} is not what an OpenID issuer serves`);
  return parsed.data;
}

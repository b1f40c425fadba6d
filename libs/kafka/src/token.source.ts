import { KafkaFailure } from './failure.js';

/** Where bearer tokens come from. One source is shared by every client of a process. */
export interface TokenSource {
  /** A token that is still valid. Throws `TOKEN_REFUSED` or `TOKEN_UNAVAILABLE`. */
  token(): Promise<string>;
  close(): void;
}

export type TokenSourceOptions = {
  clientId: string;
  clientSecret: string;
  /** Sent as `resource`; the token is good for this audience only. */
  audience: string;
} & (
  | { tokenEndpoint: string; issuer?: never }
  /** Asked where its token endpoint is when the first token is needed. */
  | { issuer: string; tokenEndpoint?: never }
);

interface Grant {
  token: string;
  /** From here on a fresh token is asked for; the old one still serves if there is no answer. */
  refreshAt: number;
  expiresAt: number;
}

const ANSWER_WITHIN_MS = 5_000;
/** After a failed refresh, wait this long before the issuer is asked again while an old token still serves. */
const RETRY_REFRESH_AFTER_MS = 2_000;
/** A token this close to its end might be over by the time the broker looks at it. */
const SAFETY_MS = 2_000;

/**
 * Client-credentials tokens of one client for one audience. Nothing is asked before the first `token()`.
 *
 * Guarantees: at most one request to the issuer at a time however many callers wait; a token is renewed from half of its
 * life on; while the issuer is down the old token is served until it ends. A secret never appears in an error.
 */
export function openTokenSource(options: TokenSourceOptions): TokenSource {
  let current: Grant | undefined;
  let pending: Promise<Grant> | undefined;
  let notBefore = 0;
  let endpoint: string | undefined;
  const closing = new AbortController();

  const request = async (): Promise<Grant> => {
    endpoint ??= options.tokenEndpoint ?? (await discoverTokenEndpoint(options.issuer, closing.signal));
    current = await requestGrant(endpoint, options, closing.signal);
    return current;
  };
  const renew = (): Promise<Grant> => {
    pending ??= request().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    async token() {
      const now = Date.now();
      if (current === undefined || current.expiresAt - SAFETY_MS <= now) return (await renew()).token;
      if (now >= current.refreshAt && now >= notBefore) {
        notBefore = now + RETRY_REFRESH_AFTER_MS;
        // The token at hand is good: nobody waits for the fresh one, and nobody fails because of it.
        renew().catch(() => undefined);
      }
      return current.token;
    },
    close() {
      closing.abort();
      current = undefined;
    },
  };
}

async function requestGrant(endpoint: string, options: TokenSourceOptions, closing: AbortSignal): Promise<Grant> {
  const askedAt = Date.now();
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${basicCredentials(options.clientId, options.clientSecret)}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: options.audience }),
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
  } catch (cause) {
    throw new KafkaFailure('TOKEN_UNAVAILABLE', `The issuer does not answer at ${endpoint}`, { cause });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status >= 500 || response.status === 429) {
    throw new KafkaFailure('TOKEN_UNAVAILABLE', `The issuer answered ${response.status} at ${endpoint}`);
  }
  if (!response.ok || !isTokenAnswer(body)) {
    const reason = isErrorAnswer(body) ? body.error : `status ${response.status}`;
    throw new KafkaFailure('TOKEN_REFUSED', `The issuer gives ${options.clientId} no token: ${reason}`);
  }
  const lifeMs = (body.expires_in ?? 60) * 1000;
  return { token: body.access_token, refreshAt: askedAt + lifeMs / 2, expiresAt: askedAt + lifeMs };
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64');
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isErrorAnswer = (value: unknown): value is { error: string } =>
  isRecord(value) && typeof value['error'] === 'string';
const isTokenAnswer = (value: unknown): value is { access_token: string; expires_in?: number } =>
  isRecord(value) &&
  typeof value['access_token'] === 'string' &&
  (value['expires_in'] === undefined || typeof value['expires_in'] === 'number');

/** The token endpoint that an OpenID Connect issuer publishes about itself. */
export async function discoverTokenEndpoint(issuer: string, signal?: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let response: Response;
  let body: unknown;
  try {
    const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
    response = await fetch(url, { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
    body = await response.json();
  } catch (cause) {
    throw new KafkaFailure('TOKEN_UNAVAILABLE', `The issuer does not answer at ${url}`, { cause });
  }
  if (!response.ok) throw new KafkaFailure('TOKEN_UNAVAILABLE', `The issuer answered ${response.status} at ${url}`);
  if (!isRecord(body) || typeof body['token_endpoint'] !== 'string') {
    throw new KafkaFailure('TOKEN_UNAVAILABLE', `${url} names no token endpoint`, { retriable: false });
  }
  return body['token_endpoint'];
}

import { HTTP_AUDIENCE } from '@citystreams/contracts';
import { z } from 'zod';
import { CommandFailure } from '../failure.js';

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().positive() });
const Refusal = z.object({ error: z.string(), error_description: z.string().optional() });
const Discovery = z.object({ token_endpoint: z.url() });
const ANSWER_MS = 10_000;

/** @throws CommandFailure if there is no OpenID issuer at that address */
export async function tokenEndpointOf(issuer: string): Promise<string> {
  const answer = await ask(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, 'the issuer');
  const discovery = Discovery.safeParse(await answer.json().catch(() => null));
  if (answer.ok && discovery.success) return discovery.data.token_endpoint;
  throw new CommandFailure('failed', `there is no OpenID issuer at ${issuer}`);
}

/** A token for the HTTP API, by client credentials. @throws CommandFailure */
export async function requestToken(o: {
  tokenEndpoint: string;
  account: string;
  secret: string;
  now: Date;
}): Promise<{ token: string; expiresAt: string }> {
  const pair = `${encodeURIComponent(o.account)}:${encodeURIComponent(o.secret)}`;
  const answer = await ask(o.tokenEndpoint, 'the issuer', {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: HTTP_AUDIENCE }),
  });
  const body: unknown = await answer.json().catch(() => null);
  const granted = TokenAnswer.safeParse(body);
  if (answer.ok && granted.success) {
    const expiresAt = new Date(o.now.getTime() + granted.data.expires_in * 1000).toISOString();
    return { token: granted.data.access_token, expiresAt };
  }
  const refused = Refusal.safeParse(body);
  if (refused.data?.error === 'invalid_client') {
    throw new CommandFailure('failed', `the issuer does not accept this secret for ${o.account}`);
  }
  const why = refused.data?.error_description ?? refused.data?.error ?? `status ${answer.status}`;
  throw new CommandFailure('failed', `the issuer gives no token to ${o.account}: ${why}`);
}

async function ask(url: string, who: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    throw new CommandFailure('failed', `${who} does not answer at ${new URL(url).origin}`, 'is it running?');
  }
}

import { Injectable } from '@nestjs/common';
import { Role } from '@citystreams/contracts';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { ProblemError } from '../problems/problem-error.js';
import type { VerifiedToken } from './caller.js';
import { IssuerKeys, IssuerUnavailable } from './issuer-keys.js';
import { TokenCache } from './token-cache.js';

export interface AuthOptions {
  issuer: string;
  audience: string;
  /** Names of the claims that say who somebody is; `sub`, `agency` and `roles` unless told otherwise. */
  claims?: { principal?: string; agency?: string; roles?: string };
}

const SKEW_SECONDS = 30;
const CACHED_TOKENS = 10_000;
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Says who an `Authorization` header speaks for. ES256 tokens of one issuer for one audience, with 30 s of clock skew.
 * A verified token is not verified again before it expires. Refuses with `UNAUTHENTICATED` what is missing or bad, with
 * `UNAVAILABLE` what cannot be judged because the issuer does not give its keys.
 */
@Injectable()
export class TokenVerifier {
  private readonly keys: IssuerKeys;
  private readonly cache = new TokenCache(CACHED_TOKENS);

  constructor(private readonly options: AuthOptions) {
    this.keys = new IssuerKeys(options.issuer);
  }

  async verify(authorization: string | undefined): Promise<VerifiedToken> {
    if (authorization === undefined) throw unauthenticated('This needs a bearer token.', null);
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined)
      throw unauthenticated('The Authorization header is not a bearer token.', 'invalid_request');
    const cached = this.cache.get(token);
    if (cached !== undefined) return cached;
    const verified = this.read(await this.check(token));
    this.cache.put(token, verified);
    return verified;
  }

  /** The same without waiting, for a token that was verified before; undefined for any other header. */
  remembered(authorization: string | undefined): VerifiedToken | undefined {
    const token = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
    return token === undefined ? undefined : this.cache.get(token);
  }

  private async check(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, (header, jws) => this.keys.keyFor(header, jws), {
        issuer: this.options.issuer,
        audience: this.options.audience,
        algorithms: ['ES256'],
        clockTolerance: SKEW_SECONDS,
        requiredClaims: ['exp'],
      });
      return payload;
    } catch (error) {
      if (error instanceof IssuerUnavailable) {
        throw new ProblemError('UNAVAILABLE', 'The issuer of tokens does not answer, so yours cannot be checked now.', {
          action: 'Try again shortly.',
          headers: { 'retry-after': '5' },
          cause: error,
        });
      }
      if (error instanceof errors.JOSEError) throw unauthenticated(reasonOf(error), 'invalid_token', error);
      throw error;
    }
  }

  private read(payload: JWTPayload): VerifiedToken {
    const claims = this.options.claims ?? {};
    const known = z.object({ principal: z.string().min(1), agency: z.string().min(1), roles: z.array(z.string()) });
    const read = known.safeParse({
      principal: payload[claims.principal ?? 'sub'],
      agency: payload[claims.agency ?? 'agency'],
      roles: payload[claims.roles ?? 'roles'],
    });
    if (!read.success) throw unauthenticated('The token does not say principal, agency and roles.', 'invalid_token');
    const roles = read.data.roles.flatMap((role) => Role.safeParse(role).data ?? []);
    const expiresAt = new Date((payload.exp ?? 0) * 1000);
    return { caller: { principal: read.data.principal, agency: read.data.agency, roles }, expiresAt };
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The token's claim ${error.claim} is not accepted here.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is not signed with ES256.';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed by a key that the issuer does not list.';
  return 'The token is not valid.';
}

function unauthenticated(detail: string, error: 'invalid_token' | 'invalid_request' | null, cause?: unknown) {
  const told = error === null ? '' : `, error="${error}", error_description="${detail.replaceAll('"', "'")}"`;
  return new ProblemError('UNAUTHENTICATED', detail, {
    action: 'Get a token from the issuer for this audience and send it as `Authorization: Bearer <token>`.',
    headers: { 'www-authenticate': `Bearer realm="citystreams"${told}` },
    cause,
  });
}

import { type CryptoKey, createRemoteJWKSet, errors, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';
import { z } from 'zod';

/** The issuer did not give its keys: nobody can say whether a token is good. */
export class IssuerUnavailable extends Error {
  readonly code = 'ISSUER_UNAVAILABLE';
}

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

const ANSWER_WITHIN_MS = 3_000;
/** An unknown key id makes us ask again, but not more often than this, whatever callers send. */
const ASK_AGAIN_AFTER_MS = 5_000;
/** Withdrawn keys are noticed within this time while the issuer answers. */
const REFRESH_AFTER_MS = 10 * 60_000;

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/**
 * The issuer's public keys. Found through its discovery document at first use, refreshed in the background; keys once
 * had stay in use while the issuer is down.
 */
export class IssuerKeys {
  private opening: Promise<KeySet> | null = null;
  private failedAt = 0;
  private refreshedAt = 0;

  constructor(
    private readonly issuer: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** The key a token names. Throws jose's `JWKSNoMatchingKey`, or `IssuerUnavailable` when nobody could be asked. */
  async keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const keys = await this.open();
    this.refreshInBackground(keys);
    try {
      return await keys(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      throw new IssuerUnavailable('the issuer does not give its keys', { cause: error });
    }
  }

  private open(): Promise<KeySet> {
    if (this.opening === null) {
      if (this.now() - this.failedAt < 1_000) {
        return Promise.reject(new IssuerUnavailable('the issuer did not answer a moment ago'));
      }
      this.opening = discover(this.issuer).catch((error: unknown) => {
        this.opening = null;
        this.failedAt = this.now();
        throw new IssuerUnavailable(`${this.issuer} gives no usable discovery document`, { cause: error });
      });
    }
    return this.opening;
  }

  private refreshInBackground(keys: KeySet): void {
    if (this.now() - this.refreshedAt < REFRESH_AFTER_MS) return;
    const first = this.refreshedAt === 0;
    this.refreshedAt = this.now();
    if (!first) keys.reload().catch(() => undefined); // The keys we have stay good; the next round asks again.
  }
}

async function discover(issuer: string): Promise<KeySet> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const document = Discovery.parse(await response.json());
  if (document.issuer !== issuer) throw new Error(`${address} speaks for another issuer, ${document.issuer}`);
  return createRemoteJWKSet(new URL(document.jwks_uri), {
    timeoutDuration: ANSWER_WITHIN_MS,
    cooldownDuration: ASK_AGAIN_AFTER_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });
}

const isAboutTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

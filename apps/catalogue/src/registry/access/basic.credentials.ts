import { createHmac, randomBytes } from 'node:crypto';
import { KafkaFailure, openTokenSource } from '@citystreams/kafka';
import { ProblemError, type VerifiedToken } from '@citystreams/nest';
import { LruCache } from '../lru.cache.js';
import { RegistryError } from '../registry-error.js';
import { FailureLimit } from './failure.limit.js';

export interface BasicOptions {
  enabled: boolean;
  issuer: string;
  audience: string;
}

/** Pairs of client id and secret that are known to be right, or wrong. */
const KEPT = 1_000;
/** A refused pair is not asked about again within this: a client with a wrong secret asks all the time. */
const REFUSED_MS = 10_000;
/** Pairs that are being asked about at the same time. */
const MOST_ASKED = 16;
const BASIC = /^Basic +([A-Za-z0-9+/_-]+={0,2})$/i;
const CLIENT_ID = /^[\w.@-]{1,200}$/;

type Verify = (token: string) => Promise<VerifiedToken>;
type Limited = readonly [limit: FailureLimit, who: string];

/**
 * Client id and secret, for serializers that cannot ask for tokens: exchanged at the issuer for a token, and not asked
 * about again while that lives. Secrets are kept nowhere, and are in no log and no error; guessing is limited per client
 * id and per address.
 */
export class BasicCredentials {
  private readonly key = randomBytes(32);
  private readonly known = new LruCache<string, VerifiedToken>(KEPT);
  private readonly refused = new LruCache<string, number>(KEPT);
  private readonly asked = new Map<string, Promise<VerifiedToken>>();
  private readonly perClient: FailureLimit;
  private readonly perAddress: FailureLimit;

  constructor(
    private readonly options: BasicOptions,
    private readonly now: () => number = Date.now,
  ) {
    this.perClient = new FailureLimit({ most: 10, withinMs: 60_000 }, now);
    this.perAddress = new FailureLimit({ most: 50, withinMs: 60_000 }, now);
  }

  isGiven(authorization: string | undefined): authorization is string {
    return authorization !== undefined && /^basic /i.test(authorization);
  }

  /** Throws, or rejects with, UNAUTHENTICATED, RATE_LIMITED, UNAVAILABLE. */
  callerOf(authorization: string, remoteAddress: string, verify: Verify): VerifiedToken | Promise<VerifiedToken> {
    if (!this.options.enabled) throw unauthenticated('Client id and secret are not accepted here.', 'Bearer');
    const pair = BASIC.exec(authorization)?.[1] ?? '';
    const hash = createHmac('sha256', this.key).update(pair).digest('base64');
    const known = this.known.get(hash);
    if (known !== undefined && known.expiresAt.getTime() > this.now()) return known;
    if ((this.refused.get(hash) ?? 0) > this.now()) throw refusal();
    const { clientId, clientSecret } = partsOf(pair);
    const limits: Limited[] = [
      [this.perClient, clientId],
      [this.perAddress, remoteAddress],
    ];
    const waitMs = Math.max(...limits.map(([limit, who]) => limit.waitMs(who)));
    if (waitMs > 0 || this.asked.size >= MOST_ASKED) throw tooMany(waitMs);
    const asking =
      this.asked.get(hash) ??
      this.exchange(hash, clientId, clientSecret, limits)
        .then(verify)
        .then((verified) => {
          this.known.set(hash, verified);
          return verified;
        })
        .finally(() => this.asked.delete(hash));
    this.asked.set(hash, asking);
    return asking;
  }

  private async exchange(
    hash: string,
    clientId: string,
    clientSecret: string,
    limits: readonly Limited[],
  ): Promise<string> {
    const { issuer, audience } = this.options;
    const source = openTokenSource({ issuer, audience, clientId, clientSecret });
    try {
      return await source.token();
    } catch (error) {
      if (error instanceof KafkaFailure && error.code === 'TOKEN_REFUSED') {
        this.refused.set(hash, this.now() + REFUSED_MS);
        for (const [limit, who] of limits) limit.count(who);
        throw refusal();
      }
      throw new ProblemError('UNAVAILABLE', 'The issuer does not answer, so client id and secret cannot be checked.', {
        headers: { 'retry-after': '5' },
      });
    } finally {
      source.close();
    }
  }
}

function partsOf(pair: string): { clientId: string; clientSecret: string } {
  const text = Buffer.from(pair, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const clientId = text.slice(0, Math.max(0, colon));
  if (!CLIENT_ID.test(clientId)) throw refusal();
  return { clientId, clientSecret: text.slice(colon + 1) };
}

const refusal = (): ProblemError => unauthenticated('The issuer does not accept this client id and secret.', 'Basic');

const unauthenticated = (detail: string, scheme: 'Basic' | 'Bearer'): ProblemError =>
  new ProblemError('UNAUTHENTICATED', detail, {
    headers: { 'www-authenticate': `${scheme} realm="citystreams"` },
  });

const tooMany = (waitMs: number): RegistryError =>
  new RegistryError('RATE_LIMITED', 'Too many attempts with a wrong client id or secret; try again later.', {
    'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))),
  });

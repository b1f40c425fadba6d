import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { ProblemError } from '../problems/problem-error.js';
import { TokenVerifier } from './token-verifier.js';

const AUDIENCE = 'urn:city:http';
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let first: Pair;
let second: Pair;
let server: Server;
let issuer: string;
let listed: { kid: string; pair: Pair }[];
let asked: number;

beforeAll(async () => {
  first = await generateKeyPair('ES256', { extractable: true });
  second = await generateKeyPair('ES256', { extractable: true });
});

beforeEach(async () => {
  listed = [{ kid: 'first', pair: first }];
  asked = 0;
  server = createServer((request, response) => {
    const answer = async () => {
      if (request.url === '/.well-known/openid-configuration') return { issuer, jwks_uri: `${issuer}/jwks` };
      asked++;
      return {
        keys: await Promise.all(
          listed.map(async ({ kid, pair }) => ({
            ...(await exportJWK(pair.publicKey)),
            kid,
            alg: 'ES256',
            use: 'sig',
          })),
        ),
      };
    };
    void answer().then((body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => stopIssuer());

const stopIssuer = () =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

interface Claims {
  aud?: string;
  iss?: string;
  exp?: number;
  agency?: unknown;
  roles?: unknown;
}
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const token = (claims: Claims = {}, key: CryptoKey = first.privateKey, kid = 'first') => {
  const { aud = AUDIENCE, iss = issuer, exp = inSeconds(60), ...rest } = claims;
  return new SignJWT({ agency: 'futian', roles: ['steward'], ...rest })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
    .setSubject('futian.steward')
    .setIssuer(iss)
    .setAudience(aud)
    .setExpirationTime(exp)
    .sign(key);
};
const verifier = () => new TokenVerifier({ issuer, audience: AUDIENCE });
const refusal = async (work: Promise<unknown>): Promise<ProblemError> => {
  const error: unknown = await work.then(
    () => null,
    (e: unknown) => e,
  );
  if (error instanceof ProblemError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
};

describe('a bearer token', () => {
  test('says who the caller is and until when', async () => {
    const exp = inSeconds(60);
    const verified = await verifier().verify(`Bearer ${await token({ exp, roles: ['steward', 'juggler'] })}`);
    expect(verified).toEqual({
      caller: { principal: 'futian.steward', agency: 'futian', roles: ['steward'] },
      expiresAt: new Date(exp * 1000),
    });
  });

  test('is asked for where there is none, without an error code', async () => {
    const problem = await refusal(verifier().verify(undefined));
    expect(problem.code).toBe('UNAUTHENTICATED');
    expect(problem.headers['www-authenticate']).toBe('Bearer realm="citystreams"');
  });

  test.each([
    ['of another audience', () => token({ aud: 'urn:city:kafka' })],
    ['of another issuer', () => token({ iss: 'https://elsewhere.example' })],
    ['that has expired longer ago than clocks differ', () => token({ exp: inSeconds(-31) })],
    ['signed by a stranger under a listed key id', () => token({}, second.privateKey)],
    ['signed by a key the issuer does not list', () => token({}, second.privateKey, 'second')],
    ['without an agency', () => token({ agency: undefined })],
    ['with roles that are no list', () => token({ roles: 'cdo' })],
    ['without a signature', async () => new UnsecuredJWT({ agency: 'futian' }).setIssuer(issuer).encode()],
    [
      'signed with another algorithm',
      async () => new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(new Uint8Array(32)),
    ],
    ['that is no token', async () => 'abc'],
  ])('%s is refused', async (_, make) => {
    const problem = await refusal(verifier().verify(`Bearer ${await make()}`));
    expect(problem.code).toBe('UNAUTHENTICATED');
    expect(problem.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  test('is accepted within the skew of clocks', async () => {
    await expect(verifier().verify(`Bearer ${await token({ exp: inSeconds(-20) })}`)).resolves.toBeDefined();
  });

  test('is refused in another scheme', async () => {
    expect((await refusal(verifier().verify('Basic eDp5'))).headers['www-authenticate']).toContain('invalid_request');
  });
});

describe('while the issuer is away', () => {
  test('keys once had go on verifying', async () => {
    const subject = verifier();
    await subject.verify(`Bearer ${await token()}`);
    const another = await token({ exp: inSeconds(90) });
    await stopIssuer();
    await expect(subject.verify(`Bearer ${another}`)).resolves.toBeDefined();
  });

  test('a service that never had keys says it cannot judge', async () => {
    const unknown = await token();
    await stopIssuer();
    const problem = await refusal(verifier().verify(`Bearer ${unknown}`));
    expect(problem.code).toBe('UNAVAILABLE');
    expect(problem.headers['retry-after']).toBeDefined();
  });
});

test('a token verified once costs no key lookup again', async () => {
  const subject = verifier();
  const once = `Bearer ${await token()}`;
  await subject.verify(once);
  await subject.verify(once);
  expect(asked).toBe(1);
});

test('unknown key ids do not make us flood the issuer', async () => {
  const subject = verifier();
  await subject.verify(`Bearer ${await token()}`);
  for (const kid of ['a', 'b', 'c']) await refusal(subject.verify(`Bearer ${await token({}, second.privateKey, kid)}`));
  expect(asked).toBe(1);
});

import { createHash, generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';

/** A private ES256 key as JWK. */
const SigningKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
export const SigningKeys = z.object({ keys: z.array(SigningKey).min(1) });
export type SigningKeys = z.infer<typeof SigningKeys>;

export function newSigningKeys(): SigningKeys {
  const { x, y, d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  // RFC 7638: the members that make the key, in this order.
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  return SigningKeys.parse({ keys: [{ kty: 'EC', crv: 'P-256', x, y, d, kid, alg: 'ES256', use: 'sig' }] });
}

/** The public members, each named: a member somebody adds to the private form does not get out by itself. */
export function publicKeysOf({ keys }: SigningKeys): object {
  return { keys: keys.map(({ kty, crv, x, y, kid, alg, use }) => ({ kty, crv, x, y, kid, alg, use })) };
}

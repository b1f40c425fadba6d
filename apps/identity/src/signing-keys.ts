import type { Configuration } from 'oidc-provider';
import { z } from 'zod';

const PrivateKey = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256'),
  kid: z.string().min(1),
  d: z.string().min(1),
});
const SigningKeys = z.object({ keys: z.array(PrivateKey).min(1) });

/** @throws Error that says what is wrong and shows nothing of the keys. */
export function parseSigningKeys(text: string): NonNullable<Configuration['jwks']> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('the keys file is not JSON');
  }
  const parsed = SigningKeys.safeParse(json);
  if (!parsed.success) throw new Error('the keys file holds no private ES256 keys with a kid');
  return parsed.data;
}

import { HTTP_AUDIENCE, KAFKA_AUDIENCE } from '@citystreams/contracts';
import { z } from 'zod';

const Environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(1).max(65_535),
  /** What tokens say in `iss`; brokers and services compare it letter by letter. */
  ISSUER_URL: z.url({ protocol: /^https?$/ }),
  /** IssuerAccounts as JSON; read again when it changes. */
  ACCOUNTS_FILE: z.string().min(1),
  /** Private JWKS with at least one ES256 key. */
  KEYS_FILE: z.string().min(1),
  HTTP_AUDIENCE: z.string().min(1).default(HTTP_AUDIENCE),
  KAFKA_AUDIENCE: z.string().min(1).default(KAFKA_AUDIENCE),
  /** Life of an agency's token. The platform's own tokens and accounts with `tokenSeconds` are not concerned. */
  TOKEN_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
});
export type IdentityConfig = Readonly<z.infer<typeof Environment>>;

/** @throws Error that names every missing or malformed variable at once. */
export function readIdentityConfig(env: NodeJS.ProcessEnv): IdentityConfig {
  const read = Environment.safeParse(env);
  if (read.success) return Object.freeze(read.data);
  const problems = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`the environment is incomplete:\n  ${problems.join('\n  ')}`);
}

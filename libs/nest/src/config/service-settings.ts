import { z } from 'zod';

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' });
const port = z.coerce.number('must be a port number').int().min(0).max(65_535);

/**
 * The variables that services have in common, by theme. A service spreads what it needs into its own shape:
 * `z.object({ ...serviceSettings.http, ...serviceSettings.oidc, POLICY_DIR: z.string() })`.
 * No secret has a default.
 */
export const serviceSettings = {
  /** Where it listens; port 0 takes a free one. */
  http: {
    HOST: z.string().default('127.0.0.1'),
    PORT: port,
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  },
  /** Whose tokens it takes, and which claims say who somebody is. */
  oidc: {
    OIDC_ISSUER: url,
    HTTP_AUDIENCE: z.string(),
    OIDC_PRINCIPAL_CLAIM: z.string().default('sub'),
    OIDC_AGENCY_CLAIM: z.string().default('agency'),
    OIDC_ROLES_CLAIM: z.string().default('roles'),
  },
  /** Which brokers, and as whom. `OIDC_ISSUER` gives the token endpoint. */
  kafka: {
    OIDC_ISSUER: url,
    KAFKA_BROKERS: z
      .string()
      .regex(/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/, 'must be host:port, several joined by commas')
      .transform((list) => list.split(',')),
    KAFKA_SECURITY_PROTOCOL: z.enum(['SASL_PLAINTEXT', 'SASL_SSL']).default('SASL_PLAINTEXT'),
    /** The path itself, not a value read from it. */
    KAFKA_CA_FILE: z.string().optional(),
    KAFKA_AUDIENCE: z.string(),
    CLIENT_ID: z.string(),
    CLIENT_SECRET: z.string(),
  },
  /** The service's own role, and the role that owns its tables. */
  database: { DATABASE_URL: postgresUrl, DATABASE_OWNER_URL: postgresUrl },
} as const;

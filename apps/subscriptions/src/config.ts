import { serviceSettings } from '@citystreams/nest';
import { isEd25519Key } from '@citystreams/domain';
import { z } from 'zod';

/** Everything this process is told from outside, read once in `main.ts`. */
export const SubscriptionsSettings = z.object({
  ...serviceSettings.http,
  ...serviceSettings.oidc,
  ...serviceSettings.kafka,
  ...serviceSettings.database,
  /** The folder of the city's policy: matrix, purposes, reason codes and `offices/`. */
  POLICY_DIR: z.string(),
  /** For rehearsals and tests: a file that says what time it is (RFC 3339). Absent: the machine's clock. */
  CLOCK_FILE: z.string().optional(),
  /** The principal that changes the cluster; the service's own may only talk over the control topics. */
  ENFORCEMENT_CLIENT_ID: z.string(),
  ENFORCEMENT_CLIENT_SECRET: z.string(),
  /** Signs heads of the evidence chain. */
  AUDIT_SIGNING_KEY: z.string().refine(isEd25519Key, 'is not a private Ed25519 key in PEM'),
  /** How often they are published, in seconds. */
  AUDIT_HEAD_SECONDS: z.coerce.number('must be a number of seconds').min(1).max(60).default(60),
  /** The folder for what lies outside the database: heads of the evidence chain, and the public key to check them. */
  STATE_DIR: z.string(),
});
export type SubscriptionsConfig = Readonly<z.infer<typeof SubscriptionsSettings>>;

export const SUBSCRIPTIONS_CONFIG = Symbol('subscriptions config');

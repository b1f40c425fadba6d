import { serviceSettings } from '@citystreams/nest';
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
});
export type SubscriptionsConfig = Readonly<z.infer<typeof SubscriptionsSettings>>;

export const SUBSCRIPTIONS_CONFIG = Symbol('subscriptions config');

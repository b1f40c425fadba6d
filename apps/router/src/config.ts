import { serviceSettings } from '@citystreams/nest';
import { z } from 'zod';

/** What the router is told at start. It never asks PostgreSQL or a control service for anything. */
export const RouterConfig = z.object({
  ...serviceSettings.http,
  ...serviceSettings.kafka,
  /** Name of this instance in status records and logs. */
  ROUTER_SLOT: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('0'),
  /** Secret from which the keys of views are derived: 32 bytes or more as hex. Given as MASK_KEY_FILE. */
  MASK_KEY: z.string().min(64),
});
export type RouterConfig = z.infer<typeof RouterConfig>;

import { serviceSettings } from '@citystreams/nest';
import { z } from 'zod';

/** Everything this process is told from outside, read once in `main.ts`. */
export const CatalogueSettings = z.object({
  ...serviceSettings.http,
  ...serviceSettings.oidc,
  ...serviceSettings.kafka,
  ...serviceSettings.database,
  /** The folder of the city's policy: `offices/` lies in it. */
  POLICY_DIR: z.string(),
});
export type CatalogueConfig = Readonly<z.infer<typeof CatalogueSettings>>;

export const CATALOGUE_CONFIG = Symbol('catalogue config');

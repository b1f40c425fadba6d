import { serviceSettings } from '@citystreams/nest';
import { z } from 'zod';

/** Everything this process is told from outside, read once in `main.ts`. */
export const CatalogueSettings = z.object({
  ...serviceSettings.http,
  ...serviceSettings.oidc,
  ...serviceSettings.kafka,
  ...serviceSettings.database,
  /** Whether the registry takes client id and secret in place of a token. */
  REGISTRY_BASIC_AUTH: z.enum(['on', 'off']).default('off'),
  /** The folder of the city's policy: `offices/` lies in it. */
  POLICY_DIR: z.string(),
  /** Address under which people reach the API, for identifiers in exports; default: the address that was asked. */
  PUBLIC_URL: z.url().optional(),
});
export type CatalogueConfig = Readonly<z.infer<typeof CatalogueSettings>>;

/** Where any process of this machine may reach it, and nobody else. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** Of an open registry, which needs a database alone. */
export const OpenRegistrySettings = z.object({
  ...serviceSettings.http,
  ...serviceSettings.database,
  HOST: z
    .string()
    .regex(LOOPBACK, 'an open registry lets everybody change everything: it listens on a loopback address only')
    .default('127.0.0.1'),
});
export type OpenRegistryConfig = Readonly<z.infer<typeof OpenRegistrySettings>>;

/** Which registry this process is. */
export const RegistryChoice = z.object({ REGISTRY: z.enum(['city', 'open']).default('city') });

export const CATALOGUE_CONFIG = Symbol('catalogue config');

import type { ServiceOptions } from '@citystreams/nest';
import { CatalogueModule } from './catalogue.module.js';
import type { CatalogueConfig, OpenRegistryConfig } from './config.js';
import { OpenRegistryModule } from './open-registry.module.js';
import { registryErrorFormat } from './registry/http/errors.js';
import { RegistryHttp } from './registry/http/registry.http.js';
import { registryPaths } from './registry/http/openapi.js';

/** A contract with some hundred documented fields, as JSON inside JSON. */
const BODY_LIMIT = 4 * 1_048_576;

/** Everything about the registry that is not in a Nest module: its addresses, their errors, their description. */
const withRegistry = {
  bodyLimit: BODY_LIMIT,
  errorFormats: [registryErrorFormat],
  prepare: (app) => app.get(RegistryHttp).mount(app.getHttpAdapter().getInstance(), BODY_LIMIT),
  describePaths: (app) => registryPaths(app.get(RegistryHttp).routes),
} satisfies Partial<ServiceOptions>;

export const catalogueService = (config: CatalogueConfig): ServiceOptions => ({
  ...withRegistry,
  name: 'catalogue',
  module: CatalogueModule.forRoot(config),
  host: config.HOST,
  port: config.PORT,
  logLevel: config.LOG_LEVEL,
});

/** The registry alone, without a city's rules. */
export const openRegistryService = (config: OpenRegistryConfig): ServiceOptions => ({
  ...withRegistry,
  errorFormats: [{ ...registryErrorFormat, matches: () => true }],
  name: 'registry',
  module: OpenRegistryModule.forRoot(config),
  host: config.HOST,
  port: config.PORT,
  logLevel: config.LOG_LEVEL,
});

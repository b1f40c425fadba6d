import type { ServiceOptions } from '@citystreams/nest';
import { CatalogueModule } from './catalogue.module.js';
import type { CatalogueConfig } from './config.js';
import { REGISTRY_CONTENT_TYPE, registryErrorFormat } from './registry/registry-error.js';

/** A contract with some hundred documented fields, as JSON inside JSON. */
const BODY_LIMIT = 4 * 1_048_576;

export const catalogueService = (config: CatalogueConfig): ServiceOptions => ({
  name: 'catalogue',
  module: CatalogueModule.forRoot(config),
  host: config.HOST,
  port: config.PORT,
  logLevel: config.LOG_LEVEL,
  bodyLimit: BODY_LIMIT,
  // The last is what clients of the registry send when nobody told them better.
  jsonTypes: [
    'application/json',
    REGISTRY_CONTENT_TYPE,
    'application/vnd.schemaregistry+json',
    'application/octet-stream',
  ],
  errorFormats: [registryErrorFormat],
});

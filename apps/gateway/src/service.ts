import { type ServiceOptions, TokenVerifier } from '@citystreams/nest';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiDocument } from './api-document/api-document.js';
import type { GatewayConfig } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { proxyRoutes } from './proxy/proxy-routes.js';
import { registryErrors } from './proxy/registry-errors.js';
import { upstreamsOf } from './routes.js';

/** Larger than any service behind it accepts: their limit is the one that speaks, this one bounds our memory. */
const BODY_LIMIT = 8 * 1_048_576;

export const gatewayService = (config: GatewayConfig): Omit<ServiceOptions, 'host' | 'port'> => ({
  name: 'gateway',
  module: GatewayModule.forRoot(config),
  bodyLimit: BODY_LIMIT,
  // Its own routes read no body; the proxied ones hand on what they get.
  jsonTypes: [],
  openApi: false,
  errorFormats: [registryErrors],
  prepare: (app: NestFastifyApplication) => {
    const fastify = app.getHttpAdapter().getInstance();
    const document = app.get(ApiDocument);
    fastify.get('/openapi.json', () => document.current());
    proxyRoutes(fastify, { upstreams: upstreamsOf(config), verifier: app.get(TokenVerifier), bodyLimit: BODY_LIMIT });
  },
});

import { AuthModule, HealthRegistry } from '@citystreams/nest';
import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ApiDocument } from './api-document/api-document.js';
import type { GatewayConfig } from './config.js';
import { UpstreamProbe } from './proxy/upstream-probe.js';
import { type ServiceName, type Upstreams, upstreamsOf } from './routes.js';
import { WhoamiController } from './whoami/whoami.controller.js';

const UPSTREAMS = Symbol('upstreams');

@Module({})
export class GatewayModule implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    @Inject(UPSTREAMS) private readonly upstreams: Upstreams,
  ) {}

  static forRoot(config: GatewayConfig): DynamicModule {
    const claims = {
      principal: config.OIDC_PRINCIPAL_CLAIM,
      agency: config.OIDC_AGENCY_CLAIM,
      roles: config.OIDC_ROLES_CLAIM,
    };
    return {
      module: GatewayModule,
      imports: [AuthModule.forRoot({ issuer: config.OIDC_ISSUER, audience: config.HTTP_AUDIENCE, claims })],
      controllers: [WhoamiController],
      providers: [
        { provide: UPSTREAMS, useValue: upstreamsOf(config) },
        { provide: ApiDocument, useFactory: () => new ApiDocument(upstreamsOf(config)) },
      ],
    };
  }

  /** With one service away the gateway still has work to do; with all away it has none. */
  onModuleInit(): void {
    const probes = Object.entries(this.upstreams).map(
      ([name, url]) => [name as ServiceName, new UpstreamProbe(url)] as const,
    );
    for (const [name, probe] of probes) this.health.add(name, () => probe.state(), 'partial');
    this.health.add('control services', async () => {
      const states = await Promise.all(probes.map(([, probe]) => probe.state()));
      return states.some(({ ok }) => ok) ? { ok: true } : { ok: false, reason: 'none of them answers' };
    });
  }
}

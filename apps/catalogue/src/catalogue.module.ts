import { AuthModule } from '@citystreams/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import { AgenciesModule } from './agencies/agencies.module.js';
import { CATALOGUE_CONFIG, type CatalogueConfig } from './config.js';
import { CityModule } from './city/city.module.js';
import { DatabaseModule } from './database/database.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { KafkaModule } from './kafka/kafka.module.js';
import { RegistryModule } from './registry/registry.module.js';
import { StreamsModule } from './streams/streams.module.js';

@Module({})
export class CatalogueModule {
  static forRoot(config: CatalogueConfig): DynamicModule {
    return {
      module: CatalogueModule,
      global: true,
      imports: [
        AuthModule.forRoot({
          issuer: config.OIDC_ISSUER,
          audience: config.HTTP_AUDIENCE,
          claims: {
            principal: config.OIDC_PRINCIPAL_CLAIM,
            agency: config.OIDC_AGENCY_CLAIM,
            roles: config.OIDC_ROLES_CLAIM,
          },
        }),
        CityModule,
        DatabaseModule,
        KafkaModule,
        AgenciesModule,
        StreamsModule,
        ExportsModule,
        RegistryModule.forCity(),
      ],
      providers: [{ provide: CATALOGUE_CONFIG, useValue: config }],
      exports: [CATALOGUE_CONFIG],
    };
  }
}

import { type CityRules, readCityRules } from '@citystreams/schemas';
import { Global, Module } from '@nestjs/common';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';

export type { CityRules } from '@citystreams/schemas';

export const CITY_RULES = Symbol('city rules');

/** The city's policy as far as it is about streams, read once; a damaged file keeps the service from starting. */
@Global()
@Module({
  providers: [
    {
      provide: CITY_RULES,
      inject: [CATALOGUE_CONFIG],
      useFactory: (config: CatalogueConfig): CityRules => readCityRules(config.POLICY_DIR),
    },
  ],
  exports: [CITY_RULES],
})
export class CityModule {}

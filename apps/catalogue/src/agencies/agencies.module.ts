import { loadOffices } from '@citystreams/policy';
import { Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';
import { AgenciesController } from './agencies.controller.js';
import { AgencyStore } from './agency.store.js';

/** A damaged file keeps the service from starting; the error names file and path. */
@Module({ controllers: [AgenciesController], providers: [AgencyStore], exports: [AgencyStore] })
export class AgenciesModule implements OnModuleInit {
  constructor(
    @Inject(CATALOGUE_CONFIG) private readonly config: CatalogueConfig,
    private readonly agencies: AgencyStore,
  ) {}

  async onModuleInit(): Promise<void> {
    const offices = loadOffices(this.config.POLICY_DIR);
    await this.agencies.save(offices);
    new Logger('agencies').log(`${offices.length} offices read from ${this.config.POLICY_DIR}`);
  }
}

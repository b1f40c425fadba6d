import { HealthRegistry } from '@citystreams/nest';
import { openDatabase } from '@citystreams/postgres';
import { Global, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';
import { CreateCatalogue1764000000000 } from './create-catalogue.migration.js';
import { DatabaseOutageInterceptor } from './database-outage.interceptor.js';
import { ENTITIES } from './entities.js';
import { DescribeStreams1764600000000 } from './describe-streams.migration.js';
import { MaskedViews1764700000000 } from './masked-views.migration.js';
import { RegistryCore1764500000000 } from './registry-core.migration.js';
import { DATABASE_SCHEMA } from './schema-name.js';

const logger = new Logger('database');

const openCatalogueDatabase = (
  config: Pick<CatalogueConfig, 'DATABASE_URL' | 'DATABASE_OWNER_URL'>,
): Promise<DataSource> =>
  openDatabase({
    url: config.DATABASE_URL,
    ownerUrl: config.DATABASE_OWNER_URL,
    schema: DATABASE_SCHEMA,
    entities: ENTITIES,
    migrations: [
      CreateCatalogue1764000000000,
      RegistryCore1764500000000,
      DescribeStreams1764600000000,
      MaskedViews1764700000000,
    ],
    onProblem: (error) => logger.warn(`a connection was lost: ${error.message}`),
  });

/** The one data source of the process, migrated, for everybody to inject. */
@Global()
@Module({
  providers: [
    { provide: DataSource, inject: [CATALOGUE_CONFIG], useFactory: openCatalogueDatabase },
    { provide: APP_INTERCEPTOR, useClass: DatabaseOutageInterceptor },
  ],
  exports: [DataSource],
})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.add('database', async () => {
      await this.dataSource.query('SELECT 1');
      return { ok: true };
    });
  }

  /** After the last request. */
  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CATALOGUE_CONFIG, type OpenRegistryConfig } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { RegistryModule } from './registry/registry.module.js';

/** A registry without a city: no Kafka, no issuer, no rights. */
@Module({})
export class OpenRegistryModule implements OnModuleInit {
  constructor(private readonly dataSource: DataSource) {}

  static forRoot(config: OpenRegistryConfig): DynamicModule {
    return {
      module: OpenRegistryModule,
      global: true,
      imports: [DatabaseModule, RegistryModule.open()],
      providers: [{ provide: CATALOGUE_CONFIG, useValue: config }],
      exports: [CATALOGUE_CONFIG],
    };
  }

  async onModuleInit(): Promise<void> {
    const streams = await this.dataSource.query<unknown[]>('SELECT 1 FROM streams LIMIT 1');
    if (streams.length === 0) return;
    throw new Error('this database holds a city, whose contracts an open registry would let everybody change');
  }
}

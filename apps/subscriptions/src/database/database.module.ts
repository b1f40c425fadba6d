import { HealthRegistry } from '@citystreams/nest';
import { openDatabase } from '@citystreams/postgres';
import { Global, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { CreateAuditHeads1764350000000 } from '../evidence/create-audit-heads.migration.js';
import { CreateEvidence1764100000000 } from '../evidence/create-evidence.migration.js';
import { CreateIdempotentAnswers1764200000000 } from '../idempotency/create-idempotent-answers.migration.js';
import { CompleteRequests1764300000000 } from '../requests/complete-requests.migration.js';
import { CreateSubscriptions1764000000000 } from './create-subscriptions.migration.js';
import { DatabaseOutageInterceptor } from './database-outage.interceptor.js';
import { ENTITIES } from './entities.js';
import { FollowQuarantine1764851000000 } from './follow-quarantine.migration.js';
import { DATABASE_SCHEMA } from './schema-name.js';

const logger = new Logger('database');

const openRegister = (config: SubscriptionsConfig): Promise<DataSource> =>
  openDatabase({
    url: config.DATABASE_URL,
    ownerUrl: config.DATABASE_OWNER_URL,
    schema: DATABASE_SCHEMA,
    entities: ENTITIES,
    migrations: [
      CreateSubscriptions1764000000000,
      CreateEvidence1764100000000,
      CreateIdempotentAnswers1764200000000,
      CompleteRequests1764300000000,
      CreateAuditHeads1764350000000,
      FollowQuarantine1764851000000,
    ],
    connections: 16,
    onProblem: (error) => logger.warn(`a connection was lost: ${error.message}`),
  });

/** The one data source of the process, migrated, for everybody to inject. */
@Global()
@Module({
  providers: [
    { provide: DataSource, inject: [SUBSCRIPTIONS_CONFIG], useFactory: openRegister },
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

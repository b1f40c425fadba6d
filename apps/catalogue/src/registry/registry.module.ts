import { type DynamicModule, Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';
import { SchemasModule } from '../schemas/schemas.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { Authentication } from './access/authentication.js';
import { BasicCredentials } from './access/basic.credentials.js';
import { EntitlementReader } from './access/entitlement.reader.js';
import { CompatibilityRoutes } from './http/compatibility.routes.js';
import { KeptAnswers } from './http/kept-answers.js';
import { RegistryHttp } from './http/registry.http.js';
import { SchemaRoutes } from './http/schema.routes.js';
import { ServerRoutes } from './http/server.routes.js';
import { SettingsRoutes } from './http/settings.routes.js';
import { SubjectRoutes } from './http/subject.routes.js';
import { Candidates } from './reading/candidates.js';
import { Compatibility } from './reading/compatibility.js';
import { RegistryReader } from './reading/registry.reader.js';
import { Settings } from './reading/settings.js';
import { CityRegistryRules } from './rules/city.rules.js';
import { OPEN_PRINCIPAL, openRules } from './rules/open.rules.js';
import { REGISTRY_RULES, type RegistryRules } from './rules/registry-rules.js';
import { Deletions } from './writing/deletions.js';
import { Registrations } from './writing/registrations.js';
import { SettingsWriter } from './writing/settings.writer.js';

const CORE: Provider[] = [
  Candidates,
  Settings,
  RegistryReader,
  Compatibility,
  Registrations,
  Deletions,
  SettingsWriter,
  KeptAnswers,
  SubjectRoutes,
  SchemaRoutes,
  SettingsRoutes,
  CompatibilityRoutes,
  ServerRoutes,
  RegistryHttp,
];

/** The Confluent Schema Registry's HTTP API for Avro. Mounted by `RegistryHttp`. */
@Module({})
export class RegistryModule implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.rules === openRules) return;
    const found = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM subject_versions WHERE registered_by = $1 LIMIT 1',
      [OPEN_PRINCIPAL],
    );
    if (found.length > 0) throw new Error('this database is an open registry: what it holds nobody has answered for');
  }

  /** With a city's rights and contracts. */
  static forCity(): DynamicModule {
    return {
      module: RegistryModule,
      imports: [SchemasModule, StreamsModule],
      providers: [
        ...CORE,
        Authentication,
        EntitlementReader,
        {
          provide: BasicCredentials,
          inject: [CATALOGUE_CONFIG],
          useFactory: (config: CatalogueConfig) =>
            new BasicCredentials({
              enabled: config.REGISTRY_BASIC_AUTH === 'on',
              issuer: config.OIDC_ISSUER,
              audience: config.HTTP_AUDIENCE,
            }),
        },
        { provide: REGISTRY_RULES, useClass: CityRegistryRules },
      ],
      exports: [RegistryHttp],
    };
  }

  /** Without: whoever reaches it may do everything. */
  static open(): DynamicModule {
    return {
      module: RegistryModule,
      imports: [SchemasModule],
      providers: [...CORE, { provide: REGISTRY_RULES, useValue: openRules }],
      exports: [RegistryHttp],
    };
  }
}

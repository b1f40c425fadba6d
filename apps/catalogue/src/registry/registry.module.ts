import { Module } from '@nestjs/common';
import { SchemasModule } from '../schemas/schemas.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { CompatibilityController } from './compatibility.controller.js';
import { EntitlementReader } from './entitlement.reader.js';
import { Registry } from './registry.js';
import { SchemasController } from './schemas.controller.js';
import { SettingsController } from './settings.controller.js';
import { SubjectsController } from './subjects.controller.js';

/** The core of the Confluent Schema Registry's HTTP API that serializers need, for Avro. */
@Module({
  imports: [SchemasModule, StreamsModule],
  controllers: [SubjectsController, SchemasController, CompatibilityController, SettingsController],
  providers: [Registry, EntitlementReader],
})
export class RegistryModule {}

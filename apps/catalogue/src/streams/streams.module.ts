import { Module } from '@nestjs/common';
import { AgenciesModule } from '../agencies/agencies.module.js';
import { AnnouncementsModule } from '../announcements/announcements.module.js';
import { SchemasModule } from '../schemas/schemas.module.js';
import { ViewSchemasModule } from '../view-schemas/view-schemas.module.js';
import { StreamRegistration } from './stream.registration.js';
import { StreamStore } from './stream.store.js';
import { StreamsController } from './streams.controller.js';

@Module({
  imports: [AgenciesModule, AnnouncementsModule, SchemasModule, ViewSchemasModule],
  controllers: [StreamsController],
  providers: [StreamRegistration, StreamStore],
  exports: [StreamRegistration, StreamStore],
})
export class StreamsModule {}

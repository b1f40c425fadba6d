import { Module } from '@nestjs/common';
import { AgenciesModule } from '../agencies/agencies.module.js';
import { AnnouncementsModule } from '../announcements/announcements.module.js';
import { WriteOnce } from '../idempotency/write-once.js';
import { PartiesModule } from '../parties/parties.module.js';
import { SchemasModule } from '../schemas/schemas.module.js';
import { SearchModule } from '../search/search.module.js';
import { TrafficModule } from '../traffic/traffic.module.js';
import { ViewSchemasModule } from '../view-schemas/view-schemas.module.js';
import { ManifestChecks } from './manifest.checks.js';
import { StreamControl } from './stream.control.js';
import { StreamPresenter } from './stream.presenter.js';
import { StreamRegistration } from './stream.registration.js';
import { StreamSight } from './stream.sight.js';
import { StreamStore } from './stream.store.js';
import { StreamsController } from './streams.controller.js';

@Module({
  imports: [
    AgenciesModule,
    AnnouncementsModule,
    PartiesModule,
    SchemasModule,
    SearchModule,
    TrafficModule,
    ViewSchemasModule,
  ],
  controllers: [StreamsController],
  providers: [ManifestChecks, StreamRegistration, StreamStore, StreamControl, StreamPresenter, StreamSight, WriteOnce],
  exports: [StreamRegistration, StreamStore, StreamPresenter, StreamSight],
})
export class StreamsModule {}

import { Module } from '@nestjs/common';
import { AnnouncementsModule } from '../announcements/announcements.module.js';
import { SchemasModule } from '../schemas/schemas.module.js';
import { ViewFollower } from './view.follower.js';
import { ViewProjections } from './view.projections.js';

@Module({
  imports: [AnnouncementsModule, SchemasModule],
  providers: [ViewProjections, ViewFollower],
  exports: [ViewProjections],
})
export class ViewSchemasModule {}

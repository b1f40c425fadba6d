import { Module } from '@nestjs/common';
import { StreamsModule } from '../streams/streams.module.js';
import { QuarantineController } from './quarantine.controller.js';
import { QuarantineFollower } from './quarantine.follower.js';
import { QuarantineStore } from './quarantine.store.js';
import { RedriveStore } from './redrive.store.js';
import { Redriving } from './redriving.js';

@Module({
  imports: [StreamsModule],
  controllers: [QuarantineController],
  providers: [QuarantineFollower, QuarantineStore, RedriveStore, Redriving],
})
export class QuarantineModule {}

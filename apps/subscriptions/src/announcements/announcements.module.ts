import { Global, Module } from '@nestjs/common';
import { AnnouncementRelay } from './announcement.relay.js';
import { Announcer } from './announcer.js';

@Global()
@Module({ providers: [Announcer, AnnouncementRelay], exports: [Announcer] })
export class AnnouncementsModule {}

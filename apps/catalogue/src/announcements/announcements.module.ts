import { Module } from '@nestjs/common';
import { Announcer } from './announcer.js';
import { AnnouncementRelay } from './outbox.relay.js';

@Module({ providers: [Announcer, AnnouncementRelay], exports: [Announcer] })
export class AnnouncementsModule {}

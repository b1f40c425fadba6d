import { Module } from '@nestjs/common';
import { EntitlementsModule } from '../entitlements/entitlements.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { Drafting } from './drafting.js';
import { RequestDecisions } from './request.decisions.js';
import { RequestStore } from './request.store.js';
import { RequestsController } from './requests.controller.js';

@Module({
  imports: [StreamsModule, EntitlementsModule],
  controllers: [RequestsController],
  providers: [Drafting, RequestDecisions, RequestStore],
})
export class RequestsModule {}

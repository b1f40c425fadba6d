import { Module } from '@nestjs/common';
import { DelegationsModule } from '../delegations/delegations.module.js';
import { EntitlementsModule } from '../entitlements/entitlements.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { AskingController } from './asking.controller.js';
import { DecidingController } from './deciding.controller.js';
import { Drafting } from './drafting.js';
import { People } from './people.js';
import { RequestChanges } from './clock/request.changes.js';
import { RequestClock } from './clock/request.clock.js';
import { RequestMoves } from './request.moves.js';
import { RequestPresenter } from './request.presenter.js';
import { RequestRecord } from './request.record.js';
import { RequestStore } from './request.store.js';
import { RequestsController } from './requests.controller.js';

@Module({
  imports: [StreamsModule, EntitlementsModule, DelegationsModule],
  controllers: [RequestsController, AskingController, DecidingController],
  providers: [
    Drafting,
    People,
    RequestMoves,
    RequestPresenter,
    RequestRecord,
    RequestStore,
    RequestClock,
    RequestChanges,
  ],
  exports: [RequestStore, RequestPresenter],
})
export class RequestsModule {}

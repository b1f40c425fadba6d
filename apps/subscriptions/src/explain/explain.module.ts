import { Module } from '@nestjs/common';
import { RequestsModule } from '../requests/requests.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { ExplainController } from './explain.controller.js';
import { Explanations } from './explanations.js';
import { HistoryStore } from './history.store.js';

@Module({
  imports: [StreamsModule, RequestsModule],
  controllers: [ExplainController],
  providers: [Explanations, HistoryStore],
})
export class ExplainModule {}

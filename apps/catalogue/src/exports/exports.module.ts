import { Module } from '@nestjs/common';
import { AgenciesModule } from '../agencies/agencies.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { ExportsController } from './exports.controller.js';

@Module({ imports: [AgenciesModule, StreamsModule], controllers: [ExportsController] })
export class ExportsModule {}

import { Global, Module } from '@nestjs/common';
import { CityClock } from './city.clock.js';

@Global()
@Module({ providers: [CityClock], exports: [CityClock] })
export class ClockModule {}

import { Module } from '@nestjs/common';
import { TrafficReader } from './traffic.reader.js';

@Module({ providers: [TrafficReader], exports: [TrafficReader] })
export class TrafficModule {}

import { Global, Module } from '@nestjs/common';
import { WriteOnce } from './write-once.js';

@Global()
@Module({ providers: [WriteOnce], exports: [WriteOnce] })
export class IdempotencyModule {}

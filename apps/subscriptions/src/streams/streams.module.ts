import { Module } from '@nestjs/common';
import { StreamDirectory } from './stream.directory.js';

@Module({ providers: [StreamDirectory], exports: [StreamDirectory] })
export class StreamsModule {}

import { Module } from '@nestjs/common';
import { StreamParties } from './stream.parties.js';

@Module({ providers: [StreamParties], exports: [StreamParties] })
export class PartiesModule {}

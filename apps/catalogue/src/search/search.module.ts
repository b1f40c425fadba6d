import { Module } from '@nestjs/common';
import { AgenciesModule } from '../agencies/agencies.module.js';
import { StreamSearch } from './stream.search.js';

@Module({ imports: [AgenciesModule], providers: [StreamSearch], exports: [StreamSearch] })
export class SearchModule {}

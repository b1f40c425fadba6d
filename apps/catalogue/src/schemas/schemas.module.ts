import { Module } from '@nestjs/common';
import { SchemaStore } from './schema.store.js';

@Module({ providers: [SchemaStore], exports: [SchemaStore] })
export class SchemasModule {}

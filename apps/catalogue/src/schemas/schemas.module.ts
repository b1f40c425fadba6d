import { Module } from '@nestjs/common';
import { SchemaChanges } from './schema.changes.js';
import { SchemaFollower } from './schema.follower.js';
import { SchemaStore } from './schema.store.js';

@Module({ providers: [SchemaChanges, SchemaFollower, SchemaStore], exports: [SchemaChanges, SchemaStore] })
export class SchemasModule {}

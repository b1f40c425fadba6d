import { outboxTableStatements } from '@citystreams/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DATABASE_SCHEMA } from './schema-name.js';

/** Tables of the first version. Runs under the owner role with the search path on the service's schema. */
export class CreateCatalogue1764000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...outboxTableStatements(DATABASE_SCHEMA)]) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'DROP TABLE outbox, view_schemas, views, stream_versions, streams, subject_versions, schemas, agencies',
    );
  }
}

const TABLES = [
  `CREATE TABLE agencies (
     agency text PRIMARY KEY,
     kind text NOT NULL,
     name jsonb NOT NULL,
     contact text NOT NULL,
     data_officer text NOT NULL,
     service_accounts text[] NOT NULL
   )`,
  `CREATE TABLE schemas (
     id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     fingerprint text NOT NULL CONSTRAINT schemas_fingerprint UNIQUE,
     text text NOT NULL
   )`,
  `CREATE TABLE subject_versions (
     subject text NOT NULL,
     version integer NOT NULL,
     schema_id integer NOT NULL CONSTRAINT subject_versions_schema_exists REFERENCES schemas (id),
     registered_at timestamptz NOT NULL,
     registered_by text NOT NULL,
     PRIMARY KEY (subject, version),
     CONSTRAINT subject_versions_schema UNIQUE (subject, schema_id)
   )`,
  'CREATE INDEX subject_versions_by_schema ON subject_versions (schema_id)',
  `CREATE TABLE streams (
     stream text PRIMARY KEY,
     owner text NOT NULL CONSTRAINT streams_owner_exists REFERENCES agencies (agency),
     title jsonb NOT NULL,
     sharing text NOT NULL,
     visibility text NOT NULL,
     level text NOT NULL,
     key text NOT NULL,
     "time" text,
     retention_days integer NOT NULL,
     partitions integer NOT NULL,
     contact text NOT NULL,
     publishers text[] NOT NULL,
     created_at timestamptz NOT NULL,
     created_by text NOT NULL
   )`,
  'CREATE INDEX streams_by_owner ON streams (owner)',
  `CREATE TABLE stream_versions (
     stream text NOT NULL CONSTRAINT stream_versions_stream_exists REFERENCES streams (stream),
     version integer NOT NULL,
     schema_id integer NOT NULL CONSTRAINT stream_versions_schema_exists REFERENCES schemas (id),
     fields jsonb NOT NULL,
     registered_at timestamptz NOT NULL,
     PRIMARY KEY (stream, version)
   )`,
  `CREATE TABLE views (
     topic text PRIMARY KEY,
     stream text NOT NULL,
     fields text[] NOT NULL
   )`,
  'CREATE INDEX views_by_stream ON views (stream)',
  `CREATE TABLE view_schemas (
     topic text NOT NULL CONSTRAINT view_schemas_view_exists REFERENCES views (topic) ON DELETE CASCADE,
     writer_schema_id integer NOT NULL CONSTRAINT view_schemas_writer_exists REFERENCES schemas (id),
     view_schema_id integer NOT NULL CONSTRAINT view_schemas_schema_exists REFERENCES schemas (id),
     PRIMARY KEY (topic, writer_schema_id)
   )`,
];

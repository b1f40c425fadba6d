import { appendOnly, neverEdited } from '@citystreams/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { originOf } from '@citystreams/domain';
import { DATABASE_SCHEMA } from '../database/schema-name.js';

/**
 * The evidence chain: records that the service can add and read only, the one row that says where the chain ends, and
 * beside them what can be erased. No database sequence counts the records: it would leave gaps.
 */
export class CreateEvidence1764100000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLES) await db.query(statement);
    const [made] = (await db.query('SELECT gen_random_uuid()::text AS chain')) as [{ chain: string }];
    await db.query('INSERT INTO audit_end (chain, sequence, hash) VALUES ($1, 0, $2)', [
      made.chain,
      originOf(made.chain),
    ]);
    await db.query(appendOnly(DATABASE_SCHEMA, 'audit_records'));
    for (const table of ['audit_actors', 'audit_details']) await db.query(neverEdited(DATABASE_SCHEMA, table));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE audit_details, audit_actors, audit_records, audit_end');
  }
}

const TABLES = [
  `CREATE TABLE audit_end (
     one boolean PRIMARY KEY DEFAULT true CONSTRAINT audit_end_is_one CHECK (one),
     chain text NOT NULL,
     sequence bigint NOT NULL,
     hash text NOT NULL
   )`,
  `CREATE TABLE audit_records (
     sequence bigint PRIMARY KEY,
     at timestamptz NOT NULL,
     actor text NOT NULL,
     agency text NOT NULL,
     role text,
     action text NOT NULL,
     object_kind text NOT NULL,
     object_id text NOT NULL,
     outcome text NOT NULL,
     reason_code text,
     request text,
     salt text NOT NULL,
     digests json NOT NULL,
     previous text NOT NULL,
     hash text NOT NULL
   )`,
  'CREATE INDEX audit_records_by_object ON audit_records (object_id, sequence)',
  'CREATE INDEX audit_records_by_request ON audit_records (request, sequence) WHERE request IS NOT NULL',
  'CREATE INDEX audit_records_by_actor ON audit_records (actor, sequence)',
  // An account that acts again after it was erased is somebody else to the chain.
  `CREATE TABLE audit_actors (
     id text PRIMARY KEY,
     account text NOT NULL CONSTRAINT audit_actors_account UNIQUE,
     salt text NOT NULL,
     content text NOT NULL
   )`,
  `CREATE TABLE audit_details (
     sequence bigint NOT NULL CONSTRAINT audit_details_record_exists REFERENCES audit_records (sequence),
     part text NOT NULL,
     salt text NOT NULL,
     content text NOT NULL,
     PRIMARY KEY (sequence, part)
   )`,
];

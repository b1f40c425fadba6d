import { appendOnly } from '@citystreams/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DATABASE_SCHEMA } from '../database/schema-name.js';

/** Heads as they were published. `number` is their order; a clock that jumps does not change it. */
export class CreateAuditHeads1764350000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE TABLE audit_heads (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      sequence bigint NOT NULL,
      head json NOT NULL
    )`);
    await db.query('CREATE INDEX audit_heads_by_sequence ON audit_heads (sequence, number)');
    await db.query(appendOnly(DATABASE_SCHEMA, 'audit_heads'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE audit_heads');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people search and change streams by, and the answers that a repeated request gets again. */
export class DescribeStreams1764600000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE idempotent_answers');
    await db.query('ALTER TABLE stream_versions DROP COLUMN changes');
    await db.query(
      `ALTER TABLE streams DROP COLUMN revision, DROP COLUMN description, DROP COLUMN concepts,
         DROP COLUMN search_title, DROP COLUMN search_text, DROP COLUMN retired`,
    );
  }
}

const STATEMENTS = [
  `ALTER TABLE streams
     ADD COLUMN revision integer NOT NULL DEFAULT 1,
     ADD COLUMN description text NOT NULL DEFAULT '',
     ADD COLUMN concepts text[] NOT NULL DEFAULT '{}',
     ADD COLUMN search_title text NOT NULL DEFAULT '',
     ADD COLUMN search_text text,
     ADD COLUMN retired jsonb`,
  `ALTER TABLE stream_versions ADD COLUMN changes jsonb NOT NULL DEFAULT '[]'`,
  `CREATE TABLE idempotent_answers (
     principal text NOT NULL,
     route text NOT NULL,
     key text NOT NULL,
     request text NOT NULL,
     status integer NOT NULL,
     answer text NOT NULL,
     answered_at timestamptz NOT NULL,
     PRIMARY KEY (principal, route, key)
   )`,
  'CREATE INDEX idempotent_answers_by_age ON idempotent_answers (answered_at)',
];

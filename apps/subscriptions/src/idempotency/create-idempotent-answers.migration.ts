import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What control writes with an `Idempotency-Key` were answered. Search path on the service's schema. */
export class CreateIdempotentAnswers1764200000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE TABLE idempotent_answers (
      principal text NOT NULL,
      route text NOT NULL,
      key text NOT NULL,
      request text NOT NULL,
      status integer NOT NULL,
      answer text NOT NULL,
      answered_at timestamptz NOT NULL,
      PRIMARY KEY (principal, route, key)
    )`);
    await db.query('CREATE INDEX idempotent_answers_by_age ON idempotent_answers (answered_at)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE idempotent_answers');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A view's schemas depend on how its fields are shown, not only on which ones are. */
export class MaskedViews1764700000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE views ADD COLUMN masks jsonb NOT NULL DEFAULT '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE views DROP COLUMN masks');
  }
}

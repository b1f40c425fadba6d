import type { MigrationInterface, QueryRunner } from 'typeorm';
import { identityOf, readStored } from '../schemas/schema.identity.js';

/**
 * What the registry's whole API needs: references and metadata of schemas, deleted versions, settings, and one order of
 * all changes by which replicas follow the tables.
 */
export class RegistryCore1764500000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of BEFORE) await db.query(statement);
    const rows = (await db.query('SELECT id, text FROM schemas')) as { id: number; text: string }[];
    for (const { id, text } of rows) {
      const { guid, equivalence, form } = identityOf(text, readStored(text));
      await db.query('UPDATE schemas SET guid = $2, equivalence = $3, form = $4 WHERE id = $1', [
        id,
        guid,
        equivalence,
        form,
      ]);
    }
    for (const statement of AFTER) await db.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('deleted versions and references cannot be told in the tables of before: restore a backup');
  }
}

const BEFORE = [
  'CREATE SEQUENCE registry_change AS bigint',
  `ALTER TABLE schemas
     ALTER COLUMN id DROP IDENTITY,
     DROP CONSTRAINT schemas_fingerprint,
     ADD COLUMN "references" jsonb NOT NULL DEFAULT '[]',
     ADD COLUMN metadata jsonb,
     ADD COLUMN guid text,
     ADD COLUMN equivalence text,
     ADD COLUMN form text,
     ADD COLUMN imported boolean NOT NULL DEFAULT false,
     ADD COLUMN change bigint`,
  `ALTER TABLE subject_versions
     DROP CONSTRAINT subject_versions_schema,
     ADD COLUMN state text NOT NULL DEFAULT 'live',
     ADD COLUMN change bigint`,
  "UPDATE schemas SET change = nextval('registry_change')",
  "UPDATE subject_versions SET change = nextval('registry_change')",
];

const AFTER = [
  `ALTER TABLE schemas
     ALTER COLUMN guid SET NOT NULL,
     ALTER COLUMN equivalence SET NOT NULL,
     ALTER COLUMN form SET NOT NULL,
     ALTER COLUMN change SET NOT NULL`,
  'ALTER TABLE subject_versions ALTER COLUMN change SET NOT NULL',
  'CREATE UNIQUE INDEX schemas_fingerprint ON schemas (fingerprint) WHERE NOT imported',
  'CREATE INDEX schemas_by_change ON schemas (change)',
  'CREATE INDEX subject_versions_by_change ON subject_versions (change)',
  `CREATE TABLE registry_settings (
     subject text PRIMARY KEY,
     config jsonb,
     mode text,
     change bigint NOT NULL
   )`,
  'CREATE INDEX registry_settings_by_change ON registry_settings (change)',
];

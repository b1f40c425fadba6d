import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SchemaIndex, type SchemaRow, type SettingsRow, type VersionRow } from './schema.index.js';

/** What everybody who changed something notifies. */
export const CHANGES_CHANNEL = 'catalogue_registry';
/** Rows of one query: a start with many schemas holds no more than these twice. */
const PAGE = 5_000;

/**
 * Keeps the index of this process up with the tables, by the numbers of changes. A number is taken under the lock of
 * `SchemaStore.registering`, so that numbers are committed in their order.
 */
@Injectable()
export class SchemaChanges {
  readonly index = new SchemaIndex();
  /** Tells a notification of this process from those of others. */
  readonly origin = randomUUID();
  private running: Promise<void> = Promise.resolve();
  private queued: Promise<void> | null = null;

  constructor(private readonly dataSource: DataSource) {}

  /** Afterwards the index holds whatever was committed before the call. Calls that come together share one reading. */
  refresh(): Promise<void> {
    this.queued ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.queued = null;
        this.running = this.takeFrom(this.dataSource.manager);
        return this.running;
      });
    return this.queued;
  }

  /** The same inside a transaction of `registering`, in which nobody else changes anything. */
  async takeFrom(db: EntityManager): Promise<void> {
    const [heads] = await db.query<Record<'schemas' | 'versions' | 'settings', number>[]>(HEADS);
    if (heads === undefined) return;
    const { index } = this;
    while (index.position.versions < heads.versions) {
      // Versions first: whatever schema they have is there already when schemas are read.
      const versions = await page<VersionRow>(db, VERSIONS, index.position.versions);
      for (;;) {
        const schemas = await page<SchemaRow>(db, SCHEMAS, index.position.schemas);
        index.takeSchemas(schemas);
        if (schemas.length < PAGE) break;
      }
      index.takeVersions(versions);
      if (versions.length < PAGE) break;
    }
    if (index.position.settings < heads.settings) {
      index.takeSettings(await page<SettingsRow>(db, SETTINGS, index.position.settings));
    }
  }
}

const page = <Row>(db: EntityManager, sql: string, after: number): Promise<Row[]> => db.query(sql, [after, PAGE]);

/** The last change of each table, 0 for an empty one. */
const HEADS = `
  SELECT coalesce((SELECT max(change) FROM schemas), 0)::float8 AS schemas,
         coalesce((SELECT max(change) FROM subject_versions), 0)::float8 AS versions,
         coalesce((SELECT max(change) FROM registry_settings), 0)::float8 AS settings`;
const SCHEMAS = `
  SELECT id, fingerprint, text, "references", metadata, guid, equivalence, form, change::float8 AS change
    FROM schemas WHERE change > $1 ORDER BY schemas.change LIMIT $2`;
const VERSIONS = `
  SELECT subject, version, schema_id AS "schemaId", state,
         (extract(epoch FROM registered_at) * 1000)::float8 AS "registeredAt", change::float8 AS change
    FROM subject_versions WHERE change > $1 ORDER BY subject_versions.change LIMIT $2`;
const SETTINGS = `
  SELECT subject, config, mode, change::float8 AS change
    FROM registry_settings WHERE change > $1 ORDER BY registry_settings.change LIMIT $2`;

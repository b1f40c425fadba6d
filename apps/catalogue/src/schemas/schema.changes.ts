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
    if (await this.isUpToDate(db)) return;
    for (;;) {
      const { index } = this;
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
    this.index.takeSettings(await page<SettingsRow>(db, SETTINGS, this.index.position.settings));
  }

  /** A number taken by somebody who has not committed yet only makes us look in vain. */
  private async isUpToDate(db: EntityManager): Promise<boolean> {
    const { schemas, versions, settings } = this.index.position;
    const rows = await db.query('SELECT last_value::float8 AS head FROM registry_change WHERE is_called');
    const [row] = rows as { head: number }[];
    return row === undefined || row.head === Math.max(schemas, versions, settings);
  }
}

const page = <Row>(db: EntityManager, sql: string, after: number): Promise<Row[]> => db.query(sql, [after, PAGE]);

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

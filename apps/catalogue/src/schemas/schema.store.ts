import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { SubjectSettings } from './registry-settings.js';
import { CHANGES_CHANNEL, SchemaChanges } from './schema.changes.js';
import { SchemaEntity } from './schema.entity.js';
import { identityOf, readStored } from './schema.identity.js';
import type { SchemaIdentity } from './schema.model.js';
import { canonicalText } from './schema-text.js';
import { SubjectVersionEntity } from './subject-version.entity.js';

/** A schema as a subject has it. `text` is canonical Avro JSON. */
export interface RegisteredSchema {
  subject: string;
  version: number;
  id: number;
  text: string;
  registeredAt: Date;
}

export interface Registration {
  registered: RegisteredSchema;
  /** False when the subject had this schema already; nothing was written then. */
  added: boolean;
}

/** Any number of catalogue replicas register one at a time. */
const REGISTRATION_LOCK = 'catalogue.registration';

/**
 * Schemas, their global ids and the versions of subjects, in the tables.
 *
 * Promises: an id is given once and means one text for ever; the same text has the same id in every subject; versions
 * of a subject count from 1 without gaps, also when many register at once. Does not check compatibility or rights.
 */
@Injectable()
export class SchemaStore {
  private readonly logger = new Logger('registry');
  /** The last work of this process: a waiting one holds no connection that a read could need. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SchemaChanges,
  ) {}

  /**
   * A transaction in which nobody else registers. Whatever reads the versions of a stream in order to write (compare,
   * project, announce) runs in one. Afterwards the index of this process holds what it wrote.
   */
  registering<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const turn = this.last.then(
      () => this.inTransaction(work),
      () => this.inTransaction(work),
    );
    this.last = turn;
    return turn;
  }

  private async inTransaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const result = await this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [REGISTRATION_LOCK]);
      return work(tx);
    });
    // What was committed stays done, whether or not we can read it now: the follower will.
    await this.changes
      .refresh()
      .catch((error: unknown) => this.logger.warn('a change of our own is not seen yet', error));
    return result;
  }

  /** A contract's or a view's schema, in a transaction of `registering`. */
  async register(tx: EntityManager, subject: string, schema: unknown, by: string): Promise<Registration> {
    const text = canonicalText(schema);
    const identity = identityOf(text, readStored(text));
    const id = await this.idOf(tx, identity);
    const known = await this.versions(subject, tx);
    const same = known.find((version) => version.id === id);
    if (same !== undefined) return { registered: same, added: false };
    const registered = { subject, version: (known.at(-1)?.version ?? 0) + 1, id, text, registeredAt: new Date() };
    await this.putVersion(tx, registered, by);
    return { registered, added: true };
  }

  /** Those not deleted, oldest first; empty for an unknown subject. */
  async versions(subject: string, db: EntityManager = this.dataSource.manager): Promise<RegisteredSchema[]> {
    return db
      .createQueryBuilder(SubjectVersionEntity, 'v')
      .innerJoin(SchemaEntity, 's', 's.id = v.schema_id')
      .select('v.subject', 'subject')
      .addSelect('v.version', 'version')
      .addSelect('v.schema_id', 'id')
      .addSelect('s.text', 'text')
      .addSelect('v.registered_at', 'registeredAt')
      .where("v.subject = :subject AND v.state = 'live'", { subject })
      .orderBy('v.version')
      .getRawMany<RegisteredSchema>();
  }

  /** The id of this content, given now if it has none. In a transaction of `registering`. */
  async idOf(tx: EntityManager, identity: SchemaIdentity): Promise<number> {
    const [known] = await tx.query<{ id: number }[]>(
      'SELECT id FROM schemas WHERE fingerprint = $1 ORDER BY change DESC LIMIT 1',
      [identity.fingerprint],
    );
    return known?.id ?? this.insert(tx, identity, null);
  }

  /** @param importedAs an id chosen elsewhere; nobody else has it */
  async insert(tx: EntityManager, identity: SchemaIdentity, importedAs: number | null): Promise<number> {
    const { fingerprint, text, references, metadata, guid, equivalence, form } = identity;
    const [row] = await tx.query<{ id: number }[]>(
      `INSERT INTO schemas (id, fingerprint, text, "references", metadata, guid, equivalence, form, imported, change)
       VALUES (coalesce($1::int, (SELECT coalesce(max(id), 0) + 1 FROM schemas)), $2, $3, $4, $5, $6, $7, $8,
               $1::int IS NOT NULL, nextval('registry_change'))
       RETURNING id`,
      [
        importedAs,
        fingerprint,
        text,
        JSON.stringify(references),
        metadata === null ? null : JSON.stringify(metadata),
        guid,
        equivalence,
        form,
      ],
    );
    return row!.id;
  }

  /** A new version, or one whose number was free again. In a transaction of `registering`. */
  async putVersion(tx: EntityManager, registered: Omit<RegisteredSchema, 'text'>, by: string): Promise<void> {
    const { subject, version, id, registeredAt } = registered;
    await this.change(
      tx,
      `INSERT INTO subject_versions (subject, version, schema_id, state, registered_at, registered_by, change)
       VALUES ($1, $2, $3, 'live', $4, $5, nextval('registry_change'))
       ON CONFLICT (subject, version) DO UPDATE
          SET schema_id = excluded.schema_id, state = 'live', registered_at = excluded.registered_at,
              registered_by = excluded.registered_by, change = excluded.change`,
      [subject, version, id, registeredAt, by],
    );
  }

  /** `deleted`: softly. `gone`: for good. In a transaction of `registering`. */
  async remove(tx: EntityManager, subject: string, versions: readonly number[], as: 'deleted' | 'gone'): Promise<void> {
    await this.change(
      tx,
      `UPDATE subject_versions SET state = $3, change = nextval('registry_change')
        WHERE subject = $1 AND version = ANY($2::int[])`,
      [subject, versions, as],
    );
  }

  /** In a transaction of `registering`. */
  async saveSettings(tx: EntityManager, subject: string, { config, mode }: SubjectSettings): Promise<void> {
    await this.change(
      tx,
      `INSERT INTO registry_settings (subject, config, mode, change) VALUES ($1, $2, $3, nextval('registry_change'))
       ON CONFLICT (subject) DO UPDATE SET config = excluded.config, mode = excluded.mode, change = excluded.change`,
      [subject, config === null ? null : JSON.stringify(config), mode],
    );
  }

  /** Other replicas are told when it commits. */
  private async change(tx: EntityManager, statement: string, parameters: unknown[]): Promise<void> {
    const [channel, origin] = [`$${parameters.length + 1}`, `$${parameters.length + 2}`];
    await tx.query(
      `WITH changed AS (${statement} RETURNING 1) SELECT pg_notify(${channel}, ${origin}) FROM changed LIMIT 1`,
      [...parameters, CHANGES_CHANNEL, this.changes.origin],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SchemaEntity } from './schema.entity.js';
import { canonicalText, fingerprintOf } from './schema-text.js';
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
 * Schemas, their global ids and the versions of subjects.
 *
 * Promises: an id is given once and means one text for ever; the same text has the same id in every subject; versions
 * of a subject count from 1 without gaps, also when many register at once. Does not check compatibility or rights.
 */
@Injectable()
export class SchemaStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * A transaction in which nobody else registers. Whatever reads the versions of a stream in order to write (compare,
   * project, announce) runs in one.
   */
  async registering<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [REGISTRATION_LOCK]);
      return work(tx);
    });
  }

  /** In a transaction of `registering`. */
  async register(tx: EntityManager, subject: string, schema: unknown, by: string): Promise<Registration> {
    const text = canonicalText(schema);
    const id = await this.idOf(tx, text);
    const known = await this.versions(subject, tx);
    const same = known.find((version) => version.id === id);
    if (same !== undefined) return { registered: same, added: false };
    const registered = { subject, version: (known.at(-1)?.version ?? 0) + 1, id, text, registeredAt: new Date() };
    await tx.insert(SubjectVersionEntity, {
      subject,
      version: registered.version,
      schemaId: id,
      registeredAt: registered.registeredAt,
      registeredBy: by,
    });
    return { registered, added: true };
  }

  /** Oldest first; empty for an unknown subject. */
  async versions(subject: string, db: EntityManager = this.dataSource.manager): Promise<RegisteredSchema[]> {
    return this.select(db)
      .where('v.subject = :subject', { subject })
      .orderBy('v.version')
      .getRawMany<RegisteredSchema>();
  }

  async find(subject: string, schema: unknown): Promise<RegisteredSchema | null> {
    const fingerprint = fingerprintOf(canonicalText(schema));
    const found = await this.select(this.dataSource.manager)
      .where('v.subject = :subject AND s.fingerprint = :fingerprint', { subject, fingerprint })
      .getRawOne<RegisteredSchema>();
    return found ?? null;
  }

  /** Every subject and version that has this schema. */
  async uses(id: number): Promise<RegisteredSchema[]> {
    return this.select(this.dataSource.manager)
      .where('v.schema_id = :id', { id })
      .orderBy('v.subject')
      .getRawMany<RegisteredSchema>();
  }

  async subjects(): Promise<string[]> {
    const rows = await this.dataSource.manager
      .createQueryBuilder(SubjectVersionEntity, 'v')
      .select('DISTINCT v.subject', 'subject')
      .orderBy('subject')
      .getRawMany<{ subject: string }>();
    return rows.map((row) => row.subject);
  }

  private async idOf(tx: EntityManager, text: string): Promise<number> {
    const fingerprint = fingerprintOf(text);
    const known = await tx.findOneBy(SchemaEntity, { fingerprint });
    if (known !== null) return known.id;
    const schema = tx.create(SchemaEntity, { fingerprint, text });
    await tx.insert(SchemaEntity, schema);
    return schema.id;
  }

  private select(db: EntityManager) {
    return db
      .createQueryBuilder(SubjectVersionEntity, 'v')
      .innerJoin(SchemaEntity, 's', 's.id = v.schema_id')
      .select('v.subject', 'subject')
      .addSelect('v.version', 'version')
      .addSelect('v.schema_id', 'id')
      .addSelect('s.text', 'text')
      .addSelect('v.registered_at', 'registeredAt');
  }
}

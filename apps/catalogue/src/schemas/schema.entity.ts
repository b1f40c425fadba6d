import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { SchemaMetadata, SchemaReference } from './schema.model.js';

/**
 * A schema under its global id: written once, never changed, never removed, so that an id is never given twice. Ids
 * count up from 1 under the lock of `SchemaStore.registering`.
 */
@Entity({ name: 'schemas' })
export class SchemaEntity {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  /** `SchemaIdentity.fingerprint`. A schema that was imported under an id of its own may be here a second time. */
  @Index('schemas_fingerprint', { unique: true, where: 'NOT imported' })
  @Column({ type: 'text' })
  fingerprint!: string;

  /** Canonical Avro JSON. */
  @Column({ type: 'text' })
  text!: string;

  @Column({ type: 'jsonb', default: [] })
  references!: SchemaReference[];

  @Column({ type: 'jsonb', nullable: true })
  metadata!: SchemaMetadata | null;

  @Column({ type: 'text' })
  guid!: string;

  @Column({ type: 'text' })
  equivalence!: string;

  @Column({ type: 'text' })
  form!: string;

  @Column({ type: 'boolean', default: false })
  imported!: boolean;

  /** When it came, in the order of all changes of the registry. */
  @Index('schemas_by_change')
  @Column({ type: 'bigint' })
  change!: string;
}

import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SchemaEntity } from './schema.entity.js';

/** What became of a version: `deleted` softly, `gone` for good (its number may be given again). */
export type VersionState = 'live' | 'deleted' | 'gone';

/** One version of one subject (`<topic>-value`). Versions of streams and views count from 1 without gaps. */
@Entity({ name: 'subject_versions' })
export class SubjectVersionEntity {
  @PrimaryColumn({ type: 'text' })
  subject!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  @Index('subject_versions_by_schema')
  @ForeignKey(() => SchemaEntity, { name: 'subject_versions_schema_exists' })
  @Column({ name: 'schema_id', type: 'int' })
  schemaId!: number;

  @Column({ type: 'text', default: 'live' })
  state!: VersionState;

  @Column({ name: 'registered_at', type: 'timestamptz' })
  registeredAt!: Date;

  /** The principal that registered it; the catalogue's own for views. */
  @Column({ name: 'registered_by', type: 'text' })
  registeredBy!: string;

  /** The last change of this row, in the order of all changes of the registry. */
  @Index('subject_versions_by_change')
  @Column({ type: 'bigint' })
  change!: string;
}

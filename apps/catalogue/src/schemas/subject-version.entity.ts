import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { SchemaEntity } from './schema.entity.js';

/** One version of one subject (`<topic>-value`). Versions count from 1 without gaps. */
@Entity({ name: 'subject_versions' })
@Unique('subject_versions_schema', ['subject', 'schemaId'])
export class SubjectVersionEntity {
  @PrimaryColumn({ type: 'text' })
  subject!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  @Index('subject_versions_by_schema')
  @ForeignKey(() => SchemaEntity, { name: 'subject_versions_schema_exists' })
  @Column({ name: 'schema_id', type: 'int' })
  schemaId!: number;

  @Column({ name: 'registered_at', type: 'timestamptz' })
  registeredAt!: Date;

  /** The principal that registered it; the catalogue's own for views. */
  @Column({ name: 'registered_by', type: 'text' })
  registeredBy!: string;
}

import type { FieldInfo, Level, SharingAttribute, VersionChange, Visibility } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AgencyEntity } from '../agencies/agency.entity.js';
import { SchemaEntity } from '../schemas/schema.entity.js';

@Entity({ name: 'streams' })
export class StreamEntity {
  @PrimaryColumn({ type: 'text' })
  stream!: string;

  @Index('streams_by_owner')
  @ForeignKey(() => AgencyEntity, { name: 'streams_owner_exists' })
  @Column({ type: 'text' })
  owner!: string;

  @Column({ type: 'jsonb' })
  title!: { en: string; zh: string };

  @Column({ type: 'text' })
  sharing!: SharingAttribute;

  @Column({ type: 'text' })
  visibility!: Visibility;

  /** The highest of every field of every version: records of old versions stay readable. */
  @Column({ type: 'text' })
  level!: Level;

  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'text', nullable: true })
  time!: string | null;

  @Column({ name: 'retention_days', type: 'int' })
  retentionDays!: number;

  @Column({ type: 'int' })
  partitions!: number;

  @Column({ type: 'text' })
  contact!: string;

  @Column({ type: 'text', array: true })
  publishers!: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  /** Grows with every change: what the ETag says. */
  @Column({ type: 'int', default: 1 })
  revision!: number;

  /** What one event means, in the words of the newest version. */
  @Column({ type: 'text', default: '' })
  description!: string;

  /** Of the newest version's fields. */
  @Column({ type: 'text', array: true, default: () => "'{}'" })
  concepts!: string[];

  /** Name and titles as they are searched. */
  @Column({ name: 'search_title', type: 'text', default: '' })
  searchTitle!: string;

  /** Everything that is searched; null: written before there was a search. */
  @Column({ name: 'search_text', type: 'text', nullable: true })
  searchText!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  retired!: { at: string; by: string; reason: string } | null;
}

/** What the contract's version says of its fields; the schema itself lies with the registry. */
@Entity({ name: 'stream_versions' })
export class StreamVersionEntity {
  @ForeignKey(() => StreamEntity, { name: 'stream_versions_stream_exists' })
  @PrimaryColumn({ type: 'text' })
  stream!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  @ForeignKey(() => SchemaEntity, { name: 'stream_versions_schema_exists' })
  @Column({ name: 'schema_id', type: 'int' })
  schemaId!: number;

  @Column({ type: 'jsonb' })
  fields!: FieldInfo[];

  /** Against the version before. */
  @Column({ type: 'jsonb', default: () => "'[]'" })
  changes!: VersionChange[];

  @Column({ name: 'registered_at', type: 'timestamptz' })
  registeredAt!: Date;
}

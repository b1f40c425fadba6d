import type { ExecutableMask } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SchemaEntity } from '../schemas/schema.entity.js';

/** A view that the subscription service announced: what the catalogue needs of it to project schemas. */
@Entity({ name: 'views' })
export class ViewEntity {
  @PrimaryColumn({ type: 'text' })
  topic!: string;

  /** No foreign key: the announcement may come before the stream is known here. */
  @Index('views_by_stream')
  @Column({ type: 'text' })
  stream!: string;

  @Column({ type: 'text', array: true })
  fields!: string[];

  /** How kept fields are shown, by path. */
  @Column({ type: 'jsonb', default: {} })
  masks!: Record<string, ExecutableMask>;
}

/** Which schema a view's records carry when their source record carried `writerSchemaId`. */
@Entity({ name: 'view_schemas' })
export class ViewSchemaEntity {
  @ForeignKey(() => ViewEntity, { name: 'view_schemas_view_exists', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'text' })
  topic!: string;

  @ForeignKey(() => SchemaEntity, { name: 'view_schemas_writer_exists' })
  @PrimaryColumn({ name: 'writer_schema_id', type: 'int' })
  writerSchemaId!: number;

  @ForeignKey(() => SchemaEntity, { name: 'view_schemas_schema_exists' })
  @Column({ name: 'view_schema_id', type: 'int' })
  viewSchemaId!: number;
}

import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A schema text under its global id: written once, never changed, never removed. */
@Entity({ name: 'schemas' })
@Unique('schemas_fingerprint', ['fingerprint'])
export class SchemaEntity {
  @PrimaryColumn({ type: 'int', generated: 'identity', generatedIdentity: 'ALWAYS' })
  id!: number;

  /** SHA-256 of `text`, hex. */
  @Column({ type: 'text' })
  fingerprint!: string;

  /** Canonical Avro JSON. */
  @Column({ type: 'text' })
  text!: string;
}

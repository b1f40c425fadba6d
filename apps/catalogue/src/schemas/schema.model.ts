/** What the registry holds of schemas, as every part of it speaks of them. */

/** One schema's use of a version of another subject, whose types it may name. */
export interface SchemaReference {
  name: string;
  subject: string;
  version: number;
}

/** What its author says about a schema beside its text; part of what tells two schemas apart. */
export interface SchemaMetadata {
  tags?: Record<string, string[]>;
  properties?: Record<string, string>;
  sensitive?: string[];
}

/** A schema under its global id: given once, never changed, never given again. */
export interface StoredSchema extends SchemaIdentity {
  readonly id: number;
  /** Every version of every subject that has it, soft-deleted ones included, by subject and version. */
  readonly uses: SubjectVersion[];
}

/** A schema's content and everything it is recognised by. */
export interface SchemaIdentity {
  readonly text: string;
  readonly references: readonly SchemaReference[];
  readonly metadata: SchemaMetadata | null;
  /** SHA-256 of text, references and metadata: equal means the same schema, and so the same id. */
  readonly fingerprint: string;
  /** The same content as the original registry's GUID (MD5). */
  readonly guid: string;
  /** Equal for texts that mean the same, docs and attributes included, references written out. */
  readonly equivalence: string;
  /** Equal for texts that read and write the same data: docs, aliases and attributes do not count. */
  readonly form: string;
}

export interface SubjectVersion {
  readonly subject: string;
  readonly version: number;
  readonly schema: StoredSchema;
  /** Softly: it can still be read by its id, and with `deleted=true`. */
  readonly deleted: boolean;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
}

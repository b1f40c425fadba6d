/** A view as the router runs it: one byte projector for each writer version, and the headers it shows. */
import {
  type ByteView,
  compileByteView,
  deriveMaskKey,
  parsingCanonicalForm,
  type AvroRecord,
  projectSchema,
} from '@citystreams/avro';
import { isAtLeast, type ViewMessage, type ViewSchemasMessage } from '@citystreams/contracts';
import { KeyedHeaders } from './keyed.headers.js';
import type { StreamProgram, WriterVersion } from './stream.program.js';
import { ViewFault } from './view.fault.js';
import { viewKey } from './view.key.js';

export class ViewProgram {
  /** Null at L1 and L2: the source's own headers, those of the allow-list. */
  readonly keyedHeaders: KeyedHeaders | null;
  readonly #compiled = new Map<number, ByteView | null>();

  constructor(
    readonly message: ViewMessage,
    private readonly stream: StreamProgram,
    private readonly schemas: ViewSchemasMessage | undefined,
    private readonly secret: Buffer,
  ) {
    const { definition, identity, level } = message;
    this.keyedHeaders = isAtLeast(level, 'L3')
      ? new KeyedHeaders(definition.stream, stream.type, viewKey(secret, identity))
      : null;
  }

  /**
   * The projector of one writer version; null: the version has none of the view's fields, so there is nothing to show.
   * Throws `ViewFault`.
   */
  projector(version: WriterVersion): ByteView | null {
    let projector = this.#compiled.get(version.schemaId);
    if (projector === undefined) {
      projector = this.#compile(version);
      this.#compiled.set(version.schemaId, projector);
    }
    return projector;
  }

  /** Compiles every version that is announced, so that what is wrong is known before an event comes. Throws `ViewFault`. */
  compileAll(): void {
    for (const version of this.stream.versions.values()) this.projector(version);
  }

  #compile({ schemaId, schema, scanner }: WriterVersion): ByteView | null {
    const { view, definition, maskGeneration } = this.message;
    const { fields, masks, predicate, key, stream } = definition;
    try {
      const shown = projectSchema(schema, fields, masks);
      if (shown === null) return null;
      const schemaIdShown = this.#announced(schemaId, shown);
      return compileByteView(scanner, {
        fields,
        masks,
        maskKey: (scope) => deriveMaskKey(this.secret, scope, maskGeneration ?? 1),
        predicate,
        absent: this.stream.absent,
        key: key === 'field' ? this.stream.message.key : null,
        time: this.stream.message.time,
        schemaId: schemaIdShown,
      });
    } catch (error) {
      if (error instanceof ViewFault) throw error;
      throw new ViewFault(view, 'NOT_COMPILED', `the view does not fit schema ${schemaId} of ${stream}`, error);
    }
  }

  /**
   * The id of the view's schema for a writer version. What is announced must have the form of what is written: after a
   * change of the view the announcement of its schemas may be late, and bytes under another schema would be misread.
   */
  #announced(writerSchemaId: number, shown: AvroRecord): number {
    const { view, topic } = this.message;
    const found = this.schemas?.schemas.find((s) => s.writerSchemaId === writerSchemaId);
    if (found === undefined) {
      throw new ViewFault(
        view,
        'SCHEMA_MISSING',
        `no schema of ${topic} is announced for writer schema ${writerSchemaId}`,
      );
    }
    if (parsingCanonicalForm(JSON.parse(found.schema) as AvroRecord) !== parsingCanonicalForm(shown)) {
      throw new ViewFault(
        view,
        'SCHEMA_MISSING',
        `schema ${found.viewSchemaId} of ${topic} is not what the view shows of writer schema ${writerSchemaId}`,
      );
    }
    return found.viewSchemaId;
  }
}

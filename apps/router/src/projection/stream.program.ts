/** A stream as the router runs it: a scanner for each writer version, shared by everything that reads the stream. */
import { type AvroRecord, compileScanner, contractDefaults, type EventScanner } from '@citystreams/avro';
import type { StreamMessage } from '@citystreams/contracts';

export interface WriterVersion {
  readonly schemaId: number;
  readonly schema: AvroRecord;
  readonly scanner: EventScanner;
}

export class StreamProgram {
  readonly versions: ReadonlyMap<number, WriterVersion>;
  /** Full name of the contract's record, the same in every version: what `ce_type` says from L3 on. */
  readonly type: string;
  /** Values of fields that an older version lacks. */
  readonly absent: Record<string, unknown>;

  /** Scanners of `before` are used again. Throws RangeError when a schema cannot be scanned. */
  constructor(
    readonly message: StreamMessage,
    before: StreamProgram | undefined,
    mostEventBytes: number,
  ) {
    const versions = new Map<number, WriterVersion>();
    for (const { schemaId, schema: text } of message.versions) {
      const schema = JSON.parse(text) as AvroRecord;
      const scanner = before?.versions.get(schemaId)?.scanner ?? compileScanner(schema, { mostBytes: mostEventBytes });
      versions.set(schemaId, { schemaId, schema, scanner });
    }
    this.versions = versions;
    const schemas = [...versions.values()].map((v) => v.schema);
    const { namespace, name } = schemas[0] ?? { namespace: undefined, name: '' };
    this.type = namespace === undefined ? name : `${namespace}.${name}`;
    this.absent = contractDefaults(schemas);
  }
}

/** A view as something that can be run: one projection per writer version, compiled when the first such event comes. */
import { type AvroRecord, compileProjection, frameOf, type Projection, projectSchema } from '@citystreams/avro';
import type { StreamMessage, ViewMessage, ViewSchemasMessage } from '@citystreams/contracts';
import type { IncomingRecord, OutgoingRecord } from '@citystreams/kafka';
import { type HeaderTreatment, isLinkable, viewHeaders } from './headers.js';

export class ViewSchemaMissing extends Error {
  override name = 'ViewSchemaMissing';
}

export interface CompiledView {
  /** Null: the view's predicate withholds the event. Throws Undecodable, PredicateFailed or ViewSchemaMissing. */
  apply(record: IncomingRecord, schemaId: number, body: Buffer): OutgoingRecord | null;
}

/**
 * Ids of writer versions that the announced view schemas do not cover yet. A version with none of the view's fields has
 * no view schema and needs none.
 */
export const missingSchemas = (
  stream: StreamMessage,
  fields: readonly string[],
  schemas: ViewSchemasMessage | undefined,
): number[] =>
  stream.versions
    .filter((v) => !schemas?.schemas.some((s) => s.writerSchemaId === v.schemaId))
    .filter((v) => projectSchema(JSON.parse(v.schema), fields) !== null)
    .map((v) => v.schemaId);

type CompiledVersion = { viewSchemaId: number; projection: Projection } | 'nothing to show';

export function compileView(
  view: ViewMessage,
  stream: () => StreamMessage | undefined,
  schemas: () => ViewSchemasMessage | undefined,
  treatment: HeaderTreatment,
): CompiledView {
  const compiled = new Map<number, CompiledVersion>();

  const compile = (schemaId: number): CompiledVersion => {
    const writer = stream()?.versions.find((v) => v.schemaId === schemaId);
    const target = schemas()?.schemas.find((s) => s.writerSchemaId === schemaId);
    const record = writer === undefined ? null : (JSON.parse(writer.schema) as AvroRecord);
    if (record !== null && projectSchema(record, view.definition.fields, view.definition.masks) === null)
      return 'nothing to show';
    if (record === null || target === undefined) {
      throw new ViewSchemaMissing(
        `no view schema is announced for writer schema ${schemaId} of ${view.definition.stream}`,
      );
    }
    return { viewSchemaId: target.viewSchemaId, projection: projectionOf(view, stream(), record) };
  };

  return {
    apply(record, schemaId, body) {
      const version = compiled.get(schemaId) ?? compile(schemaId);
      compiled.set(schemaId, version);
      const event = version === 'nothing to show' ? null : version.projection.project(body);
      if (version === 'nothing to show' || event === null) return null;
      return {
        topic: view.topic,
        partition: record.partition,
        key: event.key,
        value: frameOf(version.viewSchemaId, event.body),
        headers: viewHeaders(record.headers, event.time, treatment),
        // At L3 and above the topic keeps the broker's own time; what is sent then does not matter and tells nothing.
        ...(isLinkable(treatment.level) && { timestamp: record.timestamp }),
      };
    },
  };
}

/** The full name of the stream's record; the same in every version. */
export function eventTypeOf(stream: StreamMessage): string {
  const record = JSON.parse(stream.versions[0]?.schema ?? '{}') as Partial<AvroRecord>;
  return record.namespace === undefined ? String(record.name) : `${record.namespace}.${record.name}`;
}

function projectionOf(view: ViewMessage, stream: StreamMessage | undefined, writer: AvroRecord): Projection {
  const { fields, masks, predicate, key } = view.definition;
  const time = stream?.time ?? null;
  return compileProjection({
    writer,
    fields,
    masks,
    predicate,
    key: key === 'field' ? (stream?.key ?? null) : null,
    time: time !== null && fields.includes(time) ? time : null,
    absent: defaultsOf(stream),
  });
}

/** Defaults of every top-level field of every version: what a predicate sees where an older writer lacks the field. */
function defaultsOf(stream: StreamMessage | undefined): Record<string, unknown> {
  const versions = (stream?.versions ?? []).map((v) => JSON.parse(v.schema) as AvroRecord);
  return Object.fromEntries(
    versions.flatMap((v) => v.fields.filter((f) => 'default' in f).map((f) => [f.name, f.default])),
  );
}

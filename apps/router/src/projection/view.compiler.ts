/** A view as something that can be run: one projection per writer version, compiled when the first such event comes. */
import { type AvroRecord, compileProjection, frameOf, type Projection } from '@citystreams/avro';
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

/** Ids of writer versions the view's schemas must cover before it is taken up. */
export const missingSchemas = (stream: StreamMessage, schemas: ViewSchemasMessage | undefined): number[] =>
  stream.versions.map((v) => v.schemaId).filter((id) => !schemas?.schemas.some((s) => s.writerSchemaId === id));

export function compileView(
  view: ViewMessage,
  stream: () => StreamMessage | undefined,
  schemas: () => ViewSchemasMessage | undefined,
  treatment: HeaderTreatment,
): CompiledView {
  const compiled = new Map<number, { viewSchemaId: number; projection: Projection }>();

  const compile = (schemaId: number) => {
    const writer = stream()?.versions.find((v) => v.schemaId === schemaId);
    const target = schemas()?.schemas.find((s) => s.writerSchemaId === schemaId);
    if (writer === undefined || target === undefined) {
      throw new ViewSchemaMissing(
        `no view schema is announced for writer schema ${schemaId} of ${view.definition.stream}`,
      );
    }
    const made = {
      viewSchemaId: target.viewSchemaId,
      projection: projectionOf(view, stream(), JSON.parse(writer.schema)),
    };
    compiled.set(schemaId, made);
    return made;
  };

  return {
    apply(record, schemaId, body) {
      const { viewSchemaId, projection } = compiled.get(schemaId) ?? compile(schemaId);
      const event = projection.project(body);
      if (event === null) return null;
      return {
        topic: view.topic,
        partition: record.partition,
        key: event.key,
        value: frameOf(viewSchemaId, event.body),
        headers: viewHeaders(record.headers, event.time, treatment),
        // At L3 and above the topic keeps the broker's own time; what is sent then does not matter and tells nothing.
        ...(isLinkable(treatment.level) && { timestamp: record.timestamp }),
      };
    },
  };
}

function projectionOf(view: ViewMessage, stream: StreamMessage | undefined, writer: AvroRecord): Projection {
  const { fields, predicate, key } = view.definition;
  const time = stream?.time ?? null;
  return compileProjection({
    writer,
    fields,
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

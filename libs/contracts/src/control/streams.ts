/** Messages of `citystreams.streams` (compacted). Key: the stream's name, or the view's topic. */
import { z } from 'zod';
import { AgencyId, PrincipalId, StreamName, ViewTopic } from '../names.js';
import { FieldInfo, Level, SharingAttribute, Visibility } from '../levels.js';

const SchemaText = z.string().max(1_000_000);

export const StreamMessage = z.object({
  format: z.literal(1),
  kind: z.literal('stream'),
  stream: StreamName,
  owner: AgencyId,
  level: Level,
  sharing: SharingAttribute,
  visibility: Visibility,
  /** Name of the field whose value is the record's key. */
  key: z.string(),
  /** Name of the field that holds the event's own time; what `ce_time` says. */
  time: z.string().nullable(),
  retentionMs: z.number().int().positive(),
  partitions: z.number().int().positive(),
  publishers: z.array(PrincipalId),
  /** Since when nobody publishes to it and nobody new may ask for it; absent while it is in use. */
  retiredAt: z.iso.datetime().optional(),
  /** Oldest first. `schema` is Avro JSON text as registered. */
  versions: z.array(
    z.object({ version: z.number().int(), schemaId: z.number().int(), schema: SchemaText, fields: z.array(FieldInfo) }),
  ),
});
export type StreamMessage = z.infer<typeof StreamMessage>;

/** Announced before the stream message that names a new writer version, so a router never meets one without the other. */
export const ViewSchemasMessage = z.object({
  format: z.literal(1),
  kind: z.literal('view-schemas'),
  topic: ViewTopic,
  stream: StreamName,
  schemas: z.array(z.object({ writerSchemaId: z.number().int(), viewSchemaId: z.number().int(), schema: SchemaText })),
});
export type ViewSchemasMessage = z.infer<typeof ViewSchemasMessage>;

export const StreamsTopicMessage = z.discriminatedUnion('kind', [StreamMessage, ViewSchemasMessage]);
export type StreamsTopicMessage = z.infer<typeof StreamsTopicMessage>;

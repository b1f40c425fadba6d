import { z } from 'zod';
import { AgencyId, PrincipalId, StreamName } from '../names.js';
import { Concept, FieldInfo, Level, SharingAttribute, Visibility } from '../levels.js';
import { StreamManifest } from '../city/manifest.js';

const Bilingual = z.object({ en: z.string(), zh: z.string() });

/** `POST /api/streams`: the manifest and version 1 of the contract (Avro schema as JSON). */
export const CreateStream = z.strictObject({
  manifest: StreamManifest,
  contract: z.record(z.string(), z.unknown()),
});
export type CreateStream = z.infer<typeof CreateStream>;

/** `POST /api/streams/{stream}/versions`. */
export const CreateStreamVersion = z.strictObject({ contract: z.record(z.string(), z.unknown()) });
export type CreateStreamVersion = z.infer<typeof CreateStreamVersion>;

/** `PATCH /api/streams/{stream}`: what is not named stays. Name, contract, partitions and owner do not change this way. */
export const ChangeStream = z
  .strictObject({
    title: StreamManifest.shape.title,
    sharing: SharingAttribute,
    visibility: Visibility,
    retentionDays: StreamManifest.shape.retentionDays,
    contact: StreamManifest.shape.contact,
    publishers: StreamManifest.shape.publishers,
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one thing to change');
export type ChangeStream = z.infer<typeof ChangeStream>;

/** `POST /api/streams/{stream}/retire`. */
export const RetireStream = z.strictObject({ reason: z.string().trim().min(1).max(1000) });
export type RetireStream = z.infer<typeof RetireStream>;

/** One thing that a version of a contract changed against the one before. */
export const VersionChange = z.object({
  kind: z.enum(['added', 'dropped', 'type', 'default', 'raised', 'lowered', 'meaning']),
  /** Of the field; empty for the event itself. */
  path: z.string(),
  /** For people. */
  text: z.string(),
});
export type VersionChange = z.infer<typeof VersionChange>;

export const StreamVersionResource = z.object({
  version: z.number(),
  schemaId: z.number(),
  registeredAt: z.string(),
  /** Against the version before; empty for the first. */
  changes: z.array(VersionChange),
});
export type StreamVersionResource = z.infer<typeof StreamVersionResource>;

/** A stream in a list. */
export const StreamSummary = z.object({
  stream: StreamName,
  owner: AgencyId,
  title: Bilingual,
  /** What one event means, in the words of the contract. */
  description: z.string(),
  sharing: SharingAttribute,
  visibility: Visibility,
  level: Level,
  state: z.enum(['active', 'retired']),
  /** Words of `policy/concepts.yaml` that its fields name. */
  concepts: z.array(Concept),
  contact: z.string(),
  /** The newest. */
  version: z.number(),
});
export type StreamSummary = z.infer<typeof StreamSummary>;

/** What Kafka says of the source topic at the moment of asking. */
export const StreamTraffic = z.object({
  /** When the newest record was published; null: there is none. */
  newestAt: z.string().nullable(),
  /** Records that the topic holds, over all partitions; markers of transactions count as records. */
  records: z.string(),
  /** Over the last five minutes. */
  recordsPerSecond: z.number(),
});
export type StreamTraffic = z.infer<typeof StreamTraffic>;

export const StreamResource = StreamSummary.extend({
  ownerName: Bilingual,
  key: z.string(),
  /** The field that holds the event's own time; null: none does. */
  time: z.string().nullable(),
  retentionDays: z.number(),
  partitions: z.number(),
  publishers: z.array(PrincipalId),
  fields: z.array(FieldInfo),
  versions: z.array(StreamVersionResource),
  /** One event that nobody published, made from the contract, as JSON. */
  sample: z.unknown(),
  /** Why and when it was retired. */
  retired: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
  /** For the owner, entitled agencies, the CDO, the auditor and the platform; null for others and while Kafka is silent. */
  traffic: StreamTraffic.nullable(),
  /** Agencies that are entitled to some of it, for the same readers; null for others. */
  consumers: z.array(AgencyId).nullable(),
});
export type StreamResource = z.infer<typeof StreamResource>;

export const AgencyResource = z.object({
  agency: AgencyId,
  kind: z.string(),
  name: Bilingual,
  contact: z.string(),
  dataOfficer: z.string(),
});
export type AgencyResource = z.infer<typeof AgencyResource>;

import { z } from 'zod';
import { AgencyId, PrincipalId, StreamName } from '../names.js';
import { FieldInfo, Level, SharingAttribute, Visibility } from '../levels.js';
import { StreamManifest } from '../city/manifest.js';

/** `POST /api/streams`: the manifest and version 1 of the contract (Avro schema as JSON). */
export const CreateStream = z.strictObject({
  manifest: StreamManifest,
  contract: z.record(z.string(), z.unknown()),
});
export type CreateStream = z.infer<typeof CreateStream>;

/** `POST /api/streams/{stream}/versions`. */
export const CreateStreamVersion = z.strictObject({ contract: z.record(z.string(), z.unknown()) });
export type CreateStreamVersion = z.infer<typeof CreateStreamVersion>;

/** One thing that a version of a contract changed against the one before. */
export const VersionChange = z.object({
  kind: z.enum(['added', 'dropped', 'type', 'default', 'raised', 'lowered', 'meaning']),
  /** Of the field; empty for the event itself. */
  path: z.string(),
  /** For people. */
  text: z.string(),
});
export type VersionChange = z.infer<typeof VersionChange>;

export const StreamResource = z.object({
  stream: StreamName,
  owner: AgencyId,
  title: z.object({ en: z.string(), zh: z.string() }),
  sharing: SharingAttribute,
  visibility: Visibility,
  level: Level,
  key: z.string(),
  retentionDays: z.number(),
  partitions: z.number(),
  contact: z.string(),
  publishers: z.array(PrincipalId),
  fields: z.array(FieldInfo),
  versions: z.array(z.object({ version: z.number(), schemaId: z.number(), registeredAt: z.string() })),
});
export type StreamResource = z.infer<typeof StreamResource>;

export const AgencyResource = z.object({
  agency: AgencyId,
  kind: z.string(),
  name: z.object({ en: z.string(), zh: z.string() }),
  contact: z.string(),
  dataOfficer: z.string(),
});
export type AgencyResource = z.infer<typeof AgencyResource>;

/** `schemas/<agency>/<event>/stream.yaml`: what a stream is beside its contract. */
import { z } from 'zod';
import { PrincipalId, StreamName } from '../names.js';
import { SharingAttribute, Visibility } from '../levels.js';

export const DAY_MS = 86_400_000;

export const StreamManifest = z.strictObject({
  stream: StreamName,
  title: z.strictObject({ en: z.string().min(1).max(200), zh: z.string().min(1).max(200) }),
  sharing: SharingAttribute,
  visibility: Visibility.default('listed'),
  retentionDays: z.number().int().min(1).max(3650),
  partitions: z.number().int().min(1).max(64).default(4),
  contact: z.email(),
  /** Service accounts that may write the source topic; all of the owner's agency. */
  publishers: z.array(PrincipalId).min(1).max(20),
});
export type StreamManifest = z.infer<typeof StreamManifest>;

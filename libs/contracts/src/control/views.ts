/** Messages of `citystreams.views` (compacted, key: the view's ULID) and of `citystreams.entitlements` (key: its ULID). */
import { z } from 'zod';
import { AgencyId, PrincipalId, StreamName, Ulid, ViewTopic } from '../names.js';
import { EntitlementState } from '../api/entitlements.js';
import { Level } from '../levels.js';
import { ViewDefinition } from '../view.js';
import { VIEW_TROUBLES } from './routing.js';

export const ViewMessage = z.object({
  format: z.literal(1),
  view: Ulid,
  topic: ViewTopic,
  /** SHA-256 of the canonical definition, hex. */
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  definition: ViewDefinition,
  /** Level of the stream: decides how headers are treated. */
  level: Level,
  partitions: z.number().int().positive(),
  /** Grows with every change; the router says which one it has taken up. */
  generation: z.number().int().positive(),
  /** Generation of the keys that pseudonyms are made with; absent: 1. Not part of the view's identity. */
  maskGeneration: z.number().int().positive().optional(),
  /** `retained` views begin at the first source record of this time or later; null: at the earliest. */
  replayFrom: z.iso.datetime().nullable(),
  /**
   * The entitlements that may receive it now. The router writes a view only while one of them is in its term, so it
   * stops by itself when the last one ends. None: the view is stopped.
   */
  holders: z.array(z.object({ entitlement: Ulid, validFrom: z.iso.datetime(), validTo: z.iso.datetime().nullable() })),
});
export type ViewMessage = z.infer<typeof ViewMessage>;

export const EntitlementMessage = z.object({
  format: z.literal(1),
  entitlement: Ulid,
  version: z.number().int().positive(),
  state: EntitlementState,
  view: Ulid,
  topic: ViewTopic,
  stream: StreamName,
  owner: AgencyId,
  consumer: AgencyId,
  principals: z.array(PrincipalId),
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime().nullable(),
});
export type EntitlementMessage = z.infer<typeof EntitlementMessage>;

/** Messages of `citystreams.view-status` (compacted, key: `<view>/<partition>`): what a router really does. */
export const ViewStatusMessage = z.object({
  format: z.literal(1),
  view: Ulid,
  partition: z.number().int().nonnegative(),
  /** Generation of the view message that this state answers. */
  generation: z.number().int().positive(),
  state: z.enum(['running', 'stopped', 'failed']),
  /** Next source offset to read; decimal text, offsets are 64 bit. */
  position: z.string().regex(/^\d+$/),
  /** Source offset at which the view was stopped, if it is. */
  stoppedAt: z.string().regex(/^\d+$/).nullable(),
  /** Since this router process took the partition up. */
  counts: z.object({ read: z.number(), written: z.number(), withheld: z.number(), quarantined: z.number() }),
  /** Why the view is stuck here; null while it goes on. */
  error: z.string().nullable(),
  /** The same as a code. */
  trouble: z.enum(VIEW_TROUBLES).optional(),
  /** Of the source topic that the offsets here belong to. */
  topicId: z.string().optional(),
  /** Source offset from which the reported generation is in force. */
  since: z.string().regex(/^\d+$/).optional(),
  /** Who reads for it: the shared reading of the partition, or its own until it has caught up. */
  reading: z.enum(['shared', 'catch-up']).optional(),
  lagEvents: z.number().int().nonnegative().optional(),
  lagSeconds: z.number().nonnegative().optional(),
  /** Bytes written to the view's topic, since this router process took the partition up. */
  bytes: z.number().nonnegative().optional(),
  /** The part of its events that the shared reading read for it: 1 is all of them. */
  sharedReading: z.number().min(0).max(1).optional(),
  /** How long the last transaction took to end, milliseconds. */
  transactionMs: z.number().nonnegative().optional(),
  slot: z.string(),
  at: z.iso.datetime(),
});
export type ViewStatusMessage = z.infer<typeof ViewStatusMessage>;

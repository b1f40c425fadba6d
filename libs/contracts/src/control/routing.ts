/** What people order the router to do (`citystreams.router-orders`), and what it does with each partition of a stream. */
import { z } from 'zod';
import { StreamName, Ulid } from '../names.js';
import { QUARANTINE_REASONS } from './quarantine.js';

const Offset = z.string().regex(/^\d+$/, 'an offset is decimal digits');
const order = {
  format: z.literal(1),
  order: Ulid,
  stream: StreamName,
  partition: z.number().int().nonnegative(),
  /** Who ordered it: for the log and the reports. */
  requestedBy: z.string().max(200),
  at: z.iso.datetime(),
};

/** Offsets that one redrive can leave out. */
export const MOST_EXCEPTIONS = 10_000;

/** Messages of `citystreams.router-orders` (compacted, key: the order's ULID). Carried out once, in their order there. */
export const RouterOrder = z.discriminatedUnion('kind', [
  /**
   * Looks again at the quarantined records of one partition whose source offsets lie in `from..to`, both included, and
   * hands those that are events now to the views that run. With `reason`: only those that were quarantined for it. Those
   * in `except` are left out: the views have them already, or another order has them in hand.
   */
  z.object({
    ...order,
    kind: z.literal('redrive'),
    from: Offset,
    to: Offset,
    reason: z.enum(QUARANTINE_REASONS).optional(),
    except: z.array(Offset).max(MOST_EXCEPTIONS).optional(),
  }),
  /**
   * Reading of a partition that stopped because its place is lost (topic re-created, position gone or out of range)
   * begins anew at this offset of the topic with this id. Without effect on a partition that runs. With `view`: only this
   * view, whose own place is lost, while the partition goes on.
   */
  z.object({
    ...order,
    kind: z.literal('begin-anew'),
    topicId: z.uuid(),
    offset: Offset,
    view: Ulid.nullable().default(null),
  }),
]);
export type RouterOrder = z.infer<typeof RouterOrder>;

/**
 * Why a partition, or a view on it, does not go on by itself:
 * - `POSITION_LOST`: it was read before, and its committed position is gone.
 * - `TOPIC_RECREATED`: the topic has another id than the one the position belongs to.
 * - `OFFSET_OUT_OF_RANGE`: the log does not hold the position any more, or not yet.
 * - `UNREADABLE`: the source cannot be read: no right, no leader, corrupt bytes.
 * - `QUARANTINE_REFUSED`: the quarantine topic does not take what belongs there.
 */
export const PARTITION_TROUBLES = [
  'POSITION_LOST',
  'TOPIC_RECREATED',
  'OFFSET_OUT_OF_RANGE',
  'UNREADABLE',
  'QUARANTINE_REFUSED',
] as const;
export type PartitionTrouble = (typeof PARTITION_TROUBLES)[number];

/**
 * Why one view cannot go on while the others can:
 * - `SCHEMA_MISSING`: no schema of the view is announced for a writer version, or not the one that this view has.
 * - `NOT_COMPILED`: the definition does not fit the writer version.
 * - `PROJECTION`: making a record of it failed.
 * - `TOPIC_MISSING`, `TOPIC_REFUSED`: its topic is not there as it must be, or does not take what is written to it.
 * - `POSITION_LOST`: it was written before, and where it stood is gone.
 */
export const VIEW_TROUBLES = [
  'SCHEMA_MISSING',
  'NOT_COMPILED',
  'PROJECTION',
  'TOPIC_MISSING',
  'TOPIC_REFUSED',
  'POSITION_LOST',
] as const;
export type ViewTroubleCode = (typeof VIEW_TROUBLES)[number];

/** How often a router says that it is there. One that was silent for `ROUTER_SILENT_MS` is taken for gone. */
export const ROUTER_BEAT_MS = 5_000;
export const ROUTER_SILENT_MS = 4 * ROUTER_BEAT_MS;
/** So many troubles are told of one router, at most. */
export const MOST_TOLD_TROUBLES = 500;

/**
 * Messages of `citystreams.router-status` (key `router/<slot>`) about one router as a whole, every `ROUTER_BEAT_MS`:
 * what it says of partitions and views is news as long as it says this.
 */
export const RouterBeatMessage = z.object({
  format: z.literal(1),
  kind: z.literal('router'),
  slot: z.string(),
  /** `drained`: it was told to stop, and has given its partitions to the others. */
  state: z.enum(['routing', 'waiting', 'drained']),
  /** What it waits for. */
  detail: z.string().nullable(),
  partitions: z.number().int().nonnegative(),
  /** Of views that it cannot go on with, or not begin. */
  troubles: z.array(z.object({ view: Ulid, code: z.enum(VIEW_TROUBLES), detail: z.string() })).max(MOST_TOLD_TROUBLES),
  startedAt: z.iso.datetime(),
  at: z.iso.datetime(),
});
export type RouterBeatMessage = z.infer<typeof RouterBeatMessage>;

/**
 * Messages of `citystreams.router-status` (compacted, key `<stream>/<partition>`): the shared reading of one partition
 * of a stream. A partition is known from its first message on, and then never begun anew by itself.
 */
export const RouterStatusMessage = z.object({
  format: z.literal(1),
  stream: StreamName,
  partition: z.number().int().nonnegative(),
  topicId: z.string(),
  /** `waiting`: at a record whose schema may still be announced. */
  state: z.enum(['running', 'waiting', 'stuck']),
  trouble: z.enum(PARTITION_TROUBLES).nullable(),
  /** More of the trouble, for people. */
  detail: z.string().nullable(),
  /** Next offset to read; everything below is committed. */
  position: Offset,
  lagEvents: z.number().int().nonnegative(),
  lagSeconds: z.number().nonnegative(),
  /** Since this process took the partition up. */
  counts: z.object({ read: z.number(), quarantined: z.number() }),
  /** How long the last transaction took to end, milliseconds. */
  transactionMs: z.number().nonnegative(),
  views: z.number().int().nonnegative(),
  slot: z.string(),
  at: z.iso.datetime(),
});
export type RouterStatusMessage = z.infer<typeof RouterStatusMessage>;

/** Whatever `citystreams.router-status` holds. */
export const RouterStatusTopicMessage = z.union([RouterBeatMessage, RouterStatusMessage]);
export type RouterStatusTopicMessage = z.infer<typeof RouterStatusTopicMessage>;

/** What people order the router to do (`citystreams.router-orders`), and what it does with each partition of a stream. */
import { z } from 'zod';
import { StreamName, Ulid } from '../names.js';

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

/** Messages of `citystreams.router-orders` (compacted, key: the order's ULID). Carried out once, in their order there. */
export const RouterOrder = z.discriminatedUnion('kind', [
  /**
   * Looks again at the quarantined records of one partition whose source offsets lie in `from..to`, both included, and
   * hands those that are events now to the views that run.
   */
  z.object({ ...order, kind: z.literal('redrive'), from: Offset, to: Offset }),
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

/** `/api/quarantine`: what was published to a stream and is no event of it, without a byte of it. */
import { z } from 'zod';
import { QUARANTINE_REASONS } from '../control/quarantine.js';
import { StreamName, Ulid } from '../names.js';

const Offset = z
  .string()
  .regex(/^\d{1,18}$/, 'an offset is decimal digits')
  .describe('Offset in the source, decimal text.');
const Partition = z.number().int().nonnegative();

/**
 * - `quarantined`: nobody has looked at it again.
 * - `ordered`: a redrive is to look at it.
 * - `delivered`: a redrive handed it to the views.
 * - `refused`: a redrive looked at it, and it is still no event.
 * - `gone`: a redrive did not find it: its record is not kept any more.
 */
export const QUARANTINED_EVENT_STATES = ['quarantined', 'ordered', 'delivered', 'refused', 'gone'] as const;
export type QuarantinedEventState = (typeof QUARANTINED_EVENT_STATES)[number];

export const QuarantinedEventResource = z
  .object({
    stream: StreamName,
    partition: Partition,
    offset: Offset,
    reason: z.enum(QUARANTINE_REASONS),
    size: z.number().describe('Of its value, in bytes.'),
    publishedAt: z.string().describe("The record's own time."),
    quarantinedAt: z.string(),
    state: z.enum(QUARANTINED_EVENT_STATES),
    redrive: Ulid.nullable().describe('The last redrive that it belongs to.'),
  })
  .meta({
    example: {
      stream: 'bao-an.flight-movement',
      partition: 2,
      offset: '48120',
      reason: 'UNKNOWN_SCHEMA_ID',
      size: 43,
      publishedAt: '2026-11-23T08:15:02.113Z',
      quarantinedAt: '2026-11-23T08:15:32.340Z',
      state: 'quarantined',
      redrive: null,
    },
  });
export type QuarantinedEventResource = z.infer<typeof QuarantinedEventResource>;

/** Offsets of one partition, or everything that was quarantined for one reason, or both. */
export const RedriveWish = z
  .strictObject({
    stream: StreamName,
    partition: Partition.optional(),
    from: Offset.optional().describe('Source offset of the first, included.'),
    to: Offset.optional().describe('Source offset of the last, included.'),
    reason: z.enum(QUARANTINE_REASONS).optional(),
  })
  .superRefine(({ partition, from, to, reason }, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((from === undefined) !== (to === undefined)) wrong(from === undefined ? 'from' : 'to', 'name both ends');
    if (from !== undefined && partition === undefined)
      wrong('partition', 'offsets are those of one partition: name it');
    if (from !== undefined && to !== undefined && BigInt(from) > BigInt(to)) wrong('to', 'lies before `from`');
    if (from === undefined && reason === undefined) wrong('reason', 'name a reason, or `partition`, `from` and `to`');
  })
  .meta({ example: { stream: 'bao-an.flight-movement', reason: 'UNKNOWN_SCHEMA_ID' } });
export type RedriveWish = z.infer<typeof RedriveWish>;

const counts = {
  events: z.number().describe('That it is to look at.'),
  delivered: z.number(),
  refused: z.number(),
  gone: z.number(),
};

export const RedriveResource = z
  .object({
    id: Ulid,
    stream: StreamName,
    reason: z.enum(QUARANTINE_REASONS).nullable(),
    requestedBy: z.string(),
    requestedAt: z.string(),
    state: z.enum(['ordered', 'done']),
    doneAt: z.string().nullable(),
    ...counts,
    partitions: z.array(
      z.object({ partition: Partition, from: Offset, to: Offset, ...counts, state: z.enum(['ordered', 'done']) }),
    ),
  })
  .meta({
    example: {
      id: '01KAS2M4V8S4E2JXB1R9Q0ZC5T',
      stream: 'bao-an.flight-movement',
      reason: 'UNKNOWN_SCHEMA_ID',
      requestedBy: 'bao-an.steward',
      requestedAt: '2026-11-23T09:00:00.000Z',
      state: 'done',
      doneAt: '2026-11-23T09:00:01.212Z',
      events: 2,
      delivered: 2,
      refused: 0,
      gone: 0,
      partitions: [
        { partition: 2, from: '48120', to: '48131', events: 2, delivered: 2, refused: 0, gone: 0, state: 'done' },
      ],
    },
  });
export type RedriveResource = z.infer<typeof RedriveResource>;

/** `/api/router`: what routers say of themselves, of the partitions they read, and of the views they write. */
import { z } from 'zod';
import { PARTITION_TROUBLES, VIEW_TROUBLES } from '../control/routing.js';
import { StreamName, Ulid, ViewTopic } from '../names.js';

const Offset = z.string().regex(/^\d{1,18}$/, 'an offset is decimal digits');
const Partition = z.number().int().nonnegative();

/**
 * - `waiting`: it is there, and something keeps it from routing at all.
 * - `drained`: it was told to stop, and did.
 * - `silent`: it has not said anything for longer than it should; what it said last may not be true any more.
 */
export const ROUTER_STATES = ['routing', 'waiting', 'drained', 'silent'] as const;
export const RouterProcess = z.object({
  slot: z.string(),
  state: z.enum(ROUTER_STATES),
  detail: z.string().nullable(),
  partitions: z.number(),
  startedAt: z.string(),
  reportedAt: z.string(),
  silentSeconds: z.number().describe('How old its last word is.'),
});
export type RouterProcess = z.infer<typeof RouterProcess>;

const reading = {
  stream: StreamName,
  partition: Partition,
  detail: z.string().nullable().describe('More of the trouble.'),
  action: z.string().nullable().describe('What to do about it.'),
  lagEvents: z.number().nullable(),
  lagSeconds: z.number().nullable(),
  transactionMs: z.number().nullable(),
  slot: z.string().nullable().describe('The router that said so.'),
  reportedAt: z.string().nullable(),
};

/**
 * - `waiting`: at a record whose schema may still be announced.
 * - `unattended`: whoever read it last is silent or drained, and nobody else has taken it up.
 */
export const PARTITION_READING_STATES = ['running', 'waiting', 'stuck', 'unattended'] as const;
export const PartitionReading = z.object({
  ...reading,
  state: z.enum(PARTITION_READING_STATES),
  trouble: z.enum(PARTITION_TROUBLES).nullable(),
  position: Offset,
  read: z.number(),
  quarantined: z.number(),
  views: z.number(),
});
export type PartitionReading = z.infer<typeof PartitionReading>;

/**
 * - `stuck`: it cannot go on here, or its partition cannot be read.
 * - `unattended`: as for partitions.
 * - `unreported`: it is announced, and no router has said anything of it here.
 * - `catching-up`: it reads alone, until it meets the shared reading of its partition.
 */
export const VIEW_READING_STATES = ['stuck', 'unattended', 'unreported', 'catching-up', 'running', 'stopped'] as const;
export const ViewReading = z.object({
  ...reading,
  view: Ulid,
  topic: ViewTopic,
  state: z.enum(VIEW_READING_STATES),
  trouble: z.enum([...VIEW_TROUBLES, ...PARTITION_TROUBLES]).nullable(),
  position: Offset.nullable(),
  stoppedAt: Offset.nullable(),
  eventsIn: z.number(),
  eventsOut: z.number(),
  withheld: z.number(),
  quarantined: z.number(),
  bytesOut: z.number(),
  sharedReading: z.number().nullable().describe("The part of the view's events that the shared reading read for it."),
  generation: z.number().nullable().describe('Of the announcement that it follows.'),
  announcedGeneration: z.number(),
});
export type ViewReading = z.infer<typeof ViewReading>;

export const RouterOverview = z
  .object({
    at: z.string(),
    views: z.object({ stuck: z.number(), unattended: z.number(), unreported: z.number(), running: z.number() }),
    routers: z.array(RouterProcess),
    partitions: z.array(PartitionReading).describe('What is stuck comes first.'),
    items: z.array(ViewReading).describe('One for each view and partition; what is stuck comes first.'),
    next: z.string().nullable(),
  })
  .meta({
    example: {
      at: '2026-11-23T09:00:00.000Z',
      views: { stuck: 1, unattended: 0, unreported: 0, running: 0 },
      routers: [
        {
          slot: '0',
          state: 'routing',
          detail: null,
          partitions: 1,
          startedAt: '2026-11-23T06:00:00.000Z',
          reportedAt: '2026-11-23T08:59:58.000Z',
          silentSeconds: 2,
        },
      ],
      partitions: [
        {
          stream: 'bao-an.flight-movement',
          partition: 0,
          detail: null,
          action: null,
          lagEvents: 0,
          lagSeconds: 0,
          transactionMs: 4.1,
          slot: '0',
          reportedAt: '2026-11-23T08:59:58.000Z',
          state: 'running',
          trouble: null,
          position: '48200',
          read: 48_200,
          quarantined: 3,
          views: 0,
        },
      ],
      items: [
        {
          stream: 'bao-an.flight-movement',
          partition: 0,
          detail: 'TOPIC_AUTHORIZATION_FAILED',
          action: 'give citystreams.router its right to write view.* back; the view then goes on where it stopped',
          lagEvents: 80,
          lagSeconds: 12.5,
          transactionMs: 4.1,
          slot: '0',
          reportedAt: '2026-11-23T08:59:58.000Z',
          view: '01KAS2M4V8S4E2JXB1R9Q0ZC5T',
          topic: 'view.bao-an.flight-movement.01KAS2M4V8S4E2JXB1R9Q0ZC5T',
          state: 'stuck',
          trouble: 'TOPIC_REFUSED',
          position: '48120',
          stoppedAt: null,
          eventsIn: 48_120,
          eventsOut: 16_010,
          withheld: 32_110,
          quarantined: 3,
          bytesOut: 512_320,
          sharedReading: 1,
          generation: 1,
          announcedGeneration: 1,
        },
      ],
      next: null,
    },
  });
export type RouterOverview = z.infer<typeof RouterOverview>;

/** The way out for a place that is lost: reading goes on at `offset`, whatever was or was not delivered before. */
export const BeginAnewWish = z
  .strictObject({
    stream: StreamName,
    partition: Partition,
    view: Ulid.optional().describe(
      'Only this view, whose own place is lost; absent: the partition with all its views.',
    ),
    offset: z
      .union([z.enum(['earliest', 'latest']), Offset])
      .describe('`earliest`: all that the source holds, also what was delivered before. `latest`: nothing of it.'),
    topicId: z.uuid().optional().describe('The topic it is meant for; absent: the one that the router reports.'),
  })
  .meta({ example: { stream: 'bao-an.flight-movement', partition: 2, offset: 'earliest' } });
export type BeginAnewWish = z.infer<typeof BeginAnewWish>;

export const BeginAnewResource = z.object({
  order: Ulid,
  stream: StreamName,
  partition: Partition,
  view: Ulid.nullable(),
  topicId: z.string(),
  offset: Offset,
  requestedBy: z.string(),
  at: z.string(),
});
export type BeginAnewResource = z.infer<typeof BeginAnewResource>;

/**
 * What cannot be an event of its stream: the records of `quarantine.<agency>.<event>`, and the messages of
 * `citystreams.quarantine` that tell the platform of them without a byte of theirs.
 */
import { z } from 'zod';
import { StreamName, Ulid } from '../names.js';

/** Headers of a record in `quarantine.<agency>.<event>`; key and value are the original bytes, original headers follow. */
export const QUARANTINE_HEADERS = {
  reason: 'citystreams_reason',
  topic: 'citystreams_topic',
  partition: 'citystreams_partition',
  offset: 'citystreams_offset',
  timestamp: 'citystreams_timestamp',
  /** Bytes of a value that the quarantine's topic does not take: the value is null then, and lies in the source only. */
  leftOut: 'citystreams_left_out',
} as const;

/**
 * - `NOT_AVRO`: the value does not begin as the wire format does.
 * - `UNKNOWN_SCHEMA_ID`: nobody announced its schema in time.
 * - `FOREIGN_SCHEMA_ID`: its schema is registered, but not for this stream.
 * - `UNDECODABLE`: its bytes are not what its schema says.
 * - `TOO_LARGE`: an event longer than the platform reads.
 * - `TOMBSTONE`: it has no value.
 * - `CORRUPT`: not even a Kafka record; its value in quarantine is the whole record as it was, or the whole batch.
 */
export const QUARANTINE_REASONS = [
  'NOT_AVRO',
  'UNKNOWN_SCHEMA_ID',
  'FOREIGN_SCHEMA_ID',
  'UNDECODABLE',
  'TOO_LARGE',
  'TOMBSTONE',
  'CORRUPT',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

const Offset = z.string().regex(/^\d+$/, 'an offset is decimal digits');
const place = { format: z.literal(1), stream: StreamName, partition: z.number().int().nonnegative() };

/**
 * Messages of `citystreams.quarantine` (key `<stream>/<partition>`, kept for `QUARANTINE_NEWS_MS`), committed together
 * with what they tell of. `offset` is the record's in the source; in the quarantine topic it lies in the partition of
 * the same number.
 */
export const QuarantineMessage = z.discriminatedUnion('kind', [
  z.object({
    ...place,
    kind: z.literal('quarantined'),
    offset: Offset,
    reason: z.enum(QUARANTINE_REASONS),
    /** Of the value, in bytes; 0 when there is none. */
    size: z.number().int().nonnegative(),
    /** The record's own time. */
    timestamp: z.number().int(),
    at: z.iso.datetime(),
  }),
  /** One record of a redrive: handed to the views that run, or still no event. */
  z.object({
    ...place,
    kind: z.literal('redriven'),
    offset: Offset,
    order: Ulid,
    outcome: z.enum(['delivered', 'refused']),
    at: z.iso.datetime(),
  }),
  /** The end of a redrive: every record of its range was looked at. */
  z.object({
    ...place,
    kind: z.literal('redrive-done'),
    order: Ulid,
    delivered: z.number().int().nonnegative(),
    refused: z.number().int().nonnegative(),
    at: z.iso.datetime(),
  }),
]);
export type QuarantineMessage = z.infer<typeof QuarantineMessage>;

export const QUARANTINE_NEWS_MS = 30 * 86_400_000;

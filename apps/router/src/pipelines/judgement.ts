/**
 * What the router makes of one source record before any view sees it. Everything but an id nobody has registered yet
 * is decided by the bytes alone, so that every pipeline of a stream comes to the same verdict.
 */
import { readFrame } from '@citystreams/avro';
import type { QuarantineReason, StreamMessage } from '@citystreams/contracts';
import type { IncomingRecord } from '@citystreams/kafka';

/** How long an announcement of a schema may be late. */
export const LATE_SCHEMA_MS = 30_000;

export type Judgement =
  | { kind: 'event'; schemaId: number; body: Buffer }
  | { kind: 'poison'; reason: QuarantineReason }
  | { kind: 'wait' };

export interface KnownSchemas {
  isKnown(schemaId: number): boolean;
}

export function judge(
  record: IncomingRecord,
  stream: StreamMessage,
  known: KnownSchemas,
  firstSeen: Date,
  now: Date,
): Judgement {
  if (record.value === null) return { kind: 'poison', reason: 'TOMBSTONE' };
  const frame = readFrame(record.value);
  if (frame === null) return { kind: 'poison', reason: 'NOT_AVRO' };
  if (stream.versions.some((v) => v.schemaId === frame.schemaId)) return { kind: 'event', ...frame };
  if (known.isKnown(frame.schemaId)) return { kind: 'poison', reason: 'FOREIGN_SCHEMA_ID' };
  // The publisher's clock may be wrong: a timestamp in the future must not hold the partition for ever.
  const since = Math.min(Number(record.timestamp), firstSeen.getTime());
  return now.getTime() - since > LATE_SCHEMA_MS ? { kind: 'poison', reason: 'UNKNOWN_SCHEMA_ID' } : { kind: 'wait' };
}

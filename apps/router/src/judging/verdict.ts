/**
 * What the router makes of a schema id before any view sees the record. All but an id that nobody has announced is
 * decided by the bytes alone.
 */
import type { QuarantineReason } from '@citystreams/contracts';

/** How long the announcement of a schema may be late. */
export const LATE_SCHEMA_MS = 30_000;

/** `WAIT`: it may still be announced; the partition stays before the record. */
export type Verdict = Extract<QuarantineReason, 'UNKNOWN_SCHEMA_ID' | 'FOREIGN_SCHEMA_ID'> | 'WAIT';

/** A record under an id that is no version of its stream. */
export interface StrangeRecord {
  /** Registered for something else. */
  isForeign: boolean;
  /** The record's own time, and when it was first seen here; milliseconds. */
  timestamp: number;
  firstSeen: number;
}

export function verdictOn(record: StrangeRecord, now: number): Verdict {
  if (record.isForeign) return 'FOREIGN_SCHEMA_ID';
  // The publisher's clock may be wrong: a timestamp in the future must not hold the partition for ever.
  const since = Math.min(record.timestamp, record.firstSeen);
  return now - since > LATE_SCHEMA_MS ? 'UNKNOWN_SCHEMA_ID' : 'WAIT';
}

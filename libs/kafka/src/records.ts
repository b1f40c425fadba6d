/** A record as it lies in the log. Header names may repeat and keep their order. */
export interface IncomingRecord {
  topic: string;
  partition: number;
  offset: bigint;
  /** Milliseconds since 1970: the producer's time, or the broker's where the topic says LogAppendTime. */
  timestamp: bigint;
  key: Buffer | null;
  value: Buffer | null;
  headers: [string, Buffer][];
}

/** A record to be written. Without a partition the key decides (murmur2, as Java clients do), without a key the turn does. */
export interface OutgoingRecord {
  topic: string;
  partition?: number;
  key: Buffer | null;
  /** `null` is written as a null value (a tombstone), not as an empty one. */
  value: Buffer | null;
  headers: [string, Buffer][];
  /** Default: the moment of sending. */
  timestamp?: bigint;
}

export interface RecordPosition {
  topic: string;
  partition: number;
  offset: bigint;
}

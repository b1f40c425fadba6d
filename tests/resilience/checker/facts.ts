/** What the checker compares: everything that was published, what a view may say of it, and what really lies in it. */

/** One record of the source that a read_committed reader finds there, in the place the broker gave it. */
export interface SourceEvent {
  readonly stream: string;
  readonly id: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** How the producer's own account of an event ended. `unknown`: the broker did not say; the source itself decides. */
export type Outcome = 'committed' | 'aborted' | 'unknown';

/** What a view must say of an event, byte for byte; a header that is `null` may have any value that stays the same. */
export interface ExpectedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: readonly (readonly [string, Buffer | null])[];
  /** Null where the broker sets the time. */
  readonly timestamp: bigint | null;
}

/** `pending`: its transaction has not ended. */
export type Visibility = 'committed' | 'aborted' | 'pending';

/** One record as it lies in a view's log, whatever became of its transaction. */
export interface SeenRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
  readonly visibility: Visibility;
}

/** From `from` on and before `to`: a part of the source that a view has to show. */
export interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

export interface ViewFacts {
  readonly topic: string;
  readonly stream: string;
  /** By source partition, one behind the other: a view that was suspended may have several. */
  readonly spans: ReadonlyMap<number, readonly Span[]>;
  /** Everything in the log, by the observer's own reading of markers. */
  readonly log: readonly SeenRecord[];
  /** What another, read_committed reader got: partition and offset of each record. */
  readonly committedReader: readonly { readonly partition: number; readonly offset: bigint }[];
  /** Committed source positions by partition; a partition without one is missing. */
  readonly positions: ReadonlyMap<number, bigint>;
  /** Bytes that must not lie anywhere in it: parts of every withheld value. */
  readonly withheld: readonly Buffer[];
  /** The id of the event a record speaks of, read from the record alone; null if it cannot be read. */
  identify(record: SeenRecord): string | null;
  /** Null: the view withholds this event altogether. */
  expected(id: string): ExpectedRecord | null;
}

export interface Facts {
  readonly source: readonly SourceEvent[];
  /** What the producer knows of every id it ever sent. */
  readonly ledger: ReadonlyMap<string, Outcome>;
  readonly views: readonly ViewFacts[];
}

export const VIOLATIONS = [
  'LEDGER',
  'LOSS',
  'DUPLICATE',
  'REORDER',
  'WRONG_PARTITION',
  'FOREIGN',
  'BEYOND_SPAN',
  'ABORTED_SOURCE',
  'ALTERED',
  'LEAK',
  'ISOLATION',
  'POSITION_AHEAD',
  'POSITION_BEHIND',
  'NOT_REPEATABLE',
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly where: string;
  readonly detail: string;
}

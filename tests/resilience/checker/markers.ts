/**
 * What became of every record in a log, told by the control records in it and nothing else: the list of aborted
 * transactions that a broker sends along, and what a client makes of it, are compared with this.
 *
 * Attributes of a batch: bit 3 the broker's time counts, bit 4 transactional, bit 5 control.
 * Key of a control record: version (int16), type (int16); 0 is an abort, 1 a commit.
 */
import type { SeenRecord, Visibility } from './facts.js';

export interface LogBatch {
  readonly firstOffset: bigint;
  readonly attributes: number;
  readonly producerId: bigint;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly records: readonly {
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  }[];
}

const BROKER_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;
const COMMIT = 1;

type Draft = { -readonly [K in keyof SeenRecord]: SeenRecord[K] };

/** Reads a partition's log batch by batch, oldest first. */
export class MarkerReader {
  private readonly open = new Map<bigint, Draft[]>();
  private readonly seen: Draft[] = [];
  /** How transactions ended so far. */
  readonly ended = { committed: 0, aborted: 0 };

  constructor(private readonly partition: number) {}

  get records(): readonly SeenRecord[] {
    return this.seen;
  }

  add(batch: LogBatch): void {
    if ((batch.attributes & CONTROL) !== 0) return this.end(batch);
    const transactional = (batch.attributes & TRANSACTIONAL) !== 0;
    const pending = this.open.get(batch.producerId) ?? [];
    if (transactional) this.open.set(batch.producerId, pending);
    for (const record of batch.records) {
      const draft: Draft = {
        partition: this.partition,
        offset: batch.firstOffset + BigInt(record.offsetDelta),
        timestamp:
          (batch.attributes & BROKER_TIME) !== 0 ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta,
        key: record.key,
        value: record.value,
        headers: record.headers.map(([name, value]) => [String(name ?? ''), value ?? Buffer.alloc(0)] as const),
        visibility: transactional ? 'pending' : 'committed',
      };
      this.seen.push(draft);
      if (transactional) pending.push(draft);
    }
  }

  private end(batch: LogBatch): void {
    const committed = batch.records[0]?.key?.readInt16BE(2) === COMMIT;
    const visibility: Visibility = committed ? 'committed' : 'aborted';
    for (const draft of this.open.get(batch.producerId) ?? []) draft.visibility = visibility;
    this.open.delete(batch.producerId);
    this.ended[committed ? 'committed' : 'aborted'] += 1;
  }
}

/**
 * One reader of one source topic that writes what comes of it, exactly once and in order.
 *
 * Every turn is one Kafka transaction: the records that came of a fetch, and the positions after it. The transactional
 * id belongs to the work, not to the process: opening it fences whoever held it before and finishes what that one left
 * pending, and only then are the committed positions read. So two routers can never both move the same view.
 */
import {
  type IncomingRecord,
  KafkaFailure,
  type KafkaSettings,
  openPartitionReader,
  openTransactionalWriter,
  type OutgoingRecord,
  type PartitionReader,
} from '@citystreams/kafka';
import type { StreamName } from '@citystreams/contracts';

const FETCH_WAIT_MS = 250;
const FETCH_BYTES = 4 << 20;
/** How long a partition rests before a record whose schema may still be announced is looked at again. */
const REST_MS = 200;

/** `wait`: this record cannot be judged yet; the partition stays before it. */
export type Outcome = { kind: 'records'; records: OutgoingRecord[] } | { kind: 'wait' };

export type Positions = ReadonlyMap<number, bigint>;

/** What a pipeline does; the loop does the rest. */
export interface PipelineWork {
  source: StreamName;
  transactionalId: string;
  groupId: string;
  /** Where to begin in partitions that have no committed position yet. May refuse by throwing. */
  firstPositions(partitions: readonly number[], reader: PartitionReader): Promise<Map<number, bigint>>;
  handle(record: IncomingRecord): Outcome;
  /** Called with the positions that are committed: once at the start, then after every transaction. */
  committed(positions: Positions): Promise<void> | void;
}

/**
 * Runs until the signal aborts. Resolves to the committed positions at which it stopped; a batch in hand is dropped.
 * Rejects with KafkaFailure or whatever the work throws; nothing uncommitted is visible to a read_committed reader.
 */
export async function runPipeline(kafka: KafkaSettings, work: PipelineWork, signal: AbortSignal): Promise<Positions> {
  const writer = openTransactionalWriter(kafka, { transactionalId: work.transactionalId, groupId: work.groupId });
  const reader = openPartitionReader(kafka, { topic: work.source });
  try {
    await writer.open();
    const partitions = await reader.partitions();
    const committed = await writer.committedOffsets(work.source, partitions);
    const positions = new Map<number, bigint>();
    for (const [partition, offset] of committed) if (offset !== null) positions.set(partition, offset);
    const unknown = partitions.filter((p) => !positions.has(p));
    if (unknown.length > 0) {
      const first = await work.firstPositions(unknown, reader);
      await writer.commit({ records: [], topic: work.source, positions: first });
      for (const [partition, offset] of first) positions.set(partition, offset);
    }
    await work.committed(positions);

    const resting = new Map<number, number>();
    while (!signal.aborted) {
      const due = awake(positions, resting);
      if (due.size === 0) {
        await rest(signal);
        continue;
      }
      const fetched = await reader.fetch(due, { maxWaitMs: FETCH_WAIT_MS, maxBytes: FETCH_BYTES });
      if (signal.aborted) break;
      const { records, moved } = takeTurn(fetched, due, work, resting);
      if (moved.size === 0) continue;
      await writer.commit({ records, topic: work.source, positions: moved });
      for (const [partition, offset] of moved) positions.set(partition, offset);
      await work.committed(positions);
    }
    return positions;
  } finally {
    await Promise.allSettled([reader.close(), writer.close()]);
  }
}

type Fetched = Awaited<ReturnType<PartitionReader['fetch']>>;

/** Hands every record to the work, in order; a partition ends before the first record that has to wait. */
function takeTurn(
  fetched: Fetched,
  from: Positions,
  work: PipelineWork,
  resting: Map<number, number>,
): { records: OutgoingRecord[]; moved: Map<number, bigint> } {
  const records: OutgoingRecord[] = [];
  const moved = new Map<number, bigint>();
  for (const part of fetched) {
    let next = part.next;
    for (const record of part.records) {
      const outcome = work.handle(record);
      if (outcome.kind === 'wait') {
        next = record.offset;
        resting.set(part.partition, Date.now() + REST_MS);
        break;
      }
      records.push(...outcome.records);
    }
    if (next !== from.get(part.partition)) moved.set(part.partition, next);
  }
  return { records, moved };
}

function awake(positions: Positions, resting: Map<number, number>): Map<number, bigint> {
  const now = Date.now();
  for (const [partition, until] of resting) if (until <= now) resting.delete(partition);
  return new Map([...positions].filter(([partition]) => !resting.has(partition)));
}

function rest(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, REST_MS);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

export const isFenced = (error: unknown): boolean => error instanceof KafkaFailure && error.code === 'FENCED';

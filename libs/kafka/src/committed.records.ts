import type { fetchV17, RecordsBatch } from '@platformatic/kafka';
import type { IncomingRecord } from './records.js';

export type FetchAnswer = ReturnType<typeof fetchV17.parseResponse>;
type AbortedTransactions = FetchAnswer['responses'][number]['partitions'][number]['abortedTransactions'];

// Attributes of a batch: bit 3 the broker's time counts, bit 4 transactional, bit 5 control.
const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
/** Control record key: version (int16), type (int16); 0 is an abort, 1 a commit. */
const ABORT_MARKER = 0;

/**
 * The records of one partition's fetch answer that a read_committed reader may see, from offset `from` on.
 *
 * A broker sends aborted data along and lists, per aborted transaction, its producer and first offset. A producer may have
 * aborted several transactions within one answer, and the last one's marker may lie beyond it, so the list is walked
 * together with the batches: a producer's data is skipped from its first offset until its abort marker.
 * `next` also passes control batches and what was skipped.
 */
export function committedRecords(
  source: { topic: string; partition: number; from: bigint },
  batches: readonly RecordsBatch[] | null | undefined,
  abortedTransactions: AbortedTransactions,
): { records: IncomingRecord[]; next: bigint } {
  const pending = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const aborting = new Set<bigint>();
  const records: IncomingRecord[] = [];
  let next = source.from;
  for (const batch of batches ?? []) {
    const lastOffset = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (pending[0] !== undefined && pending[0].firstOffset <= lastOffset) {
      aborting.add(pending[0].producerId);
      pending.shift();
    }
    if ((batch.attributes & CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT_MARKER) aborting.delete(batch.producerId);
    } else if ((batch.attributes & TRANSACTIONAL) === 0 || !aborting.has(batch.producerId)) {
      appendRecords(records, batch, source);
    }
    if (lastOffset >= next) next = lastOffset + 1n;
  }
  return { records, next };
}

/** A batch is sent whole: its first records may lie before the asked offset. */
function appendRecords(
  into: IncomingRecord[],
  batch: RecordsBatch,
  { topic, partition, from }: { topic: string; partition: number; from: bigint },
): void {
  const brokerTime = (batch.attributes & LOG_APPEND_TIME) !== 0;
  for (const record of batch.records) {
    const offset = batch.firstOffset + BigInt(record.offsetDelta);
    if (offset < from) continue;
    into.push({
      topic,
      partition,
      offset,
      timestamp: brokerTime ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta,
      key: record.key,
      value: record.value,
      headers: record.headers.map(([name, value]) => [String(name ?? ''), value ?? Buffer.alloc(0)]),
    });
  }
}

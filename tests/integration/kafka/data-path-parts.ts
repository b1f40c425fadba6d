import type { FetchHandler, FetchTarget, KafkaFailure } from '@citystreams/kafka';
import {
  BatchBufferPool,
  HeaderBlock,
  PartitionAccumulator,
  type PartitionReader,
  type SealedBatch,
} from '@citystreams/record-batch';

const NO_HEADERS = new HeaderBlock();
const pool = new BatchBufferPool({ bufferBytes: 64 * 1024, keep: 16 });

/** One sealed batch with these values, no keys, no headers. */
export function batchOf(topic: string, partition: number, values: readonly string[]): SealedBatch {
  let sealed: SealedBatch | undefined;
  const accumulator = new PartitionAccumulator({
    topic,
    partition,
    pool,
    sealBytes: 16 * 1024 * 1024,
    codec: 'none',
    onSealed: (batch) => {
      sealed = batch;
    },
  });
  for (const value of values) append(accumulator, Buffer.from(value));
  accumulator.seal();
  if (sealed === undefined) throw new Error('one batch needs one record at least, and not too many');
  return sealed;
}

function append(accumulator: PartitionAccumulator, value: Buffer): void {
  const { start, end } = NO_HEADERS;
  const at = accumulator.begin(Date.now(), null, 0, 0, value.length, NO_HEADERS, start, end);
  accumulator.end(at + value.copy(accumulator.bytes, at));
}

/** What a lane was handed, and where it stands. */
export class Reading implements FetchHandler {
  readonly values: string[] = [];
  readonly failures: KafkaFailure[] = [];
  readonly positions: FetchTarget[];
  answers = 0;
  endOffsets: number[] = [];

  constructor(topic: string, topicId: string, partitions: readonly number[], offset = 0) {
    this.positions = partitions.map((partition) => ({ topic, topicId, partition, offset }));
  }

  targets(): readonly FetchTarget[] {
    return this.positions;
  }

  take(target: FetchTarget, reader: PartitionReader, endOffset: number): void {
    while (reader.nextBatch()) {
      const { records } = reader;
      while (records.next()) this.values.push(records.bytes.toString('utf8', records.valueStart, records.valueEnd));
    }
    this.endOffsets[target.partition] = endOffset;
    this.move(target, reader.position);
  }

  failed(_target: FetchTarget, failure: KafkaFailure): void {
    this.failures.push(failure);
  }

  answered(): void {
    this.answers++;
  }

  move(target: FetchTarget, offset: number): void {
    (target as { offset: number }).offset = offset;
  }
}

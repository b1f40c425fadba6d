/**
 * Kafka's record batch, version 2, read and written without an object per record.
 * Times are milliseconds, offsets and times are numbers (exact to 2^53, anything beyond is refused), positions are
 * indexes into the Buffer beside them, regions `[start, end)`.
 */
export { type Bytes, bytesOf } from './batch-layout.js';
export type { WritableCodec } from './codecs/compressor.js';
export type { AbortedTransaction } from './reading/aborted.ranges.js';
export { HeaderCursor } from './reading/header.cursor.js';
export { PartitionReader, type PartitionReaderOptions } from './reading/partition.reader.js';
export { NULL_REGION, type RecordCursor } from './reading/record.cursor.js';
export { RecordBatchError, type RecordBatchErrorCode, type RecordBatchErrorScope } from './record-batch.error.js';
export { BatchBufferPool, type BatchBufferPoolOptions } from './writing/buffer.pool.js';
export { HeaderBlock } from './writing/header.block.js';
export { PartitionAccumulator, type PartitionAccumulatorOptions } from './writing/partition.accumulator.js';
export { nextSequence, type ProducerStamp, type SealedBatch } from './writing/sealed.batch.js';

/** What was wrong with the bytes. */
export type RecordBatchErrorCode =
  /** A batch shorter than its own header. */
  | 'BATCH_LENGTH'
  /** Base offsets that go backwards, or an offset or a count that cannot be. */
  | 'BATCH_OFFSETS'
  /** Not version 2 of the format. */
  | 'MAGIC'
  | 'CRC'
  /** A codec number that nobody knows. */
  | 'CODEC'
  /** The codec cannot read the bytes. */
  | 'COMPRESSED_DATA'
  /** More bytes after decompression than allowed. */
  | 'DECOMPRESSED_SIZE'
  /** A record that is shorter than a record can be, or longer than its batch. */
  | 'RECORD_LENGTH'
  /** A number longer than its type, or cut off. */
  | 'VARINT'
  /** A key, value or header longer than its record, or of negative length. */
  | 'FIELD_LENGTH'
  /** Offsets of records that do not rise, or leave the batch. */
  | 'RECORD_OFFSET'
  /** A timestamp that a JavaScript number cannot hold exactly. */
  | 'TIMESTAMP'
  /** A number of headers that the record cannot hold. */
  | 'HEADER_COUNT'
  /** Bytes left after the last record of a batch or the last header of a record. */
  | 'TRAILING_BYTES';

/**
 * How much is lost, and how to go on:
 * `record`: this record alone, `RecordCursor.next` continues with the one after it;
 * `batch`: what is left of this batch, `PartitionReader.nextBatch` continues with the next one;
 * `answer`: what is left of the answer, nothing more can be read.
 */
export type RecordBatchErrorScope = 'record' | 'batch' | 'answer';

/** Where it was. */
interface Place {
  /** Index of the batch's first byte in the answer. */
  batchStart: number;
  /** Index of the fault: in the answer, or in the decompressed records when `inflated`. */
  at: number;
  inflated: boolean;
  /** Offset of the record, or the lowest that the fault can have hit. */
  offset: number;
}

/** The only error that the readers throw for what they read. Carries no byte of it. */
export class RecordBatchError extends Error {
  override readonly name = 'RecordBatchError';
  readonly code: RecordBatchErrorCode;
  readonly scope: RecordBatchErrorScope;
  readonly batchStart: number;
  readonly at: number;
  readonly inflated: boolean;
  readonly offset: number;

  constructor(code: RecordBatchErrorCode, scope: RecordBatchErrorScope, place: Place, cause?: unknown) {
    const where = `byte ${place.at}${place.inflated ? ' of the decompressed records' : ''}`;
    super(`${code} at offset ${place.offset}: ${where}, batch at byte ${place.batchStart}`, { cause });
    this.code = code;
    this.scope = scope;
    this.batchStart = place.batchStart;
    this.at = place.at;
    this.inflated = place.inflated;
    this.offset = place.offset;
  }
}

/**
 * A record batch, version 2 (big-endian):
 *
 *      0  int64   base offset            the broker's; a producer writes 0       not covered by the CRC
 *      8  int32   length                 bytes after this field                  not covered
 *     12  int32   partition leader epoch the broker's; a producer writes -1      not covered
 *     16  int8    magic = 2                                                      not covered
 *     17  uint32  CRC32C of 21..end
 *     21  int16   attributes             bits below
 *     23  int32   last offset delta      stays when compaction removes records
 *     27  int64   base timestamp, ms     record timestamps are deltas of it
 *     35  int64   max timestamp, ms      with LogAppendTime: the timestamp of every record
 *     43  int64   producer id            -1: not idempotent
 *     51  int16   producer epoch
 *     53  int32   base sequence
 *     57  int32   record count
 *     61  records, compressed together when the attributes name a codec
 */
export const BASE_OFFSET = 0;
export const LENGTH = 8;
export const LEADER_EPOCH = 12;
export const MAGIC = 16;
export const CRC = 17;
export const ATTRIBUTES = 21;
export const LAST_OFFSET_DELTA = 23;
export const BASE_TIMESTAMP = 27;
export const MAX_TIMESTAMP = 35;
export const PRODUCER_ID = 43;
export const PRODUCER_EPOCH = 51;
export const BASE_SEQUENCE = 53;
export const RECORD_COUNT = 57;
export const RECORDS = 61;

/** Base offset and length: what must be there to know where a batch ends. `length` counts from here. */
export const LENGTH_END = 12;
export const CURRENT_MAGIC = 2;

/** attributes: bits 0-2 codec, 3 LogAppendTime, 4 transactional, 5 control, 6 base timestamp is a delete horizon. */
export const CODEC_BITS = 0b111;
export const LOG_APPEND_TIME = 1 << 3;
export const TRANSACTIONAL = 1 << 4;
export const CONTROL = 1 << 5;

/** The number of each codec in the attributes. */
export const CODEC_NUMBERS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
export type CodecName = keyof typeof CODEC_NUMBERS;

/** Bytes with a DataView over the same bytes, so that `bytes[i]` and `view.getInt32(i)` mean the same place. */
export interface Bytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** A buffer with its view; positions in the one are positions in the other. Not a copy. */
export function bytesOf(bytes: Buffer): Bytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

import type { Message } from './message.js';

/** In place of a timestamp. */
export const LATEST = -1;
export const EARLIEST = -2;
/** In place of an offset: no record is that late. */
export const NO_OFFSET = -1;
const READ_COMMITTED = 1;
const NOT_A_REPLICA = -1;

export interface ListOffsetsRequest {
  topic: string;
  timestamp: number;
  partitions: readonly { partition: number; leaderEpoch: number }[];
}

export interface ListOffsetsAnswer {
  partition: number;
  errorCode: number;
  offset: number;
}

/**
 * ListOffsets, key 2, version 6, read_committed, one topic:
 *
 *     request   int32 replica (-1), int8 isolation level, compact array: compact string topic,
 *               compact array: int32 partition, int32 leader epoch, int64 timestamp
 *     answer    int32 throttle ms, compact array: compact string topic,
 *               compact array: int32 partition, int16 error code, int64 timestamp, int64 offset, int32 leader epoch
 */
export const LIST_OFFSETS: Message<ListOffsetsRequest, ListOffsetsAnswer[]> = {
  name: 'ListOffsets',
  key: 2,
  version: 6,
  header: 'flexible',
  write(to, { topic, timestamp, partitions }) {
    to.int32(NOT_A_REPLICA).int8(READ_COMMITTED).count(1).compactString(topic).count(partitions.length);
    for (const { partition, leaderEpoch } of partitions) {
      to.int32(partition).int32(leaderEpoch).int64(timestamp).noTags();
    }
    to.noTags().noTags();
  },
  read(from) {
    const answers: ListOffsetsAnswer[] = [];
    from.int32();
    for (let left = from.count(); left > 0; left--) {
      from.compactString();
      for (let more = from.count(); more > 0; more--) {
        const [partition, errorCode] = [from.int32(), from.int16()];
        from.int64();
        answers.push({ partition, errorCode, offset: from.int64() });
        from.int32();
        from.skipTags();
      }
      from.skipTags();
    }
    return answers;
  },
};

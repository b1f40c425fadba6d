import type { Message } from './message.js';

export interface OffsetFetchRequest {
  group: string;
  topics: ReadonlyMap<string, readonly number[]>;
}

export interface OffsetFetchAnswer {
  errorCode: number;
  /** Offset -1: nothing was committed. */
  partitions: { topic: string; partition: number; offset: number; metadata: string; errorCode: number }[];
}

/**
 * OffsetFetch, key 9, version 9, one group, requireStable: a position that an open transaction would move is refused.
 *
 *     request   compact array: compact strings group, member id (null); int32 member epoch (-1),
 *               compact array: compact string topic, compact array of int32 partitions;
 *               bool require stable
 *     answer    int32 throttle ms, compact array: compact string group, compact array: compact string topic,
 *               compact array: int32 partition, int64 offset, int32 leader epoch, compact string metadata, int16 error code;
 *               int16 error code
 */
export const OFFSET_FETCH: Message<OffsetFetchRequest, OffsetFetchAnswer> = {
  name: 'OffsetFetch',
  key: 9,
  version: 9,
  header: 'flexible',
  write(to, { group, topics }) {
    to.count(1).compactString(group).compactString(null).int32(-1).count(topics.size);
    for (const [topic, partitions] of topics) {
      to.compactString(topic).count(partitions.length);
      for (const partition of partitions) to.int32(partition);
      to.noTags();
    }
    to.noTags().boolean(true).noTags();
  },
  read(from) {
    const answer: OffsetFetchAnswer = { errorCode: 0, partitions: [] };
    from.int32();
    for (let groups = from.count(); groups > 0; groups--) {
      from.compactString();
      for (let left = from.count(); left > 0; left--) {
        const topic = from.compactText();
        for (let more = from.count(); more > 0; more--) {
          const [partition, offset] = [from.int32(), from.int64()];
          from.int32();
          const metadata = from.compactString() ?? '';
          answer.partitions.push({ topic, partition, offset, metadata, errorCode: from.int16() });
          from.skipTags();
        }
        from.skipTags();
      }
      answer.errorCode = from.int16();
      from.skipTags();
    }
    return answer;
  },
};

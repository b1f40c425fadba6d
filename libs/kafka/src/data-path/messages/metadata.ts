import type { Message } from './message.js';

export interface MetadataAnswer {
  brokers: { nodeId: number; host: string; port: number }[];
  topics: TopicAnswer[];
}

export interface TopicAnswer {
  errorCode: number;
  name: string;
  topicId: string;
  partitions: { partition: number; leader: number; leaderEpoch: number }[];
}

const NO_ID = Buffer.alloc(16);

/**
 * Metadata, key 3, version 12, by names:
 *
 *     request   compact array: uuid (zero), compact string name; bool create topics, bool topic operations
 *     answer    int32 throttle ms
 *               brokers     compact array: int32 node id, compact string host, int32 port, compact string rack
 *               compact string cluster id, int32 controller
 *               topics      compact array: int16 error code, compact string name, uuid, bool internal,
 *               partitions      compact array: int16 error code, int32 partition, int32 leader, int32 leader epoch,
 *                               compact arrays of int32: replicas, in-sync ones, offline ones
 *                           int32 topic operations
 *
 * A partition without a leader has leader -1.
 */
export const METADATA: Message<readonly string[], MetadataAnswer> = {
  name: 'Metadata',
  key: 3,
  version: 12,
  header: 'flexible',
  write(to, names) {
    to.count(names.length);
    for (const name of names) to.raw(NO_ID).compactString(name).noTags();
    to.boolean(false).boolean(false).noTags();
  },
  read(from) {
    const brokers: MetadataAnswer['brokers'] = [];
    const topics: TopicAnswer[] = [];
    from.int32();
    for (let left = from.count(); left > 0; left--) {
      brokers.push({ nodeId: from.int32(), host: from.compactText(), port: from.int32() });
      from.compactString();
      from.skipTags();
    }
    from.compactString();
    from.int32();
    for (let left = from.count(); left > 0; left--) {
      const topic: TopicAnswer = {
        errorCode: from.int16(),
        name: from.compactString() ?? '',
        topicId: from.uuid(),
        partitions: [],
      };
      from.boolean();
      for (let more = from.count(); more > 0; more--) {
        from.int16();
        topic.partitions.push({ partition: from.int32(), leader: from.int32(), leaderEpoch: from.int32() });
        for (let list = 0; list < 3; list++) from.skip(4 * from.count());
        from.skipTags();
      }
      from.int32();
      from.skipTags();
      topics.push(topic);
    }
    return { brokers, topics };
  },
};

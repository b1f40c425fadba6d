import type { ProducerIdentity } from './init.producer.id.js';
import type { Message } from './message.js';

export interface TxnOffsetCommitRequest extends ProducerIdentity {
  transactionalId: string;
  group: string;
  /** -1, empty and null where the group has no members. */
  generation: number;
  memberId: string;
  instanceId: string | null;
  topics: ReadonlyMap<string, readonly { partition: number; offset: number; metadata: string }[]>;
}

export interface PartitionError {
  topic: string;
  partition: number;
  errorCode: number;
}

/**
 * TxnOffsetCommit, key 28, version 5 (transaction protocol 2: it adds the group to the transaction by itself):
 *
 *     request   compact strings: transactional id, group; int64 producer id, int16 epoch, int32 generation,
 *               compact strings: member id, instance id; compact array: compact string topic,
 *               compact array: int32 partition, int64 offset, int32 leader epoch (-1), compact string metadata
 *     answer    int32 throttle ms, compact array: compact string topic, compact array: int32 partition, int16 error code
 *
 * The answer here is the partitions that were refused.
 */
export const TXN_OFFSET_COMMIT: Message<TxnOffsetCommitRequest, PartitionError[]> = {
  name: 'TxnOffsetCommit',
  key: 28,
  version: 5,
  header: 'flexible',
  write(to, request) {
    to.compactString(request.transactionalId).compactString(request.group);
    to.int64(request.producerId).int16(request.epoch).int32(request.generation);
    to.compactString(request.memberId).compactString(request.instanceId).count(request.topics.size);
    for (const [topic, partitions] of request.topics) {
      to.compactString(topic).count(partitions.length);
      for (const { partition, offset, metadata } of partitions) {
        to.int32(partition).int64(offset).int32(-1).compactString(metadata).noTags();
      }
      to.noTags();
    }
    to.noTags();
  },
  read(from) {
    const refused: PartitionError[] = [];
    from.int32();
    for (let left = from.count(); left > 0; left--) {
      const topic = from.compactText();
      for (let more = from.count(); more > 0; more--) {
        const [partition, errorCode] = [from.int32(), from.int16()];
        if (errorCode !== 0) refused.push({ topic, partition, errorCode });
        from.skipTags();
      }
      from.skipTags();
    }
    return refused;
  },
};

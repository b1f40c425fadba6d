import type { Message } from './message.js';

export interface ProduceRequest {
  transactionalId: string;
  timeoutMs: number;
  /** Each partition at most once. The bytes are sent where they lie. */
  topics: ReadonlyMap<string, readonly { partition: number; records: Buffer }[]>;
}

export interface ProduceAnswer {
  topic: string;
  partition: number;
  errorCode: number;
  /** The broker's own words, if it has any. */
  message: string | null;
}

const ALL_REPLICAS = -1;

/**
 * Produce, key 0, version 12 (transaction protocol 2: it adds the partition to the transaction by itself):
 *
 *     request   compact string transactional id, int16 acks (-1), int32 timeout ms,
 *               compact array: compact string topic, compact array: int32 partition, compact bytes: one record batch
 *     answer    compact array: compact string topic,
 *               compact array: int32 partition, int16 error code, int64 base offset, int64 append time ms,
 *                              int64 log start offset, compact array: int32 record, compact string message;
 *                              compact string message
 *               int32 throttle ms
 */
export const PRODUCE: Message<ProduceRequest, ProduceAnswer[]> = {
  name: 'Produce',
  key: 0,
  version: 12,
  header: 'flexible',
  write(to, { transactionalId, timeoutMs, topics }) {
    to.compactString(transactionalId).int16(ALL_REPLICAS).int32(timeoutMs).count(topics.size);
    for (const [topic, partitions] of topics) {
      to.compactString(topic).count(partitions.length);
      for (const { partition, records } of partitions) to.int32(partition).reference(records).noTags();
      to.noTags();
    }
    to.noTags();
  },
  read(from) {
    const answers: ProduceAnswer[] = [];
    for (let left = from.count(); left > 0; left--) {
      const topic = from.compactText();
      for (let more = from.count(); more > 0; more--) {
        const [partition, errorCode] = [from.int32(), from.int16()];
        from.skip(3 * 8);
        for (let records = from.count(); records > 0; records--) {
          from.int32();
          from.compactString();
          from.skipTags();
        }
        answers.push({ topic, partition, errorCode, message: from.compactString() });
        from.skipTags();
      }
      from.skipTags();
    }
    from.int32();
    return answers;
  },
};

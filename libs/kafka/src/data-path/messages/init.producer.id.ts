import type { Message } from './message.js';

/** Who writes; the epoch rises with each transaction. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

export interface InitProducerIdAnswer extends ProducerIdentity {
  errorCode: number;
}

/**
 * InitProducerId, key 22, version 5, without an identity to keep:
 *
 *     request   compact string transactional id, int32 transaction timeout ms, int64 producer id (-1), int16 epoch (-1)
 *     answer    int32 throttle ms, int16 error code, int64 producer id, int16 epoch
 */
export const INIT_PRODUCER_ID: Message<{ transactionalId: string; timeoutMs: number }, InitProducerIdAnswer> = {
  name: 'InitProducerId',
  key: 22,
  version: 5,
  header: 'flexible',
  write(to, { transactionalId, timeoutMs }) {
    to.compactString(transactionalId).int32(timeoutMs).int64(-1).int16(-1).noTags();
  },
  read(from) {
    from.int32();
    return { errorCode: from.int16(), producerId: from.bigint64(), epoch: from.int16() };
  },
};

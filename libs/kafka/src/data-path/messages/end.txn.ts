import type { ProducerIdentity } from './init.producer.id.js';
import type { Message } from './message.js';

export interface EndTxnRequest extends ProducerIdentity {
  transactionalId: string;
  commit: boolean;
}

export interface EndTxnAnswer extends ProducerIdentity {
  errorCode: number;
}

/**
 * EndTxn, key 26, version 5 (transaction protocol 2: the answer names the identity of the next transaction):
 *
 *     request   compact string transactional id, int64 producer id, int16 epoch, bool commit
 *     answer    int32 throttle ms, int16 error code, int64 producer id, int16 epoch
 */
export const END_TXN: Message<EndTxnRequest, EndTxnAnswer> = {
  name: 'EndTxn',
  key: 26,
  version: 5,
  header: 'flexible',
  write(to, { transactionalId, producerId, epoch, commit }) {
    to.compactString(transactionalId).int64(producerId).int16(epoch).boolean(commit).noTags();
  },
  read(from) {
    from.int32();
    return { errorCode: from.int16(), producerId: from.bigint64(), epoch: from.int16() };
  },
};

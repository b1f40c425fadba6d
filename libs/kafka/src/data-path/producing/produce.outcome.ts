import { failureOfCode, type KafkaFailure } from '../../failure.js';

/**
 * What a partition's answer to a Produce request means:
 * `done`; `again`: not written (or written already, which the sequence number shows), the same batch may be sent again;
 * `moved`: the same, once the leader was asked for; `refused`: this partition will not take it; `over`: this producer is
 * at its end.
 */
export type ProduceOutcome = 'done' | 'again' | 'moved' | 'refused' | 'over';

const OUTCOMES: Readonly<Record<string, ProduceOutcome>> = {
  // Kept from the first attempt, whose answer was lost.
  DUPLICATE_SEQUENCE_NUMBER: 'done',
  // The transaction before is still being ended on this partition.
  CONCURRENT_TRANSACTIONS: 'again',
  NOT_ENOUGH_REPLICAS: 'again',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'again',
  REQUEST_TIMED_OUT: 'again',
  COORDINATOR_LOAD_IN_PROGRESS: 'again',
  COORDINATOR_NOT_AVAILABLE: 'again',
  NOT_COORDINATOR: 'again',
  THROTTLING_QUOTA_EXCEEDED: 'again',
  NOT_LEADER_OR_FOLLOWER: 'moved',
  LEADER_NOT_AVAILABLE: 'moved',
  REPLICA_NOT_AVAILABLE: 'moved',
  KAFKA_STORAGE_ERROR: 'moved',
  UNKNOWN_TOPIC_OR_PARTITION: 'moved',
  UNKNOWN_TOPIC_ID: 'moved',
  TOPIC_AUTHORIZATION_FAILED: 'refused',
  INVALID_TOPIC_EXCEPTION: 'refused',
  MESSAGE_TOO_LARGE: 'refused',
  RECORD_LIST_TOO_LARGE: 'refused',
  INVALID_RECORD: 'refused',
  INVALID_TIMESTAMP: 'refused',
  CORRUPT_MESSAGE: 'refused',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: 'refused',
  UNSUPPORTED_COMPRESSION_TYPE: 'refused',
  POLICY_VIOLATION: 'refused',
};

/** Said by a partition's leader of the transaction, not of the partition. */
const OF_THE_TRANSACTION = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
]);

export interface JudgedAnswer {
  outcome: ProduceOutcome;
  /** With a topic where it is that partition's own. */
  failure: KafkaFailure | undefined;
}

const DONE: JudgedAnswer = { outcome: 'done', failure: undefined };

/** An error that the table does not know ends the producer: nobody can say what became of the batch. */
export function judge(errorCode: number, topic: string, partition: number): JudgedAnswer {
  if (errorCode === 0) return DONE;
  const name = `${topic}-${partition}`;
  let failure = failureOfCode(errorCode, name, { topic, partition });
  if (OF_THE_TRANSACTION.has(failure.kafkaError ?? '')) failure = failureOfCode(errorCode, name);
  return { outcome: OUTCOMES[failure.kafkaError ?? ''] ?? 'over', failure };
}

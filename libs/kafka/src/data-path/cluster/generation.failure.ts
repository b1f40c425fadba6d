import { failureOfCode, KafkaFailure, type KafkaFailureDetail } from '../../failure.js';

/** What a coordinator says to a member whose generation is over. */
const MOVED_ON = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS']);

/** As `failureOfCode`, where the request spoke for a generation of a group: `REBALANCED` if that is over. */
export function generationFailure(errorCode: number, what: string, detail: KafkaFailureDetail = {}): KafkaFailure {
  const failure = failureOfCode(errorCode, what, detail);
  if (!MOVED_ON.has(failure.kafkaError ?? '')) return failure;
  return new KafkaFailure('REBALANCED', failure.message, { ...detail, kafkaError: failure.kafkaError! });
}

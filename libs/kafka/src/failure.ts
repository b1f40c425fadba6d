import { ProtocolError } from '@platformatic/kafka';

/**
 * Why Kafka did not do what was asked.
 *
 * - `TOKEN_REFUSED`: the broker (or the issuer) does not accept the credentials.
 * - `TOKEN_UNAVAILABLE`: the issuer does not answer and no valid token is left.
 * - `NOT_AUTHORIZED`: the principal lacks the right; nothing was done.
 * - `FENCED`: a newer instance with the same transactional id or group membership took over.
 * - `UNREACHABLE`: no broker answered, or no leader is known. Whether the request was carried out is unknown.
 * - `UNKNOWN_TOPIC`: the topic or partition is not there (yet).
 * - `OFFSET_OUT_OF_RANGE`: the asked position is before the log's start or after its end.
 * - `TOO_LARGE`: the record or batch exceeds what the broker takes.
 * - `REBALANCED`: the group moved on to another generation; positions of the old one are not taken.
 */
export type KafkaFailureCode =
  | 'TOKEN_REFUSED'
  | 'TOKEN_UNAVAILABLE'
  | 'NOT_AUTHORIZED'
  | 'FENCED'
  | 'UNREACHABLE'
  | 'UNKNOWN_TOPIC'
  | 'OFFSET_OUT_OF_RANGE'
  | 'TOO_LARGE'
  | 'REBALANCED'
  | 'OTHER';

export interface KafkaFailureDetail {
  /** True: the same call may succeed later without anybody changing anything. Default: decided by the code. */
  retriable?: boolean;
  cause?: unknown;
  topic?: string;
  partition?: number;
  /** Kafka's own name of the error, for example `NOT_LEADER_OR_FOLLOWER`. */
  kafkaError?: string;
}

const RETRIABLE: Record<KafkaFailureCode, boolean> = {
  TOKEN_REFUSED: false,
  TOKEN_UNAVAILABLE: true,
  NOT_AUTHORIZED: false,
  FENCED: false,
  UNREACHABLE: true,
  UNKNOWN_TOPIC: true,
  OFFSET_OUT_OF_RANGE: false,
  TOO_LARGE: false,
  REBALANCED: false,
  OTHER: false,
};

export class KafkaFailure extends Error {
  readonly code: KafkaFailureCode;
  readonly retriable: boolean;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  readonly kafkaError: string | undefined;

  constructor(code: KafkaFailureCode, message: string, detail: KafkaFailureDetail = {}) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause });
    this.name = 'KafkaFailure';
    this.code = code;
    this.retriable = detail.retriable ?? RETRIABLE[code];
    this.topic = detail.topic;
    this.partition = detail.partition;
    this.kafkaError = detail.kafkaError;
  }
}

const CODE_BY_KAFKA_ERROR: Readonly<Record<string, KafkaFailureCode>> = {
  OFFSET_OUT_OF_RANGE: 'OFFSET_OUT_OF_RANGE',
  UNKNOWN_TOPIC_OR_PARTITION: 'UNKNOWN_TOPIC',
  UNKNOWN_TOPIC_ID: 'UNKNOWN_TOPIC',
  INCONSISTENT_TOPIC_ID: 'UNKNOWN_TOPIC',
  MESSAGE_TOO_LARGE: 'TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'TOO_LARGE',
  TOPIC_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  GROUP_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  CLUSTER_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  INVALID_PRODUCER_EPOCH: 'FENCED',
  PRODUCER_FENCED: 'FENCED',
  FENCED_INSTANCE_ID: 'FENCED',
  SASL_AUTHENTICATION_FAILED: 'TOKEN_REFUSED',
  UNSUPPORTED_SASL_MECHANISM: 'TOKEN_REFUSED',
  // A broker that took a refused token for an unfinished login says this to the next request.
  ILLEGAL_SASL_STATE: 'TOKEN_REFUSED',
  // A broker whose disk is full says this before it gives up altogether; what became of the request is unknown.
  UNKNOWN_SERVER_ERROR: 'UNREACHABLE',
};

/** The failure that one of the protocol's error numbers stands for. `0` is not a failure: do not ask. */
export function failureOfCode(errorCode: number, what: string, detail: KafkaFailureDetail = {}): KafkaFailure {
  const error = new ProtocolError(errorCode);
  const name = String(error['apiId']);
  const code = CODE_BY_KAFKA_ERROR[name] ?? (error['canRetry'] === true ? 'UNREACHABLE' : 'OTHER');
  return new KafkaFailure(code, `${what}: ${name}`, { ...detail, kafkaError: name });
}

/** Any error of a Kafka client as a `KafkaFailure`; the first one in the chain of causes that says why, wins. */
export function asKafkaFailure(error: unknown): KafkaFailure {
  const known = firstInChain(error, (e) => (e instanceof KafkaFailure ? e : undefined));
  if (known !== undefined) return known;
  const message = error instanceof Error ? error.message : String(error);
  const kafkaError = firstInChain(error, kafkaErrorOf);
  if (kafkaError !== undefined) {
    const code = CODE_BY_KAFKA_ERROR[kafkaError.name] ?? (kafkaError.retriable ? 'UNREACHABLE' : 'OTHER');
    return new KafkaFailure(code, `${message}: ${kafkaError.name}`, { cause: error, kafkaError: kafkaError.name });
  }
  if (firstInChain(error, (e) => isCode(e, 'PLT_KFK_AUTHENTICATION'))) {
    return new KafkaFailure('TOKEN_REFUSED', message, { cause: error });
  }
  if (firstInChain(error, isNetworkTrouble)) return new KafkaFailure('UNREACHABLE', message, { cause: error });
  return new KafkaFailure('OTHER', message, { cause: error });
}

/** The caller's own function threw. Not looked into: a Kafka error in there is not ours. */
export function handlerFailure(error: unknown): KafkaFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new KafkaFailure('OTHER', `The handler failed: ${message}`, { cause: error, retriable: true });
}

function kafkaErrorOf(error: unknown): { name: string; retriable: boolean } | undefined {
  if (!isObject(error)) return undefined;
  // A kafkajs protocol error names itself in `type`, this library's in `apiId`.
  const name = error['apiId'] ?? error['type'];
  if (typeof name !== 'string') return undefined;
  return { name, retriable: error['canRetry'] === true || error['retriable'] === true };
}

const NETWORK_CODES = new Set([
  'PLT_KFK_NETWORK',
  'PLT_KFK_UNEXPECTED_CORRELATION_ID',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);

// Errors are told by what they carry, not by their class: a class is another one in another realm.
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isCode = (error: unknown, code: string): true | undefined =>
  isObject(error) && error['code'] === code ? true : undefined;

const isNetworkTrouble = (error: unknown): true | undefined =>
  isObject(error) && typeof error['code'] === 'string' && NETWORK_CODES.has(error['code']) ? true : undefined;

/** Depth first through `errors` (aggregates) and `cause`. */
function firstInChain<T>(error: unknown, pick: (e: unknown) => T | undefined, depth = 0): T | undefined {
  if (error === null || error === undefined || depth > 12) return undefined;
  const found = pick(error);
  if (found !== undefined) return found;
  if (!isObject(error)) return undefined;
  for (const inner of [...(Array.isArray(error['errors']) ? error['errors'] : []), error['cause']]) {
    const deeper = firstInChain(inner, pick, depth + 1);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

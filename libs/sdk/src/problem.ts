import { asKafkaFailure, type KafkaFailureCode } from '@citystreams/kafka';
import { RegistryFailure, type RegistryFailureCode } from './registry.client.js';

/**
 * What stands in the way of publishing or receiving. Work goes on by itself as soon as it can; a problem is told once,
 * not at every attempt.
 */
export interface Problem {
  /**
   * Why: Kafka's side (`NOT_AUTHORIZED`: the right is missing, not granted yet or revoked; `UNREACHABLE`, `UNKNOWN_TOPIC`,
   * `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE`, ...), or the registry's with `REGISTRY_` before it, or `UNDECODABLE`: a record
   * that is not an event of a registered schema, or `HANDLER_FAILED`: the caller's own function threw.
   */
  code: KafkaFailureCode | `REGISTRY_${RegistryFailureCode}` | 'UNDECODABLE' | 'HANDLER_FAILED';
  message: string;
  cause?: unknown;
}

/** Thrown inside a subscription's handler to say which problem it is. */
export class ProblemFailure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message, { cause: problem.cause });
    this.name = 'ProblemFailure';
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemFailure) return error.problem;
  if (error instanceof RegistryFailure) {
    return { code: `REGISTRY_${error.code}`, message: error.message, cause: error };
  }
  const failure = asKafkaFailure(error);
  // A handler's error reaches us wrapped.
  if (failure.cause instanceof ProblemFailure) return failure.cause.problem;
  return { code: failure.code, message: failure.message, cause: failure };
}

/**
 * Errors as clients of the Confluent Schema Registry expect them: `{error_code, message}`. The first three digits of a
 * published code are the HTTP status; serializers look at the code (40401: register first; 40403: unknown schema).
 */
import { type Finding, PROBLEM_STATUS, type Problem, type ProblemCode } from '@citystreams/contracts';
import { type ErrorFormat, ProblemError } from '@citystreams/nest';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

export const REGISTRY_CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';

const CODES = {
  SUBJECT_NOT_FOUND: 40401,
  VERSION_NOT_FOUND: 40402,
  SCHEMA_NOT_FOUND: 40403,
  SUBJECT_CONFIG_NOT_SET: 40408,
  NOT_FOUND: 404,
  WRITE_DENIED: 40301,
  INCOMPATIBLE: 409,
  INVALID_SCHEMA: 42201,
  INVALID_VERSION: 42202,
  NOT_READY: 50003,
} as const;
export type RegistryErrorCode = keyof typeof CODES;

/** 50003 means "cannot be answered by this node now"; to HTTP it is 503, which clients try again. */
const STATUS: Partial<Record<RegistryErrorCode, number>> = { NOT_READY: 503 };

export class RegistryError extends Error {
  readonly errorCode: number;
  readonly status: number;

  constructor(code: RegistryErrorCode, message: string) {
    super(message);
    this.name = 'RegistryError';
    this.errorCode = CODES[code];
    this.status = STATUS[code] ?? Number(String(CODES[code]).slice(0, 3));
  }
}

@Catch(RegistryError)
export class RegistryErrorFilter implements ExceptionFilter<RegistryError> {
  catch(error: RegistryError, host: ArgumentsHost): void {
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(error.status)
      .header('content-type', REGISTRY_CONTENT_TYPE)
      .send({ error_code: error.errorCode, message: error.message });
  }
}

/** All findings are in the message, which is all that clients show. */
export const invalidSchema = (findings: readonly Finding[]): RegistryError =>
  new RegistryError('INVALID_SCHEMA', `Invalid schema: ${inWords(findings)}`);

/** A refusal of a contract in the words of the registry; any other error as it is. */
export function asRegistryError(error: unknown): unknown {
  if (!(error instanceof ProblemError)) return error;
  const findings = error.problems ?? [];
  if (error.code === 'CONTRACT_INVALID') return invalidSchema(findings);
  if (error.code === 'CONTRACT_INCOMPATIBLE') {
    return new RegistryError('INCOMPATIBLE', `${error.detail}: ${inWords(findings)}`);
  }
  return error;
}

const inWords = (findings: readonly Finding[]): string =>
  findings.map(({ field, message }) => `${field}: ${message}`).join('; ');

const PATHS = /^\/(?:subjects|schemas|compatibility|config|mode|associations)(?:\/|$)/;

/** What was refused before a route of the registry ran: no token, a malformed body, an unknown address below it. */
export const registryErrorFormat: ErrorFormat = {
  matches: (path) => PATHS.test(path),
  contentType: REGISTRY_CONTENT_TYPE,
  render: ({ code, detail, problems }: Problem) => {
    const message = problems === undefined ? detail : `${detail} ${inWords(problems)}`;
    return { status: statusOf(code as ProblemCode), body: { error_code: codeOf(code as ProblemCode), message } };
  },
};

/** Unusable input is 422 here, not 400. */
const statusOf = (code: ProblemCode): number => (code === 'VALIDATION_FAILED' ? 422 : PROBLEM_STATUS[code]);

function codeOf(code: ProblemCode): number {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 40101;
    case 'FORBIDDEN':
      return CODES.WRITE_DENIED;
    case 'VALIDATION_FAILED':
      return CODES.INVALID_SCHEMA;
    case 'INTERNAL':
      return 50001;
    case 'UNAVAILABLE':
      return CODES.NOT_READY;
    default:
      return PROBLEM_STATUS[code];
  }
}

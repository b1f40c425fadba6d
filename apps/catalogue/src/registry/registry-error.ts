/**
 * Errors as clients of the Confluent Schema Registry expect them: `{error_code, message}`. The first three digits of a
 * published code are the HTTP status; serializers look at the code (40401: register first; 40403: unknown schema), some
 * clients search the message, so the words are the original's.
 */
import type { Finding } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';

const CODES = {
  MALFORMED: 400,
  UNAUTHENTICATED: 40101,
  WRITE_DENIED: 40301,
  NOT_FOUND: 404,
  SUBJECT_NOT_FOUND: 40401,
  VERSION_NOT_FOUND: 40402,
  SCHEMA_NOT_FOUND: 40403,
  SUBJECT_SOFT_DELETED: 40404,
  SUBJECT_NOT_SOFT_DELETED: 40405,
  VERSION_SOFT_DELETED: 40406,
  VERSION_NOT_SOFT_DELETED: 40407,
  SUBJECT_CONFIG_NOT_SET: 40408,
  SUBJECT_MODE_NOT_SET: 40409,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  INCOMPATIBLE: 40901,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE: 422,
  INVALID_SCHEMA: 42201,
  /** To clients an invalid schema as well. */
  REFERENCE_NOT_FOUND: 42201,
  INVALID_VERSION: 42202,
  INVALID_COMPATIBILITY_LEVEL: 42203,
  INVALID_MODE: 42204,
  OPERATION_NOT_PERMITTED: 42205,
  REFERENCE_EXISTS: 42206,
  ID_DOES_NOT_MATCH: 42207,
  INVALID_SUBJECT: 42208,
  SCHEMA_TOO_LARGE: 42209,
  CONTEXT_NOT_EMPTY: 42211,
  RATE_LIMITED: 429,
  STORE: 50001,
  NOT_READY: 50003,
} as const;
export type RegistryErrorCode = keyof typeof CODES;

/** 50003 means "cannot be answered by this node now"; to HTTP it is 503, which clients try again. */
const STATUS: Partial<Record<RegistryErrorCode, number>> = { NOT_READY: 503 };

export class RegistryError extends Error {
  readonly errorCode: number;
  readonly status: number;

  constructor(
    readonly code: RegistryErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'RegistryError';
    this.errorCode = CODES[code];
    this.status = STATUS[code] ?? Number(String(CODES[code]).slice(0, 3));
  }
}

export const subjectNotFound = (subject: string): RegistryError =>
  new RegistryError('SUBJECT_NOT_FOUND', `Subject '${subject}' not found.`);

/** @param version a number as it was asked for, -1 for the latest */
export const versionNotFound = (version: number): RegistryError =>
  new RegistryError('VERSION_NOT_FOUND', `Version ${version} not found.`);

export const schemaNotFound = (what: number | string | null = null): RegistryError =>
  new RegistryError('SCHEMA_NOT_FOUND', what === null ? 'Schema not found' : `Schema ${what} not found`);

export const invalidSubject = (subject: string): RegistryError =>
  new RegistryError('INVALID_SUBJECT', `The specified subject '${subject}' is not a valid.`);

export const invalidSchema = (message: string): RegistryError => new RegistryError('INVALID_SCHEMA', message);

/** All findings are in the message, which is all that clients show. */
export const invalidAvro = (findings: readonly Finding[]): RegistryError =>
  invalidSchema(`Invalid schema of type AVRO, details: ${inWords(findings)}`);

export const notPermitted = (message: string): RegistryError => new RegistryError('OPERATION_NOT_PERMITTED', message);

export const incompatible = (subject: string, messages: readonly string[]): RegistryError =>
  new RegistryError(
    'INCOMPATIBLE',
    `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${messages.join(', ')}]`,
  );

export const referenceExists = (subject: string, version: number): RegistryError =>
  new RegistryError(
    'REFERENCE_EXISTS',
    `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`,
  );

/** A refusal of a contract in the words of the registry; any other error as it is. */
export function asRegistryError(error: unknown, subject: string): unknown {
  if (!(error instanceof ProblemError)) return error;
  const findings = error.problems ?? [];
  if (error.code === 'CONTRACT_INVALID') return invalidAvro(findings);
  if (error.code === 'POLICY_FORBIDS') return notPermitted(`${error.detail}: ${inWords(findings)}`);
  if (error.code === 'CONTRACT_INCOMPATIBLE') return incompatible(subject, findings.map(wordsOf));
  if (error.code === 'STATE_CONFLICT') return notPermitted(error.detail);
  if (error.code === 'PAYLOAD_TOO_LARGE') return new RegistryError('SCHEMA_TOO_LARGE', error.detail);
  return error;
}

const wordsOf = ({ field, message }: Finding): string => `${field}: ${message}`;
export const inWords = (findings: readonly Finding[]): string => findings.map(wordsOf).join('; ');

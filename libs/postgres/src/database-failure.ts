export type DatabaseFailureCode = 'DATABASE_UNAVAILABLE' | 'DATABASE_REFUSED' | 'MIGRATION_FAILED';

/** PostgreSQL could not be had. The message names host, database and role, never a password. */
export class DatabaseFailure extends Error {
  readonly code: DatabaseFailureCode;

  constructor(code: DatabaseFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DatabaseFailure';
    this.code = code;
  }
}

/** Where the test stack of this run is: a JSON file (0600) whose path every test process has in its environment. */
import { readFileSync } from 'node:fs';

export const STACK_FILE_VARIABLE = 'CITYSTREAMS_TEST_STACK_FILE';

/**
 * Also what somebody may write by hand to let the tests run against parts of his own: brokers that accept the issuer's
 * tokens for `urn:citystreams:kafka`, a principal of theirs that may do everything, and a PostgreSQL superuser.
 */
export interface StackRecord {
  readonly kafka: { readonly brokers: readonly string[] };
  readonly internalKafka: {
    readonly brokers: readonly string[];
    readonly username: string;
    readonly password: string;
  };
  readonly postgres: { readonly adminUrl: string };
  readonly issuer: string;
  /** The issuer's accounts (IssuerAccounts), which it reads again when they change. */
  readonly accountsFile: string;
  /** Where test files may be written; goes away with the stack. */
  readonly directory: string;
}

/** @throws Error that says how to get a stack */
export function readStackRecord(): StackRecord {
  const file = process.env[STACK_FILE_VARIABLE];
  if (!file) throw new Error('there is no test stack: run this spec in the project "integration" (npm test)');
  return JSON.parse(readFileSync(file, 'utf8')) as StackRecord;
}

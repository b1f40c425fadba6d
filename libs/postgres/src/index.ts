export { openDatabase } from './open-database.js';
export type { DatabaseOptions } from './database-options.js';
export { DatabaseFailure, type DatabaseFailureCode } from './database-failure.js';
export { appendOnly, neverEdited } from './append-only.js';
export { schemaDrift } from './schema-drift.js';
export { isDatabaseOutage } from './database-outage.js';

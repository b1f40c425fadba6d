export type { AccountOptions, TestAccount } from './accounts.js';
export type { FreshDatabase } from './databases.js';
export { type OwnDatabase, ownDatabase } from './own-postgres.js';
export { type TestStack, stack } from './stack.js';
export { patience, waitUntil } from './wait-until.js';

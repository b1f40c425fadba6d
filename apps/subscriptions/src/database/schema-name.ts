/** The PostgreSQL schema that only this service reads and writes. */
export const DATABASE_SCHEMA = 'subscriptions';

export { outboxTableStatements } from './outbox-table.js';
export { enqueue, takeTurn, type OutboxMessage, type Queryable } from './enqueue.js';
export { openRelay, type OutboxRelay, type RelayOptions } from './relay.js';
export type { RelayMessage } from './relay-message.js';

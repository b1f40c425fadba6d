import { outboxChannel, outboxTable, writersLock } from './outbox-table.js';

/** Anything inside a transaction: a `pg` client, TypeORM's entity manager or query runner. */
export interface Queryable {
  query(sql: string, params: unknown[]): Promise<unknown>;
}

export interface OutboxMessage {
  topic: string;
  key: string;
  /** What kind of message it is, for readers of the table. */
  type: string;
  /** Sent as JSON. */
  payload: unknown;
}

/**
 * Waits until no other transaction is in its last statements, and keeps the others waiting until this one ends: what is
 * written from here on is written in the order of commit. Must run inside a transaction. Take no other lock afterwards.
 */
export async function takeTurn(db: Queryable, schema: string): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [writersLock(schema)]);
}

/**
 * Writes messages that leave when the transaction commits, and never if it does not. Must run inside a transaction;
 * from here to its end other writers of this outbox wait, so that the order of sending is the order of commit: call it
 * last. Wakes the relay.
 */
export async function enqueue(db: Queryable, schema: string, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const table = outboxTable(schema);
  await takeTurn(db, schema);
  await db.query(
    `INSERT INTO ${table} (aggregatetype, aggregateid, type, payload)
     SELECT topic, key, type, payload::json
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS m(topic, key, type, payload, n)
      ORDER BY n`,
    [
      messages.map((message) => message.topic),
      messages.map((message) => message.key),
      messages.map((message) => message.type),
      messages.map((message) => JSON.stringify(message.payload)),
    ],
  );
  await db.query('SELECT pg_notify($1, $2)', [outboxChannel(schema), '']);
}

/**
 * The outbox of a schema, in the columns Debezium's outbox event router reads, so that it could stand in for our relay:
 * aggregatetype is the topic, aggregateid the key, payload the JSON text as it will be sent.
 *
 * `sequence` is the order of sending and equals the order of commit: writers take `enqueue`'s lock before they insert.
 */

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,40}$/;

/** `"schema"."outbox"`. Throws on a name that is not a plain lowercase identifier: it goes into SQL text. */
export function outboxTable(schema: string): string {
  if (!IDENTIFIER.test(schema)) throw new TypeError(`${JSON.stringify(schema)} is not a plain schema name`);
  return `"${schema}"."outbox"`;
}

export const outboxChannel = (schema: string): string => `outbox_${schema}`;
/** Names of advisory locks: the one that orders writers, and the one the sending replica holds. */
export const writersLock = (schema: string): string => `citystreams.outbox.writers.${schema}`;
export const relayLock = (schema: string): string => `citystreams.outbox.relay.${schema}`;

/** Statements of a migration that creates the outbox of a schema; its writers and relay need DML on the table. */
export function outboxTableStatements(schema: string): string[] {
  return [
    `CREATE TABLE ${outboxTable(schema)} (
       id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
       sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
       aggregatetype varchar(255) NOT NULL,
       aggregateid varchar(255) NOT NULL,
       type varchar(255) NOT NULL,
       payload json NOT NULL,
       created_at timestamptz NOT NULL DEFAULT clock_timestamp()
     )`,
  ];
}

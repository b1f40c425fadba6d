import { Client } from 'pg';
import { outboxChannel, outboxTable, relayLock } from './outbox-table.js';
import type { RelayMessage } from './relay-message.js';

/** Rows of one publish; a batch is small enough to repeat and large enough to be worth a round trip. */
const BATCH = 200;
/** A session that does not answer within this is given up, and the lock goes with it. */
const ANSWER_WITHIN_MS = 15_000;

export interface OutboxBatch {
  messages: RelayMessage[];
  sequences: string[];
}

interface OutboxRow {
  sequence: string;
  topic: string;
  key: string;
  payload: string;
}

/** One PostgreSQL session of the relay: the lock that makes it the only sender lives and dies with it. */
export class RelaySession {
  private constructor(
    private readonly client: Client,
    private readonly schema: string,
  ) {}

  /** `onWake` is called when something was enqueued, and when the session is lost. */
  static async open(connectionString: string, schema: string, onWake: () => void): Promise<RelaySession> {
    const client = new Client({
      connectionString,
      application_name: `${schema} outbox relay`,
      connectionTimeoutMillis: 5_000,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    });
    // The next query reports a lost connection; this only keeps it from being an uncaught fault.
    client.on('error', onWake);
    client.on('end', onWake);
    client.on('notification', onWake);
    try {
      await client.connect();
      await client.query(`LISTEN "${outboxChannel(schema)}"`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    return new RelaySession(client, schema);
  }

  /** True when this session is the one that sends now. */
  async becomeSender(): Promise<boolean> {
    const { rows } = await this.client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine',
      [relayLock(this.schema)],
    );
    return rows[0]?.mine === true;
  }

  async oldest(): Promise<OutboxBatch> {
    const { rows } = await this.client.query<OutboxRow>(
      `SELECT sequence, aggregatetype AS topic, aggregateid AS key, payload::text AS payload
         FROM ${outboxTable(this.schema)} ORDER BY sequence LIMIT ${BATCH}`,
    );
    return {
      messages: rows.map(({ topic, key, payload }) => ({ topic, key, payload })),
      sequences: rows.map(({ sequence }) => sequence),
    };
  }

  async forget(batch: OutboxBatch): Promise<void> {
    await this.client.query(`DELETE FROM ${outboxTable(this.schema)} WHERE sequence = ANY($1::bigint[])`, [
      batch.sequences,
    ]);
  }

  /** Ends the session without waiting for a server that does not answer. */
  async close(): Promise<void> {
    this.client.removeAllListeners('end');
    const ended = this.client.end().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 1_000);
    });
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }
}

import { Client } from 'pg';
import { WORK_CHANNEL } from '../announcements/work.channel.js';

const LOCK = 'citystreams.enforcement';

/**
 * A session of PostgreSQL that hears of new work and may hold the lock that lets one replica enforce. When the session
 * ends, for whatever reason, the lock is free.
 */
export class WorkSession {
  private ended = false;

  private constructor(private readonly client: Client) {}

  /** `onNews` is called for every commit that left work, and when the session is lost. */
  static async open(connectionString: string, onNews: () => void): Promise<WorkSession> {
    const client = new Client({ connectionString, keepAlive: true, connectionTimeoutMillis: 5_000 });
    const session = new WorkSession(client);
    const lost = () => {
      session.ended = true;
      onNews();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', onNews);
    try {
      await client.connect();
      await client.query(`LISTEN ${WORK_CHANNEL}`);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** True from the first success on, for as long as the session lives. */
  async takeLock(): Promise<boolean> {
    const { rows } = await this.client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      [LOCK],
    );
    return rows[0]?.taken === true;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.client.end().catch(() => undefined);
  }
}

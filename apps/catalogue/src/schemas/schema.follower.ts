import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Client } from 'pg';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';
import { CHANGES_CHANNEL, SchemaChanges } from './schema.changes.js';

/** Also what a lost notification can cost. */
const AT_LEAST_EVERY_MS = 1_000;

/**
 * Reads every schema at the start, and follows what other replicas register: at once by a notification, within a second
 * without. While PostgreSQL is away the index stays as it is.
 */
@Injectable()
export class SchemaFollower implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('registry');
  private session: Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private opening = false;
  private behind = false;
  private closed = false;

  constructor(
    @Inject(CATALOGUE_CONFIG) private readonly config: Pick<CatalogueConfig, 'DATABASE_URL'>,
    private readonly changes: SchemaChanges,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.changes.refresh();
    await this.listen();
    this.timer = setInterval(() => void this.tick(), AT_LEAST_EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearInterval(this.timer);
    const { session } = this;
    this.session = null;
    await session?.end().catch(() => undefined);
  }

  private async tick(): Promise<void> {
    await this.listen();
    await this.follow();
  }

  private async follow(): Promise<void> {
    try {
      await this.changes.refresh();
      this.behind = false;
    } catch (error) {
      if (!this.behind) this.logger.warn('what others register is not seen now', error);
      this.behind = true;
    }
  }

  private async listen(): Promise<void> {
    if (this.session !== null || this.opening || this.closed) return;
    this.opening = true;
    const client = new Client({
      connectionString: this.config.DATABASE_URL,
      application_name: 'catalogue registry follower',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('error', () => undefined); // Its end is what counts.
    client.on('end', () => {
      if (this.session === client) this.session = null;
    });
    client.on('notification', ({ payload }) => {
      if (payload !== this.changes.origin) void this.follow();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANGES_CHANNEL}`);
      this.session = client;
      if (this.closed) await client.end();
    } catch {
      await client.end().catch(() => undefined);
    } finally {
      this.opening = false;
    }
  }
}

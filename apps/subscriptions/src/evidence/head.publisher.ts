import { setTimeout as delay } from 'node:timers/promises';
import type { HeadSigner } from '@citystreams/domain';
import { HealthRegistry } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { HeadBook } from './head.book.js';
import { type HeadFile, headFileIn, writePublicKey } from './head.file.js';
import { HEAD_SIGNER } from './head.signer.js';

/** Looks this often, so that a head is never much later than its interval. */
const LOOK_MS = 1_000;
const BATCH = 1_000;

/** Publishes heads as they come due, and keeps the file of them up to date: after a kill or with another replica's too. */
@Injectable()
export class HeadPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('evidence');
  private readonly stop = new AbortController();
  private readonly file: HeadFile;
  private readonly since = new Date();
  private running: Promise<void> = Promise.resolve();
  private failure: string | null = null;
  /** The last head in the file; null before it was looked up. */
  private filed: string | null = null;

  constructor(
    private readonly book: HeadBook,
    private readonly health: HealthRegistry,
    @Inject(HEAD_SIGNER) private readonly signer: HeadSigner,
    @Inject(SUBSCRIPTIONS_CONFIG) private readonly config: SubscriptionsConfig,
  ) {
    this.file = headFileIn(config.STATE_DIR);
  }

  /** Throws if the folder cannot be written: a chain whose heads are nowhere else proves little. */
  async onApplicationBootstrap(): Promise<void> {
    await writePublicKey(this.config.STATE_DIR, this.signer.signer);
    // Without heads the evidence grows weaker, and decisions go on.
    const state = () => (this.failure === null ? { ok: true } : { ok: false, reason: this.failure });
    this.health.add('audit heads', state, 'partial');
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.book.publishIfDue(new Date(), this.since);
        await this.fileWhatIsPublished();
        this.failure = null;
      } catch (error) {
        this.tell(error);
      }
      await delay(LOOK_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  private async fileWhatIsPublished(): Promise<void> {
    for (;;) {
      const heads =
        this.filed === null
          ? await this.book.since(await this.file.last(), BATCH)
          : await this.book.after(this.filed, BATCH);
      const last = heads.at(-1);
      if (last === undefined) return;
      await this.file.append(heads.map(({ head }) => head));
      this.filed = last.number;
    }
  }

  /** Each distinct problem once. A file that took half a line is looked at again. */
  private tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.filed = null;
    if (this.failure === null) this.logger.warn({ err: error }, 'a head of the evidence chain could not be published');
    this.failure = reason;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { type KafkaAdmin, type KafkaSettings, openAdmin } from '@citystreams/kafka';
import { HealthRegistry } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { ENFORCEMENT_KAFKA } from '../kafka/kafka.module.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { Bell } from './bell.js';
import { loadCase } from './case.js';
import { dueEntitlements } from './due.work.js';
import { EntitlementStep } from './entitlement.step.js';
import { PlatformStep } from './platform.step.js';
import { RouterReports } from './router.reports.js';
import { Settlement } from './settlement.js';
import { WorkSession } from './work.session.js';

/** How long it may sleep when nothing rings: a lost ring, or a plane that has to be asked again. */
const LOOK_AGAIN_MS = 1_000;
const STANDBY_MS = 1_000;
const PAUSE_AFTER_FAILURE_MS = 500;
/** After a start, what routers said before comes first: without it every view would look abandoned for a moment. */
const FIRST_READING_MS = 10_000;
/** Views worked on at once; the entitlements of one view take turns, because they share its topic's rights. */
const MOST_VIEWS = 8;

/**
 * Makes Kafka show what was decided, and writes down what it shows. One replica at a time has the work; it is taken
 * from the register anew in every round, so a kill at any moment loses nothing.
 */
@Injectable()
export class EnforcementLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('enforcement');
  private readonly bell = new Bell();
  private readonly viewsWithNews = new Set<string>();
  private readonly busy = new Map<string, Promise<void>>();
  /** Views that came due while they were busy. */
  private readonly again = new Set<string>();
  private readonly told = new Map<string, string>();
  private readonly stop = new AbortController();
  private readonly stopped = new Promise<void>((resolve) => {
    this.stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  private admin: KafkaAdmin | null = null;
  private running: Promise<void> = Promise.resolve();
  private failure: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SUBSCRIPTIONS_CONFIG) private readonly config: SubscriptionsConfig,
    @Inject(ENFORCEMENT_KAFKA) private readonly kafka: KafkaSettings,
    private readonly streams: StreamDirectory,
    private readonly reports: RouterReports,
    private readonly platform: PlatformStep,
    private readonly step: EntitlementStep,
    private readonly settlement: Settlement,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.streams.onChange(() => this.bell.ring());
    this.reports.onNews((view) => {
      this.viewsWithNews.add(view);
      this.bell.ring();
    });
    this.health.add('enforcement', () => (this.failure === null ? { ok: true } : { ok: false, reason: this.failure }));
    this.admin = openAdmin(this.kafka);
    this.running = this.run(this.admin);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    this.bell.ring();
    await this.running;
    await this.admin?.close();
  }

  private get stopping(): boolean {
    return this.stop.signal.aborted;
  }

  /** One session after another, until stopped. */
  private async run(admin: KafkaAdmin): Promise<void> {
    const patience = delay(FIRST_READING_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
    await Promise.race([this.reports.caughtUp(), patience]);
    while (!this.stopping) {
      let session: WorkSession | null = null;
      try {
        session = await WorkSession.open(this.config.DATABASE_URL, () => this.bell.ring());
        await this.serve(session, admin);
      } catch (error) {
        this.fail('the register', error);
        await delay(PAUSE_AFTER_FAILURE_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
      } finally {
        await this.unlessStopped(Promise.allSettled(this.busy.values()));
        await session?.close();
      }
    }
  }

  private async serve(session: WorkSession, admin: KafkaAdmin): Promise<void> {
    while (!this.stopping && session.alive && !(await session.takeLock())) await this.bell.wait(STANDBY_MS);
    this.platform.forget();
    while (!this.stopping && session.alive) {
      // A city whose topics cannot be made still has rights to take away: the one does not wait for the other.
      const platform = this.platform.run(admin).then(
        () => this.well('platform'),
        (error: unknown) => this.fail('platform', error),
      );
      await this.startDue(session, admin);
      await this.unlessStopped(platform);
      if (!this.stopping) await this.bell.wait(LOOK_AGAIN_MS);
    }
  }

  private async startDue(session: WorkSession, admin: KafkaAdmin): Promise<void> {
    const news = [...this.viewsWithNews];
    this.viewsWithNews.clear();
    const due = Map.groupBy(await dueEntitlements(this.dataSource, news), (e) => e.view);
    for (const [view, entitlements] of due) {
      if (this.busy.has(view) || this.busy.size >= MOST_VIEWS) {
        this.again.add(view);
        if (news.includes(view)) this.viewsWithNews.add(view);
        continue;
      }
      this.again.delete(view);
      const ids = entitlements.map((e) => e.id);
      const work = this.workOn(ids, session, admin).finally(() => {
        this.busy.delete(view);
        if (this.again.size > 0) this.bell.ring();
      });
      this.busy.set(view, work);
    }
  }

  /** One entitlement after the other; each for itself, so that one that fails keeps none from being seen to. */
  private async workOn(entitlements: readonly string[], session: WorkSession, admin: KafkaAdmin): Promise<void> {
    for (const id of entitlements) {
      if (this.stopping || !session.alive) return;
      try {
        const it = await loadCase(this.dataSource.manager, id);
        await this.settlement.settle(it, await this.step.run(admin, it));
        this.told.delete(id);
      } catch (error) {
        this.fail(`entitlement ${id}`, error);
      }
    }
  }

  /** A call that waits for Kafka does not keep the process from ending: what it would do is found due again. */
  private async unlessStopped(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, this.stopped]);
  }

  private well(what: string): void {
    this.told.delete(what);
    this.failure = null;
  }

  /** Each distinct problem of a thing is said once. */
  private fail(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.failure = `${what}: ${reason}`;
    if (this.told.get(what) === reason) return;
    this.told.set(what, reason);
    this.logger.warn({ err: error }, `${what}: ${reason}`);
  }
}

import { CONTROL_TOPICS, ViewStatusMessage } from '@citystreams/contracts';
import { type IncomingRecord, type KafkaSettings, openFollower, type TopicFollower } from '@citystreams/kafka';
import { HealthRegistry } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { readControl } from '../kafka/control-record.js';
import { OWN_KAFKA } from '../kafka/kafka.module.js';

/** What routers say of views on `citystreams.view-status`, the last word of each partition. */
@Injectable()
export class RouterReports implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('router-reports');
  private readonly reports = new Map<string, Map<number, ViewStatusMessage>>();
  private readonly listeners: ((view: string) => void)[] = [];
  private follower: TopicFollower | null = null;
  private complete = false;
  private readonly firstReading = Promise.withResolvers<void>();

  constructor(
    @Inject(OWN_KAFKA) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const follower = openFollower(this.kafka, {
      topic: CONTROL_TOPICS.viewStatus,
      onRecord: (record) => this.take(record),
      onProblem: (failure) => this.logger.warn({ err: failure }, `${CONTROL_TOPICS.viewStatus} cannot be followed now`),
    });
    follower.caughtUp().then(
      () => {
        this.complete = true;
        this.firstReading.resolve();
        for (const view of this.reports.keys()) this.tell(view);
      },
      () => undefined,
    );
    this.follower = follower;
    this.health.add('router-reports', () => (this.complete ? follower.health() : { ok: false, reason: 'catching up' }));
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.close();
  }

  /** Called with the view whose state or generation changed somewhere. Positions alone are no news. */
  onNews(listener: (view: string) => void): void {
    this.listeners.push(listener);
  }

  /** Settles once everything that was reported before this process started has been read. */
  caughtUp(): Promise<void> {
    return this.firstReading.promise;
  }

  /** Why nothing can be said now; null when what `of` returns is the present. */
  silence(): string | null {
    if (!this.complete) return 'what routers reported is still being read';
    const health = this.follower?.health() ?? { ok: false };
    return health.ok ? null : `what routers report cannot be read: ${health.reason ?? 'unknown'}`;
  }

  of(view: string): ReadonlyMap<number, ViewStatusMessage> {
    return this.reports.get(view) ?? new Map();
  }

  private take({ key, value, offset }: IncomingRecord): void {
    if (value === null) return;
    const read = readControl(ViewStatusMessage, value);
    if (!read.ok) {
      this.logger.error(
        { key: key?.toString(), offset: String(offset), reason: read.reason },
        'a record has no effect',
      );
      return;
    }
    const { message } = read;
    const partitions = this.reports.get(message.view) ?? new Map<number, ViewStatusMessage>();
    const before = partitions.get(message.partition);
    partitions.set(message.partition, message);
    this.reports.set(message.view, partitions);
    if (before?.state !== message.state || before.generation !== message.generation) this.tell(message.view);
  }

  private tell(view: string): void {
    if (this.complete) for (const listener of this.listeners) listener(view);
  }
}

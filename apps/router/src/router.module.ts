import { CONTROL_TOPICS } from '@citystreams/contracts';
import { type KafkaSettings, openFollower, openProducer, type TopicFollower } from '@citystreams/kafka';
import { HealthRegistry, kafkaSettings } from '@citystreams/nest';
import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { RouterConfig } from './config.js';
import { StreamsDirectory } from './directory/streams.directory.js';
import { ViewsDirectory } from './directory/views.directory.js';
import { PipelineSupervisor } from './pipelines/supervisor.js';
import { parseMaskSecret } from './projection/view-key.js';
import { StatusPublisher } from './status/status.publisher.js';
import { TrafficLog } from './status/traffic.log.js';

const CONFIG = Symbol('RouterConfig');

/**
 * Wires the router: control topics in, pipelines, status out. It needs Kafka to begin; everything else it needs is in
 * the control topics.
 */
@Module({})
export class RouterModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('router');
  private readonly closing: (() => Promise<void> | void)[] = [];
  private begun = false;
  private ending = false;

  constructor(
    @Inject(CONFIG) private readonly config: RouterConfig,
    private readonly health: HealthRegistry,
    private readonly streams: StreamsDirectory,
    private readonly views: ViewsDirectory,
  ) {}

  static forRoot(config: RouterConfig): DynamicModule {
    return {
      module: RouterModule,
      providers: [{ provide: CONFIG, useValue: config }, StreamsDirectory, ViewsDirectory],
    };
  }

  /** Begins in the background: the process answers, and says what it waits for, while Kafka is still away. */
  onApplicationBootstrap(): void {
    this.health.add('pipelines', () =>
      this.begun ? { ok: true } : { ok: false, reason: 'reading the control topics' },
    );
    this.begin().catch((error: unknown) => {
      if (this.ending) return;
      this.log.fatal(`could not begin: ${String(error)}`);
      process.exit(1);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.ending = true;
    for (const close of this.closing.reverse()) await close();
  }

  private async begin(): Promise<void> {
    const kafka = kafkaSettings(this.config);
    this.closing.push(() => kafka.auth.tokens.close());
    const status = openProducer(kafka, { retries: Number.POSITIVE_INFINITY });
    this.closing.push(() => status.close());
    await this.readControlTopics(kafka);

    const supervisor = new PipelineSupervisor({
      kafka,
      streams: this.streams,
      views: this.views,
      status: new StatusPublisher(status, this.config.ROUTER_SLOT),
      maskSecret: parseMaskSecret(this.config.MASK_KEY),
      onFenced: (error) => this.giveWay(error),
    });
    const traffic = new TrafficLog(supervisor, this.views);
    this.closing.push(
      () => traffic.stop(),
      () => supervisor.stop(),
    );
    this.health.add('views', () => {
      const stuck = supervisor.stuck();
      return stuck.length === 0
        ? { ok: true }
        : { ok: false, reason: stuck.map((s) => `${s.topic}: ${s.reason}`).join('; ') };
    });
    if (this.ending) return;
    supervisor.start();
    traffic.start();
    this.begun = true;
  }

  /** What routers reported before comes first: it decides whether a view without a position is new or has lost it. */
  private async readControlTopics(kafka: KafkaSettings): Promise<void> {
    const { streams, views } = this;
    const status = this.follow(kafka, CONTROL_TOPICS.viewStatus, (key, value) => views.applyStatus(key, value));
    await status.caughtUp();
    const others = [
      this.follow(kafka, CONTROL_TOPICS.streams, (key, value) => streams.apply(key, value)),
      this.follow(kafka, CONTROL_TOPICS.views, (key, value) => views.apply(key, value)),
    ];
    await Promise.all(others.map((follower) => follower.caughtUp()));
  }

  private follow(
    kafka: KafkaSettings,
    topic: string,
    apply: (key: string, value: Buffer | null) => void,
  ): TopicFollower {
    const follower = openFollower(kafka, {
      topic,
      onRecord: (record) => apply(record.key?.toString('utf8') ?? '', record.value),
      onProblem: (failure) => this.log.warn(`${topic}: ${failure.code} ${failure.message}`),
    });
    this.health.add(topic, () => follower.health());
    this.closing.push(() => follower.close());
    return follower;
  }

  /** Another router holds the same views: two would fight over them, so this one ends. */
  private giveWay(error: unknown): void {
    this.log.error(`another router has taken over, this one ends: ${String(error)}`);
    process.exit(1);
  }
}

import { CONTROL_TOPICS } from '@citystreams/contracts';
import { type KafkaFailure, type KafkaSettings, openDataPath, openFollower, openProducer } from '@citystreams/kafka';
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
import { OrdersDirectory } from './directory/orders.directory.js';
import { ReportsDirectory } from './directory/reports.directory.js';
import { StreamsDirectory } from './directory/streams.directory.js';
import { ViewsDirectory } from './directory/views.directory.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { RouterMetrics } from './metrics/router.metrics.js';
import { openRouting } from './routing/open.routing.js';

const CONFIG = Symbol('RouterConfig');

/**
 * Wires the router: control topics in, events through, status out. It needs Kafka to begin; everything else it needs is
 * in the control topics.
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
    private readonly reports: ReportsDirectory,
    private readonly orders: OrdersDirectory,
    private readonly metrics: RouterMetrics,
  ) {}

  static forRoot(config: RouterConfig): DynamicModule {
    return {
      module: RouterModule,
      controllers: [MetricsController],
      providers: [
        { provide: CONFIG, useValue: config },
        StreamsDirectory,
        ViewsDirectory,
        ReportsDirectory,
        OrdersDirectory,
        {
          provide: RouterMetrics,
          useFactory: () =>
            new RouterMetrics({
              slot: config.ROUTER_SLOT,
              otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
              otlpEveryMs: config.OTEL_METRIC_EXPORT_INTERVAL,
            }),
        },
      ],
    };
  }

  /** Begins in the background: the process answers, and says what it waits for, while Kafka is still away. */
  onApplicationBootstrap(): void {
    this.health.add('control-topics', () => (this.begun ? { ok: true } : { ok: false, reason: 'they are being read' }));
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
    const { config, health, streams, views, reports, orders, metrics } = this;
    this.closing.push(() => metrics.close());
    const kafka = kafkaSettings(config);
    this.closing.push(() => kafka.auth.tokens.close());
    const status = openProducer(kafka, { retries: Number.POSITIVE_INFINITY });
    this.closing.push(() => status.close());
    const path = openDataPath(kafka);
    this.closing.push(() => path.close());
    const onLost = (why: KafkaFailure): void => this.giveWay(why);
    const routing = openRouting({ config, path, status, streams, views, reports, orders, metrics, onLost });
    this.closing.push(() => routing.close());
    await this.readControlTopics(kafka);
    if (this.ending) return;
    this.begun = true;
    routing.start();
    routing.addHealth(health);
  }

  /** All of them, before anything is routed: what was reported decides whether a partition is new or has lost its place. */
  private async readControlTopics(kafka: KafkaSettings): Promise<void> {
    const { streams, views, reports, orders } = this;
    await Promise.all([
      this.follow(kafka, CONTROL_TOPICS.streams, (key, value) => streams.apply(key, value)),
      this.follow(kafka, CONTROL_TOPICS.views, (key, value) => views.apply(key, value)),
      this.follow(kafka, CONTROL_TOPICS.viewStatus, (key, value) => reports.applyView(key, value)),
      this.follow(kafka, CONTROL_TOPICS.routerStatus, (key, value) => reports.applyPartition(key, value)),
      this.follow(kafka, CONTROL_TOPICS.routerOrders, (key, value, offset) => orders.apply(key, value, offset)),
    ]);
  }

  private follow(
    kafka: KafkaSettings,
    topic: string,
    apply: (key: string, value: Buffer | null, offset: number) => void,
  ): Promise<void> {
    const follower = openFollower(kafka, {
      topic,
      onRecord: ({ key, value, offset }) => apply(key?.toString('utf8') ?? '', value, Number(offset)),
      onProblem: (failure) => this.log.warn(`${topic}: ${failure.code} ${failure.message}`),
    });
    this.health.add(topic, () => follower.health());
    this.closing.push(() => follower.close());
    return follower.caughtUp();
  }

  /** Another process has this slot, or the group forgot this one: two would fight over the same partitions. */
  private giveWay(why: KafkaFailure): void {
    this.log.error(`this router ends: ${why.message}`);
    process.exit(1);
  }
}

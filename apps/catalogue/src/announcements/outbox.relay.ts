import { type KafkaSettings, openProducer, type RecordProducer } from '@citystreams/kafka';
import { type HealthState, HealthRegistry } from '@citystreams/nest';
import { openRelay, type OutboxRelay, type RelayMessage } from '@citystreams/outbox';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { KAFKA_SETTINGS } from '../kafka/kafka.module.js';

/** Sends what the outbox holds to Kafka, as this service's own principal. */
@Injectable()
export class AnnouncementRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('announcements');
  private producer: RecordProducer | null = null;
  private relay: OutboxRelay | null = null;
  /** Why a batch is not through yet. */
  private waiting: string | null = null;

  constructor(
    @Inject(CATALOGUE_CONFIG) private readonly config: CatalogueConfig,
    @Inject(KAFKA_SETTINGS) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    // Never gives up: a batch given back half sent would come again, and a message show up before its predecessor.
    const producer = openProducer(this.kafka, {
      retries: Number.POSITIVE_INFINITY,
      retryRefusals: true,
      onProblem: ({ code, message }) => this.wait(`${code}: ${message}`),
    });
    this.producer = producer;
    this.relay = openRelay({
      connectionString: this.config.DATABASE_URL,
      schema: DATABASE_SCHEMA,
      publish: async (messages) => {
        await producer.send(messages.map(recordOf));
        this.waiting = null;
      },
      onProblem: (error) => this.logger.warn('announcements wait in the outbox', error),
    });
    this.health.add('announcements', () => this.state());
  }

  async onModuleDestroy(): Promise<void> {
    // The producer first: a send that waits for Kafka would keep the relay from ending.
    await this.producer?.close();
    await this.relay?.close();
  }

  private state(): HealthState {
    if (this.waiting !== null) return { ok: false, reason: this.waiting };
    return this.relay?.health() ?? { ok: false, reason: 'not started' };
  }

  private wait(reason: string): void {
    if (this.waiting !== reason) this.logger.warn(`announcements wait in the outbox: ${reason}`);
    this.waiting = reason;
  }
}

/** Control topics have one partition, so the order of the outbox is the order readers see. */
const recordOf = ({ topic, key, payload }: RelayMessage) => ({
  topic,
  partition: 0,
  key: Buffer.from(key),
  value: Buffer.from(payload),
  headers: [],
});

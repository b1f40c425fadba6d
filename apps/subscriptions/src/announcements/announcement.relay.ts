import { type KafkaSettings, openProducer, type RecordProducer } from '@citystreams/kafka';
import { HealthRegistry } from '@citystreams/nest';
import { openRelay, type OutboxRelay, type RelayMessage } from '@citystreams/outbox';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { OWN_KAFKA } from '../kafka/kafka.module.js';

/** Few: the relay has its own patience, and says that it cannot send while it waits. */
const RETRIES = 3;

/** Sends what the outbox holds to Kafka, as this service's own principal. */
@Injectable()
export class AnnouncementRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('announcements');
  private producer: RecordProducer | null = null;
  private relay: OutboxRelay | null = null;
  private told: string | null = null;

  constructor(
    @Inject(SUBSCRIPTIONS_CONFIG) private readonly config: SubscriptionsConfig,
    @Inject(OWN_KAFKA) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const producer = openProducer(this.kafka, { retries: RETRIES });
    const relay = openRelay({
      connectionString: this.config.DATABASE_URL,
      schema: DATABASE_SCHEMA,
      publish: async (messages) => {
        await producer.send(messages.map(recordOf));
        this.told = null;
      },
      onProblem: (error) => this.tell(error),
    });
    this.producer = producer;
    this.relay = relay;
    this.health.add('announcements', () => relay.health());
  }

  async onModuleDestroy(): Promise<void> {
    // The producer first: a send that waits for Kafka would keep the relay from ending.
    await this.producer?.close();
    await this.relay?.close();
  }

  /** Once for each distinct problem: it is tried again every few seconds. */
  private tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.told === reason) return;
    this.told = reason;
    this.logger.warn({ err: error }, 'announcements wait in the outbox');
  }
}

/** Control and notice topics have one partition, so readers see the order of the outbox. */
const recordOf = ({ topic, key, payload }: RelayMessage) => ({
  topic,
  partition: 0,
  key: Buffer.from(key),
  value: Buffer.from(payload),
  headers: [],
});

import { CONTROL_TOPICS, EntitlementMessage, type ViewTopic } from '@citystreams/contracts';
import { type IncomingRecord, type KafkaSettings, openFollower, type TopicFollower } from '@citystreams/kafka';
import { HealthRegistry } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KAFKA_SETTINGS } from '../../kafka/kafka.module.js';

/**
 * Who is entitled to which view, as `citystreams.entitlements` says. Read from its beginning at every start; until then
 * `isKnown` is false and "no" cannot be told from "not known yet". Goes on with what it has while Kafka is away.
 */
@Injectable()
export class EntitlementReader implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('registry');
  /** By view topic, then by the record's key. An unreadable message takes the right away. */
  private readonly byTopic = new Map<string, Map<string, EntitlementMessage>>();
  private readonly topicOf = new Map<string, string>();
  private follower: TopicFollower | null = null;
  private known = false;

  constructor(
    @Inject(KAFKA_SETTINGS) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  get isKnown(): boolean {
    return this.known;
  }

  /** Those to one view, whatever their state. */
  to(topic: ViewTopic): EntitlementMessage[] {
    return [...(this.byTopic.get(topic)?.values() ?? [])];
  }

  onApplicationBootstrap(): void {
    const follower = openFollower(this.kafka, {
      topic: CONTROL_TOPICS.entitlements,
      onRecord: (record) => this.take(record),
      onProblem: (failure) => this.logger.warn(`${CONTROL_TOPICS.entitlements} cannot be followed now`, failure),
    });
    this.follower = follower;
    // Rejects only when it is closed first.
    follower.caughtUp().then(
      () => {
        this.known = true;
      },
      () => undefined,
    );
    this.health.add('entitlements', () => {
      const health = follower.health();
      return health.ok && !this.known ? { ok: false, reason: 'still reading' } : health;
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.close();
  }

  private take({ key, value, offset }: IncomingRecord): void {
    const id = key?.toString('utf8') ?? '';
    this.forget(id);
    if (value === null) return;
    const message = parse(value);
    if (message === null) {
      this.logger.error(`the entitlement ${id} at offset ${offset} is unreadable and gives no right`);
      return;
    }
    const ofTopic = this.byTopic.get(message.topic) ?? new Map<string, EntitlementMessage>();
    this.byTopic.set(message.topic, ofTopic.set(id, message));
    this.topicOf.set(id, message.topic);
  }

  private forget(id: string): void {
    const topic = this.topicOf.get(id);
    if (topic === undefined) return;
    this.topicOf.delete(id);
    const ofTopic = this.byTopic.get(topic);
    ofTopic?.delete(id);
    if (ofTopic?.size === 0) this.byTopic.delete(topic);
  }
}

function parse(value: Buffer): EntitlementMessage | null {
  try {
    return EntitlementMessage.parse(JSON.parse(value.toString('utf8')));
  } catch {
    return null;
  }
}

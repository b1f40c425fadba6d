import { CONTROL_TOPICS, ViewMessage } from '@citystreams/contracts';
import { type IncomingRecord, type KafkaSettings, openFollower, type TopicFollower } from '@citystreams/kafka';
import { HealthRegistry } from '@citystreams/nest';
import { isDatabaseOutage } from '@citystreams/postgres';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KAFKA_SETTINGS } from '../kafka/kafka.module.js';
import { ViewProjections } from './view.projections.js';

/**
 * Follows `citystreams.views`, from its beginning at every start, so that a view announced while nobody listened is
 * found. While the database is away it waits at the same message; a message that cannot be understood is reported and
 * passed by: that view gets no schemas, so nobody can read it.
 */
@Injectable()
export class ViewFollower implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('view-schemas');
  private follower: TopicFollower | null = null;

  constructor(
    @Inject(KAFKA_SETTINGS) private readonly kafka: KafkaSettings,
    private readonly projections: ViewProjections,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const follower = openFollower(this.kafka, {
      topic: CONTROL_TOPICS.views,
      onRecord: (record) => this.take(record),
      onProblem: (failure) => this.logger.warn(`${CONTROL_TOPICS.views} cannot be followed now`, failure),
    });
    this.follower = follower;
    this.health.add('views', () => follower.health());
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.close();
  }

  private async take({ key, value, offset }: IncomingRecord): Promise<void> {
    if (value === null) return;
    const view = parse(value);
    if (view === null) {
      this.logger.error(`the view ${String(key)} at offset ${offset} is unreadable and gets no schemas`);
      return;
    }
    try {
      await this.projections.take(view);
    } catch (error) {
      // The same message comes again after a pause.
      if (isDatabaseOutage(error)) throw error;
      this.logger.error(`${view.topic} gets no schemas`, error);
    }
  }
}

function parse(value: Buffer): ViewMessage | null {
  try {
    return ViewMessage.parse(JSON.parse(value.toString('utf8')));
  } catch {
    return null;
  }
}

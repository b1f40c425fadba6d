import { CONTROL_TOPICS, QUARANTINE_NEWS_MS, QuarantineMessage } from '@citystreams/contracts';
import {
  type FetchedPartition,
  type IncomingRecord,
  type KafkaSettings,
  openResumingFollower,
  type TopicFollower,
} from '@citystreams/kafka';
import { HealthRegistry } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { readControl } from '../kafka/control-record.js';
import { OWN_KAFKA } from '../kafka/kafka.module.js';
import { applyNews, type News } from './quarantine.news.js';
import { QuarantinedEventEntity, QuarantineReadingEntity } from './quarantined-event.entity.js';

const TOPIC = CONTROL_TOPICS.quarantine;
/** So many messages make one statement, at most. */
const TOGETHER = 2_000;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Follows `citystreams.quarantine` into PostgreSQL. The offset is committed with what it stands for, so a restart goes
 * on where it was, and of several replicas each message counts once. A topic that is another one, or that does not hold
 * the place any more, is read again from its beginning.
 */
@Injectable()
export class QuarantineFollower implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('quarantine');
  private follower: TopicFollower | null = null;
  private complete = false;
  private forgotAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(OWN_KAFKA) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const follower = openResumingFollower(this.kafka, {
      topic: TOPIC,
      resume: (topicId, isLost) => this.dataSource.transaction((tx) => this.resume(tx, topicId, isLost)),
      onBatch: (batch, topicId) => this.take(batch, topicId),
      onProblem: (failure) => this.logger.warn({ err: failure }, `${TOPIC} cannot be followed now`),
    });
    follower.caughtUp().then(
      () => {
        this.complete = true;
      },
      () => undefined,
    );
    this.follower = follower;
    // Without it nobody learns of bad records, and everything else is as it should be.
    this.health.add(
      'quarantine',
      () => (this.complete ? follower.health() : { ok: false, reason: 'catching up' }),
      'partial',
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.close();
  }

  private async resume(tx: EntityManager, topicId: string, isLost: boolean): Promise<Map<number, bigint> | null> {
    const reading = await lockReading(tx);
    if (reading !== null && reading.topicId === topicId && !isLost) return new Map([[0, BigInt(reading.nextOffset)]]);
    await tx.createQueryBuilder().delete().from(QuarantinedEventEntity).execute();
    await tx.upsert(QuarantineReadingEntity, { topic: TOPIC, topicId, nextOffset: '0' }, ['topic']);
    return null;
  }

  private async take({ partition, records, next }: FetchedPartition, topicId: string): Promise<void> {
    if (partition !== 0) return;
    const news = records.flatMap((record) => this.read(record));
    for (let at = 0; at < news.length; at += TOGETHER) {
      const some = news.slice(at, at + TOGETHER);
      const isLast = at + TOGETHER >= news.length;
      await this.apply(some, isLast ? next : (some.at(-1)?.sequence ?? 0n) + 1n, topicId);
    }
    if (news.length === 0) await this.apply([], next, topicId);
    await this.forget();
  }

  private apply(news: readonly News[], next: bigint, topicId: string): Promise<void> {
    return this.dataSource.transaction(async (tx) => {
      const reading = await lockReading(tx);
      // Another replica met another topic: this one will, too.
      if (reading === null || reading.topicId !== topicId) return;
      const done = BigInt(reading.nextOffset);
      if (next <= done) return;
      await applyNews(
        tx,
        news.filter(({ sequence }) => sequence >= done),
      );
      await tx.update(QuarantineReadingEntity, { topic: TOPIC }, { nextOffset: String(next) });
    });
  }

  /** What Kafka does not keep any more is not shown any more. */
  private async forget(): Promise<void> {
    const now = Date.now();
    if (now - this.forgotAt < FORGET_EVERY_MS) return;
    this.forgotAt = now;
    const old = LessThan(new Date(now - QUARANTINE_NEWS_MS));
    await this.dataSource.getRepository(QuarantinedEventEntity).delete({ quarantinedAt: old });
  }

  private read({ key, value, offset }: IncomingRecord): News[] {
    if (value === null) return [];
    const read = readControl(QuarantineMessage, value);
    if (read.ok) return [{ sequence: offset, message: read.message }];
    this.logger.error({ key: key?.toString(), offset: String(offset), reason: read.reason }, 'a record has no effect');
    return [];
  }
}

const lockReading = (tx: EntityManager): Promise<QuarantineReadingEntity | null> =>
  tx.findOne(QuarantineReadingEntity, { where: { topic: TOPIC }, lock: { mode: 'pessimistic_write' } });

import { type AgencyId, CONTROL_TOPICS, EntitlementMessage, type StreamName } from '@citystreams/contracts';
import { type IncomingRecord, type KafkaSettings, openFollower, type TopicFollower } from '@citystreams/kafka';
import { type Caller, HealthRegistry } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KAFKA_SETTINGS } from '../kafka/kafka.module.js';
import { seesEverything } from '../streams/stream-rights.js';

/**
 * Which agencies are entitled to some of a stream, as `citystreams.entitlements` says. Interest is itself a secret: only
 * parties learn who the others are. Goes on with what it has while Kafka is away.
 */
@Injectable()
export class StreamParties implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('parties');
  private readonly entitlements = new Map<string, EntitlementMessage>();
  private follower: TopicFollower | null = null;

  constructor(
    @Inject(KAFKA_SETTINGS) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  /** Each once, by name. */
  consumers(stream: StreamName, now = new Date()): AgencyId[] {
    const live = [...this.entitlements.values()].filter((entitlement) => isLive(entitlement, stream, now));
    return [...new Set(live.map(({ consumer }) => consumer))].toSorted();
  }

  /** The owner's people and services, entitled agencies, the CDO, the auditor, the platform. */
  isParty(caller: Caller, stream: { stream: string; owner: string }): boolean {
    if (seesEverything(caller) || caller.agency === stream.owner) return true;
    return (this.consumers(stream.stream as StreamName) as string[]).includes(caller.agency);
  }

  onApplicationBootstrap(): void {
    const follower = openFollower(this.kafka, {
      topic: CONTROL_TOPICS.entitlements,
      onRecord: (record) => this.take(record),
      onProblem: (failure) => this.logger.warn(`${CONTROL_TOPICS.entitlements} cannot be followed now`, failure),
    });
    this.follower = follower;
    this.health.add('parties', () => follower.health(), 'partial');
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.close();
  }

  private take({ key, value }: IncomingRecord): void {
    const id = key?.toString('utf8') ?? '';
    const read = value === null ? null : EntitlementMessage.safeParse(jsonOf(value));
    // What cannot be understood gives nobody a right to look.
    if (read?.success === true) this.entitlements.set(id, read.data);
    else this.entitlements.delete(id);
  }
}

function isLive({ state, stream, validTo }: EntitlementMessage, asked: StreamName, now: Date): boolean {
  if (stream !== asked || (state !== 'PROVISIONING' && state !== 'ACTIVE')) return false;
  return validTo === null || new Date(validTo) > now;
}

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

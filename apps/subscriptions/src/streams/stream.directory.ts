import { CONTROL_TOPICS, type StreamMessage, type StreamName, StreamsTopicMessage } from '@citystreams/contracts';
import { type IncomingRecord, type KafkaSettings, openFollower, type TopicFollower } from '@citystreams/kafka';
import { type Caller, HealthRegistry, ProblemError } from '@citystreams/nest';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { readControl } from '../kafka/control-record.js';
import { OWN_KAFKA } from '../kafka/kafka.module.js';

/** Streams as `citystreams.streams` tells them, rebuilt from its beginning at every start: the catalogue may be down. */
@Injectable()
export class StreamDirectory implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('streams');
  private readonly streams = new Map<string, StreamMessage>();
  private readonly listeners: ((stream: StreamName) => void)[] = [];
  private follower: TopicFollower | null = null;
  private complete = false;

  constructor(
    @Inject(OWN_KAFKA) private readonly kafka: KafkaSettings,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const follower = openFollower(this.kafka, {
      topic: CONTROL_TOPICS.streams,
      onRecord: (record) => this.take(record),
      onProblem: (failure) => this.logger.warn({ err: failure }, `${CONTROL_TOPICS.streams} cannot be followed now`),
    });
    follower.caughtUp().then(
      () => {
        this.complete = true;
      },
      () => undefined,
    );
    this.follower = follower;
    this.health.add('streams', () => (this.complete ? follower.health() : { ok: false, reason: 'catching up' }));
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.close();
  }

  /** Called after every change. */
  onChange(listener: (stream: StreamName) => void): void {
    this.listeners.push(listener);
  }

  /** False at a start, until everything that was announced has been read. */
  get isComplete(): boolean {
    return this.complete;
  }

  all(): StreamMessage[] {
    return [...this.streams.values()];
  }

  /** Throws NOT_FOUND, or UNAVAILABLE while the directory is not complete. */
  require(stream: StreamName): StreamMessage {
    const found = this.streams.get(stream);
    if (found !== undefined) return found;
    if (this.complete) throw unknownStream(stream);
    throw new ProblemError('UNAVAILABLE', 'the streams of the city are still being read', {
      action: 'try again shortly',
      headers: { 'retry-after': '1' },
    });
  }

  /** A hidden stream of another agency is answered like one that does not exist. */
  requireVisible(stream: StreamName, caller: Caller): StreamMessage {
    const found = this.require(stream);
    if (found.visibility === 'hidden' && found.owner !== caller.agency) throw unknownStream(stream);
    return found;
  }

  private take({ key, value, offset }: IncomingRecord): void {
    if (value === null) return;
    const read = readControl(StreamsTopicMessage, value);
    if (!read.ok) {
      this.logger.error(
        { key: key?.toString(), offset: String(offset), reason: read.reason },
        'a record has no effect',
      );
      return;
    }
    if (read.message.kind !== 'stream') return;
    this.streams.set(read.message.stream, read.message);
    for (const listener of this.listeners) listener(read.message.stream);
  }
}

const unknownStream = (stream: StreamName): ProblemError =>
  new ProblemError('NOT_FOUND', `there is no stream ${stream}`, { action: 'GET /api/streams lists what there is' });

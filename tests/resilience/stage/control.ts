/** The control services as the router knows them: what they announce, and the topics and rights that enforcement makes. */
import {
  CONTROL_TOPICS,
  type PlatformPrincipal,
  quarantineTopicOf,
  type Ulid,
  type ViewMessage,
  ViewStatusMessage,
} from '@citystreams/contracts';
import {
  type AccessRule,
  type KafkaAdmin,
  openAdmin,
  openFollower,
  openProducer,
  type RecordProducer,
  type TopicFollower,
} from '@citystreams/kafka';
import type { World } from '../world/world.js';
import type { StreamFixture, ViewFixture } from './streams.js';

const ROUTER: PlatformPrincipal = 'citystreams.router';
const MONTH_MS = String(30 * 86_400_000);

export const routerRule = (
  topic: string,
  operation: AccessRule['operation'],
  permission: AccessRule['permission'] = 'allow',
): AccessRule => ({
  principal: `User:${ROUTER}`,
  resourceType: 'topic',
  resourceName: topic,
  pattern: 'literal',
  operation,
  permission,
});

export class Control {
  readonly admin: KafkaAdmin;
  private readonly producer: RecordProducer;
  private readonly follower: TopicFollower;
  private readonly told: ViewStatusMessage[] = [];

  constructor(world: World) {
    this.admin = openAdmin(world.internal);
    this.producer = openProducer(world.internal, { retries: Number.POSITIVE_INFINITY });
    this.follower = openFollower(world.internal, {
      topic: CONTROL_TOPICS.viewStatus,
      onRecord: ({ value }) => {
        if (value !== null) this.told.push(ViewStatusMessage.parse(JSON.parse(value.toString())));
      },
    });
  }

  /** Topic, quarantine and the router's right to read, then the announcement. */
  async addStream(stream: StreamFixture): Promise<void> {
    const { partitions } = stream.message;
    const configs = { 'retention.ms': MONTH_MS, 'message.timestamp.type': 'CreateTime' };
    await this.createTopics([stream.name, quarantineTopicOf(stream.name)], partitions, configs);
    await this.admin.allow([routerRule(stream.name, 'read'), routerRule(stream.name, 'describe')]);
    await this.announce(CONTROL_TOPICS.streams, stream.name, stream.message);
  }

  /** The view's schemas before the view, its topic before both. */
  async addView(view: ViewFixture): Promise<void> {
    const configs = {
      'retention.ms': MONTH_MS,
      'max.message.bytes': '2097176',
      'message.timestamp.type': view.stream.level === 'L2' ? 'CreateTime' : 'LogAppendTime',
    };
    await this.createTopics([view.topic], view.message.partitions, configs);
    await this.announce(CONTROL_TOPICS.streams, view.topic, view.schemas);
    await this.announceView(view.message);
  }

  async announceView(message: ViewMessage): Promise<void> {
    await this.announce(CONTROL_TOPICS.views, message.view, message);
  }

  async announce(topic: string, key: string, message: object): Promise<void> {
    await this.producer.send([
      { topic, key: Buffer.from(key), value: Buffer.from(JSON.stringify(message)), headers: [] },
    ]);
  }

  /** Everything routers reported of a view, oldest first. */
  reports(view: Ulid): readonly ViewStatusMessage[] {
    return this.told.filter((status) => status.view === view);
  }

  /** The last report of each partition of a view. */
  lastReports(view: Ulid): ReadonlyMap<number, ViewStatusMessage> {
    return new Map(this.reports(view).map((status) => [status.partition, status]));
  }

  async close(): Promise<void> {
    await this.follower.close();
    await this.producer.close();
    await this.admin.close();
  }

  private async createTopics(names: string[], partitions: number, configs: Record<string, string>): Promise<void> {
    for (const name of names) await this.admin.createTopic({ name, partitions, configs });
    await Promise.all(names.map((name) => this.admin.waitForTopic(name)));
  }
}

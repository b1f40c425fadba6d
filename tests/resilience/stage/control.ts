/** The control services as the router knows them: what they announce, and the topics and rights that enforcement makes. */
import { createPartitionsV3 } from '@platformatic/kafka';
import {
  CONTROL_TOPICS,
  type PlatformPrincipal,
  quarantineTopicOf,
  type RouterOrder,
  type RouterStatusMessage,
  RouterStatusTopicMessage,
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
import { waitUntil } from '@citystreams/testing';
import { assertNone } from '../wire/connections.js';
import type { World } from '../world/world.js';
import type { StreamFixture, ViewFixture } from './streams.js';

const ROUTER: PlatformPrincipal = 'citystreams.router';
const WITHIN_MS = 10_000;
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
  private readonly followers: TopicFollower[];
  private readonly told: ViewStatusMessage[] = [];
  private readonly read = new Map<string, RouterStatusMessage>();

  constructor(private readonly world: World) {
    this.admin = openAdmin(world.internal);
    this.producer = openProducer(world.internal, { retries: Number.POSITIVE_INFINITY });
    this.followers = [
      follow(world, CONTROL_TOPICS.viewStatus, (json) => this.told.push(ViewStatusMessage.parse(json))),
      follow(world, CONTROL_TOPICS.routerStatus, (json) => {
        const status = RouterStatusTopicMessage.parse(json);
        if ('stream' in status) this.read.set(`${status.stream}/${status.partition}`, status);
      }),
    ];
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

  /** The next generation of a view. */
  async changeView(view: ViewFixture, change: Partial<ViewMessage>): Promise<void> {
    view.message = { ...view.message, ...change, generation: view.message.generation + 1 };
    await this.announceView(view.message);
  }

  /** More partitions for a stream, its quarantine and its views; the source last, as enforcement would. */
  async growStream(stream: StreamFixture, views: readonly ViewFixture[], partitions: number): Promise<void> {
    const topics = [...views.map(({ topic }) => topic), quarantineTopicOf(stream.name), stream.name];
    for (const name of topics) {
      const asked = [{ name, count: partitions, assignments: null }];
      const { results } = await this.world.wire.any(createPartitionsV3.api, asked, WITHIN_MS, false);
      assertNone(results[0]?.errorCode ?? -1, `more partitions for ${name}`);
      await this.admin.waitForTopic(name);
    }
    stream.message = { ...stream.message, partitions };
    await this.announce(CONTROL_TOPICS.streams, stream.name, stream.message);
    for (const view of views) await this.changeView(view, { partitions });
  }

  /** A person orders a partition whose place is lost to begin anew. */
  async orderNewBeginning(order: Ulid, stream: StreamFixture, partition: number, offset: bigint): Promise<void> {
    const topic = await this.world.wire.topic(stream.name);
    await this.announce(CONTROL_TOPICS.routerOrders, order, {
      format: 1,
      kind: 'begin-anew',
      order,
      stream: stream.name,
      partition,
      topicId: topic?.id,
      offset: String(offset),
      view: null,
      requestedBy: 'resilience',
      at: new Date().toISOString(),
    } satisfies Record<keyof Extract<RouterOrder, { kind: 'begin-anew' }>, unknown>);
  }

  /** The topic goes and comes back under the same name, empty. */
  async recreateTopic(
    name: string,
    how: { partitions: number; timestamps: 'CreateTime' | 'LogAppendTime' },
  ): Promise<void> {
    await this.admin.deleteTopic(name);
    await waitUntil(`${name} is gone`, async () => (await this.world.wire.topic(name)) === null);
    await this.createTopics([name], how.partitions, {
      'retention.ms': MONTH_MS,
      'message.timestamp.type': how.timestamps,
    });
  }

  /** What routers do with every partition of every stream. */
  partitions(): RouterStatusMessage[] {
    return [...this.read.values()];
  }

  /** What the router does with a partition of a stream; undefined as long as nothing was reported. */
  partition(stream: StreamFixture, partition: number): RouterStatusMessage | undefined {
    return this.read.get(`${stream.name}/${partition}`);
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
    await Promise.all(this.followers.map((f) => f.close()));
    await this.producer.close();
    await this.admin.close();
  }

  private async createTopics(names: string[], partitions: number, configs: Record<string, string>): Promise<void> {
    for (const name of names) await this.admin.createTopic({ name, partitions, configs });
    await Promise.all(names.map((name) => this.admin.waitForTopic(name)));
  }
}

const follow = (world: World, topic: string, take: (json: unknown) => void): TopicFollower =>
  openFollower(world.internal, {
    topic,
    onRecord: ({ value }) => void (value !== null && take(JSON.parse(value.toString()))),
  });

/** Streams, views and events of one spec: what the catalogue and the subscription service would announce. */
import { frameOf, projectSchema } from '@citystreams/avro';
import {
  CONTROL_TOPICS,
  type Level,
  quarantineTopicOf,
  type RouterOrder,
  type RouterBeatMessage,
  type RouterStatusMessage,
  RouterStatusTopicMessage,
  type StreamName,
  subjectOf,
  type Ulid,
  type ViewMessage,
  ViewStatusMessage,
  viewTopicOf,
} from '@citystreams/contracts';
import { openAdmin, openFollower, openProducer, type TopicFollower } from '@citystreams/kafka';
import { stack, waitUntil } from '@citystreams/testing';
import {
  DAY_MS,
  eventOf,
  headersOf,
  MOVEMENT,
  movementCodec,
  reportOf,
  streamMessage,
  viewReportOf,
} from './movements.js';
import { ulid } from './ulid.js';

let nextSchemaId = 1_000 + Math.floor(Math.random() * 1_000_000) * 1_000;

export interface TestStream {
  readonly name: StreamName;
  readonly schemaId: number;
  readonly partitions: number;
  /** Events `from` up to `to`, in order in each partition. */
  publish(from: number, to: number): Promise<void>;
  /** A value as it is, in partition 0. */
  publishRaw(value: Buffer | null, timestamp?: number): Promise<void>;
}

export interface ViewWish {
  history?: 'retained' | 'from-grant';
  fields?: string[];
  level?: Level;
  replayFrom?: string | null;
  predicate?: ViewMessage['definition']['predicate'];
  /** Neither its topic nor its schemas are there. */
  isAnnouncedOnly?: boolean;
  /** Only its topic and schemas are there; `announceAgain` announces it. */
  isAnnouncedLater?: boolean;
}

export interface Scene {
  /**
   * `isKnown`: some router has reported it before, but nothing of it is committed. `quarantineBytes`: the longest record
   * that its quarantine takes.
   */
  stream(partitions?: number, options?: { isKnown?: boolean; quarantineBytes?: number }): Promise<TestStream>;
  /** Reports a view as running where nothing of it is committed. */
  claimRunning(view: ViewMessage): Promise<void>;
  view(stream: TestStream, wish?: ViewWish): Promise<ViewMessage>;
  /** An id that nothing is registered under. */
  freshSchemaId(): number;
  /** Announces a view again, changed, as its next generation. */
  announce(view: ViewMessage, change: Partial<ViewMessage>): Promise<ViewMessage>;
  /** Announces it as it is. */
  announceAgain(view: ViewMessage): Promise<void>;
  /** Nobody holds it any more. */
  end(view: ViewMessage): Promise<ViewMessage>;
  /** The view's schemas for these writer versions; the first one unless told. */
  announceSchemas(view: ViewMessage, writerSchemaIds?: number[]): Promise<void>;
  /** A further version of a stream, of the same form, under another id. */
  announceVersion(stream: TestStream, schemaId: number): Promise<void>;
  createTopic(name: string, partitions: number): Promise<void>;
  order(order: RouterOrder): Promise<void>;
  status(view: Ulid, partition: number): ViewStatusMessage | undefined;
  partition(stream: StreamName, partition: number): RouterStatusMessage | undefined;
  /** What the router of a slot said of itself last. */
  router(slot: string): RouterBeatMessage | undefined;
  /** Waits until every partition of the view is reported so under its generation. */
  until(view: ViewMessage, state: ViewStatusMessage['state'], also?: (s: ViewStatusMessage) => boolean): Promise<void>;
  readonly admin: ReturnType<typeof openAdmin>;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const prefix = stack().freshTopicPrefix();
  const root = stack().internalKafka;
  const admin = openAdmin(root);
  const producer = openProducer(root);
  const views = new Map<string, ViewStatusMessage>();
  const partitions = new Map<string, RouterStatusMessage>();
  const routers = new Map<string, RouterBeatMessage>();
  const viewSchemas = new Map<string, number>();
  const followers: TopicFollower[] = [
    openFollower(root, {
      topic: CONTROL_TOPICS.viewStatus,
      onRecord: ({ value }) => {
        const status = ViewStatusMessage.safeParse(JSON.parse(String(value)));
        if (status.success) views.set(`${status.data.view}/${status.data.partition}`, status.data);
      },
    }),
    openFollower(root, {
      topic: CONTROL_TOPICS.routerStatus,
      onRecord: ({ value }) => {
        const status = RouterStatusTopicMessage.safeParse(JSON.parse(String(value)));
        if (!status.success) return;
        if ('stream' in status.data) partitions.set(`${status.data.stream}/${status.data.partition}`, status.data);
        else routers.set(status.data.slot, status.data);
      },
    }),
  ];
  await Promise.all(followers.map((follower) => follower.caughtUp()));
  const tell = (topic: string, key: string, message: object) =>
    producer.send([{ topic, key: Buffer.from(key), value: Buffer.from(JSON.stringify(message)), headers: [] }]);
  const topics: string[] = [];
  const createTopic = async (name: string, count: number, configs: Record<string, string>) => {
    topics.push(name);
    await admin.createTopic({ name, partitions: count, configs });
    await admin.waitForTopic(name);
  };
  let streams = 0;

  const scene: Scene = {
    admin,
    async stream(count = 2, { isKnown = false, quarantineBytes = 16 << 20 } = {}) {
      const name = `${prefix}port.movement-${streams++}` as StreamName;
      const schemaId = nextSchemaId++;
      await createTopic(name, count, {});
      await createTopic(quarantineTopicOf(name), count, { 'max.message.bytes': String(quarantineBytes) });
      const right = { principal: 'User:citystreams.router', resourceType: 'topic', resourceName: name } as const;
      await admin.allow([{ ...right, pattern: 'literal', operation: 'read', permission: 'allow' }]);
      if (isKnown) {
        const topicId = (await admin.describeTopic(name))?.id ?? '';
        for (let p = 0; p < count; p++) {
          await tell(CONTROL_TOPICS.routerStatus, `${name}/${p}`, reportOf(name, topicId, p));
        }
      }
      firstSchemas.set(name, schemaId);
      await tell(CONTROL_TOPICS.streams, name, streamMessage(name, [schemaId], count));
      return {
        name,
        schemaId,
        partitions: count,
        publish: (from, to) =>
          producer.send(
            Array.from({ length: to - from }, (_, i) => from + i).map((n) => ({
              topic: name,
              partition: n % count,
              key: Buffer.from(`f-${n % 17}`),
              value: frameOf(schemaId, movementCodec.encode(eventOf(n))),
              headers: headersOf(n),
            })),
          ),
        publishRaw: (value, timestamp = Date.now()) =>
          producer.send([{ topic: name, partition: 0, key: null, value, headers: [], timestamp: BigInt(timestamp) }]),
      };
    },
    async view(stream, wish = {}) {
      const id = ulid() as Ulid;
      const view: ViewMessage = {
        format: 1,
        view: id,
        topic: viewTopicOf(stream.name, id),
        identity: id
          .toLowerCase()
          .padEnd(64, '0')
          .replace(/[^0-9a-f]/g, 'a'),
        definition: {
          stream: stream.name,
          fields: wish.fields ?? ['id', 'n'],
          masks: {},
          predicate: wish.predicate ?? null,
          key: 'field',
          history: wish.history ?? 'retained',
          retentionMs: DAY_MS,
          entitlement: null,
        },
        level: wish.level ?? 'L2',
        partitions: stream.partitions,
        generation: 1,
        replayFrom: wish.replayFrom ?? null,
        holders: [
          {
            entitlement: ulid() as Ulid,
            validFrom: new Date(Date.now() - 1000).toISOString(),
            validTo: null,
          },
        ],
      };
      if (wish.isAnnouncedOnly !== true) {
        await createTopic(view.topic, stream.partitions, {});
        await scene.announceSchemas(view);
      }
      if (wish.isAnnouncedLater !== true) await tell(CONTROL_TOPICS.views, id, view);
      return view;
    },
    freshSchemaId: () => nextSchemaId++,
    async announce(view, change) {
      const next = { ...view, ...change, generation: view.generation + 1 };
      await tell(CONTROL_TOPICS.views, view.view, next);
      return next;
    },
    announceAgain: (view) => tell(CONTROL_TOPICS.views, view.view, view),
    end: (view) => scene.announce(view, { holders: [] }),
    async announceSchemas({ topic, definition }, writerSchemaIds = [firstSchemaOf(definition.stream)]) {
      const schema = JSON.stringify(projectSchema(MOVEMENT, definition.fields, definition.masks));
      const viewSchemaId = viewSchemas.get(topic + schema) ?? nextSchemaId++;
      viewSchemas.set(topic + schema, viewSchemaId);
      await tell(CONTROL_TOPICS.streams, topic, {
        format: 1,
        kind: 'view-schemas',
        topic,
        stream: definition.stream,
        schemas: writerSchemaIds.map((writerSchemaId) => ({ writerSchemaId, viewSchemaId, schema })),
      });
    },
    announceVersion: ({ name, schemaId, partitions: count }, next) =>
      tell(CONTROL_TOPICS.streams, name, streamMessage(name, [schemaId, next], count)),
    createTopic: (name, count) => createTopic(name, count, {}),
    async claimRunning({ view, generation, partitions: count }) {
      for (let partition = 0; partition < count; partition++) {
        const status = viewReportOf(view, partition, generation);
        await tell(CONTROL_TOPICS.viewStatus, `${view}/${partition}`, status);
      }
    },
    async order(order) {
      await tell(CONTROL_TOPICS.routerOrders, order.order, order);
    },
    status: (view, partition) => views.get(`${view}/${partition}`),
    router: (slot) => routers.get(slot),
    partition: (stream, partition) => partitions.get(`${stream}/${partition}`),
    async until(view, state, also = () => true) {
      await waitUntil(
        `${view.topic} is ${state} under generation ${view.generation}`,
        () =>
          Array.from({ length: view.partitions }, (_, p) => scene.status(view.view, p)).every(
            (s) => s !== undefined && s.state === state && s.generation >= view.generation && also(s),
          ),
        { timeoutMs: 20_000 },
      );
    },
    async close() {
      await Promise.all(followers.map((follower) => follower.close()));
      await producer.close();
      for (const topic of topics) await admin.deleteTopic(topic).catch(() => undefined);
      await admin.close();
    },
  };
  return scene;
}

const firstSchemas = new Map<string, number>();
function firstSchemaOf(stream: StreamName): number {
  const id = firstSchemas.get(stream);
  if (id === undefined) throw new Error(`${subjectOf(stream)} was never announced`);
  return id;
}

/** Streams, views and events of one spec: what the catalogue and the subscription service would announce. */
import { type AvroRecord, compileCodec, frameOf, projectSchema } from '@citystreams/avro';
import {
  CONTROL_TOPICS,
  type Level,
  quarantineTopicOf,
  type RouterOrder,
  RouterStatusMessage,
  type StreamMessage,
  type StreamName,
  subjectOf,
  type Ulid,
  type ViewMessage,
  ViewStatusMessage,
  viewTopicOf,
} from '@citystreams/contracts';
import { openAdmin, openFollower, openProducer, type TopicFollower } from '@citystreams/kafka';
import { stack, waitUntil } from '@citystreams/testing';
import { ulid } from './ulid.js';

const DAY_MS = 86_400_000;
export const MOVEMENT: AvroRecord = {
  type: 'record',
  name: 'Movement',
  namespace: 'city.test',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'long' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'person', type: 'string' },
    { name: 'weight', type: 'double' },
  ],
};
const codec = compileCodec(MOVEMENT);
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
  validTo?: string | null;
}

export interface Scene {
  stream(partitions?: number): Promise<TestStream>;
  view(stream: TestStream, wish?: ViewWish): Promise<ViewMessage>;
  /** Announces a view again, changed, as its next generation. */
  announce(view: ViewMessage, change: Partial<ViewMessage>): Promise<ViewMessage>;
  /** Nobody holds it any more. */
  end(view: ViewMessage): Promise<ViewMessage>;
  announceSchemas(view: ViewMessage): Promise<void>;
  order(order: RouterOrder): Promise<void>;
  status(view: Ulid, partition: number): ViewStatusMessage | undefined;
  partition(stream: StreamName, partition: number): RouterStatusMessage | undefined;
  /** Waits until every partition of the view is reported so under its generation. */
  until(view: ViewMessage, state: ViewStatusMessage['state'], also?: (s: ViewStatusMessage) => boolean): Promise<void>;
  readonly admin: ReturnType<typeof openAdmin>;
  close(): Promise<void>;
}

export function eventOf(n: number): Record<string, unknown> {
  return { id: `f-${n % 17}`, n, at: 1_700_000_000_000 + n, person: `person-${n}`, weight: n / 8 };
}

export async function openScene(): Promise<Scene> {
  const prefix = stack().freshTopicPrefix();
  const root = stack().internalKafka;
  const admin = openAdmin(root);
  const producer = openProducer(root);
  const views = new Map<string, ViewStatusMessage>();
  const partitions = new Map<string, RouterStatusMessage>();
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
        const status = RouterStatusMessage.safeParse(JSON.parse(String(value)));
        if (status.success) partitions.set(`${status.data.stream}/${status.data.partition}`, status.data);
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
    async stream(count = 2) {
      const name = `${prefix}port.movement-${streams++}` as StreamName;
      const schemaId = nextSchemaId++;
      await createTopic(name, count, {});
      await createTopic(quarantineTopicOf(name), count, {});
      const right = { principal: 'User:citystreams.router', resourceType: 'topic', resourceName: name } as const;
      await admin.allow([{ ...right, pattern: 'literal', operation: 'read', permission: 'allow' }]);
      await tell(CONTROL_TOPICS.streams, name, streamMessage(name, schemaId, count));
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
              value: frameOf(schemaId, codec.encode(eventOf(n))),
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
            validTo: wish.validTo ?? null,
          },
        ],
      };
      await createTopic(view.topic, stream.partitions, {});
      await scene.announceSchemas(view);
      await tell(CONTROL_TOPICS.views, id, view);
      return view;
    },
    async announce(view, change) {
      const next = { ...view, ...change, generation: view.generation + 1 };
      await tell(CONTROL_TOPICS.views, view.view, next);
      return next;
    },
    end: (view) => scene.announce(view, { holders: [] }),
    async announceSchemas({ topic, definition }) {
      const writerSchemaId = schemaIdOf(definition.stream);
      const schema = JSON.stringify(projectSchema(MOVEMENT, definition.fields, definition.masks));
      const known = viewSchemas.get(topic + schema) ?? nextSchemaId++;
      viewSchemas.set(topic + schema, known);
      await tell(CONTROL_TOPICS.streams, topic, {
        format: 1,
        kind: 'view-schemas',
        topic,
        stream: definition.stream,
        schemas: [{ writerSchemaId, viewSchemaId: known, schema }],
      });
    },
    async order(order) {
      await tell(CONTROL_TOPICS.routerOrders, order.order, order);
    },
    status: (view, partition) => views.get(`${view}/${partition}`),
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

  function streamMessage(name: StreamName, schemaId: number, count: number): StreamMessage {
    schemaIds.set(name, schemaId);
    return {
      format: 1,
      kind: 'stream',
      stream: name,
      owner: name.slice(0, name.indexOf('.')) as StreamMessage['owner'],
      level: 'L2',
      sharing: 'unconditional',
      visibility: 'listed',
      key: 'id',
      time: 'at',
      retentionMs: DAY_MS,
      partitions: count,
      publishers: [],
      versions: [{ version: 1, schemaId, schema: JSON.stringify(MOVEMENT), fields: [] }],
    };
  }
}

const schemaIds = new Map<string, number>();
function schemaIdOf(stream: string): number {
  const id = schemaIds.get(stream);
  if (id === undefined) throw new Error(`${subjectOf(stream as StreamName)} was never announced`);
  return id;
}

function headersOf(n: number): [string, Buffer][] {
  return [
    ['ce_specversion', Buffer.from('1.0')],
    ['ce_type', Buffer.from('city.test.Movement')],
    ['ce_source', Buffer.from('/port')],
    ['ce_id', Buffer.from(`e-${n}`)],
    ['ce_time', Buffer.from(new Date(1_700_000_000_000 + n).toISOString())],
    ['content-type', Buffer.from('application/avro')],
  ];
}

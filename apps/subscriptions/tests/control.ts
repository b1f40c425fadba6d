/** The rest of the platform, as the service meets it on Kafka: a catalogue that announces, a router that reports. */
import { parseContract } from '@citystreams/avro';
import {
  CONTROL_TOPICS,
  EntitlementMessage,
  Notice,
  noticeTopicOf,
  type QuarantineMessage,
  RouterOrder,
  type RouterStatusTopicMessage,
  type SharingAttribute,
  StreamMessage,
  type ViewStatusMessage,
  ViewMessage,
} from '@citystreams/contracts';
import { type KafkaSettings, openFollower, openProducer } from '@citystreams/kafka';
import { stack, waitUntil } from '@citystreams/testing';

export interface Control {
  announceStream(stream: string, over?: StreamOptions): Promise<void>;
  /** Reports every partition of a view as this, once its announcement has reached that generation. */
  report(view: string, state: ViewStatusMessage['state'], over?: Partial<ViewStatusMessage>): Promise<void>;
  /** As a router tells of its quarantine. */
  tellOfQuarantine(...news: QuarantineMessage[]): Promise<void>;
  /** What the service ordered routers to do for a stream, in order. */
  orders(stream: string): RouterOrder[];
  /** As a router tells of itself, or of a partition that it reads. */
  tellOfRouter(status: RouterStatusTopicMessage): Promise<void>;
  /** The last announcement of a view. */
  view(view: string): ViewMessage | undefined;
  /** Every announcement of an entitlement, oldest first. */
  entitlement(id: string): EntitlementMessage[];
  /** Every entitlement of a consumer that was ever announced. */
  announced(consumer: string): string[];
  notices(agency: string): Promise<Notice[]>;
  close(): Promise<void>;
}

export interface StreamOptions {
  sharing?: SharingAttribute;
  visibility?: 'listed' | 'hidden';
  level?: 'L1' | 'L2' | 'L3';
}

export const PARTITIONS = 2;
const DAY_MS = 86_400_000;

export async function openControl(publisher: string): Promise<Control> {
  const catalogue = await stack().connectAs('citystreams.catalogue', { agency: 'citystreams' });
  const router = await stack().connectAs('citystreams.router', { agency: 'citystreams' });
  const catalogueOut = openProducer(catalogue.settings);
  const routerOut = openProducer(router.settings);
  const views = new Map<string, ViewMessage>();
  const entitlements: EntitlementMessage[] = [];
  const orders: RouterOrder[] = [];
  const followers = [
    follow(router.settings, CONTROL_TOPICS.views, ViewMessage, (view) => {
      views.set(view.view, view);
    }),
    follow(stack().internalKafka, CONTROL_TOPICS.entitlements, EntitlementMessage, (message) => {
      entitlements.push(message);
    }),
    follow(router.settings, CONTROL_TOPICS.routerOrders, RouterOrder, (order) => {
      orders.push(order);
    }),
  ];
  const send = (producer: typeof routerOut, topic: string, key: string, message: object) =>
    producer.send([{ topic, key: Buffer.from(key), value: Buffer.from(JSON.stringify(message)), headers: [] }]);
  return {
    announceStream: (stream, over = {}) =>
      send(catalogueOut, CONTROL_TOPICS.streams, stream, streamMessage(stream, publisher, over)),
    async report(view, state, over = {}) {
      const isAnnounced = () => (views.get(view)?.generation ?? 0) >= (over.generation ?? 1);
      await waitUntil(`view ${view} is announced`, isAnnounced);
      const message = views.get(view) as ViewMessage;
      for (let partition = 0; partition < message.partitions; partition += 1) {
        const status: ViewStatusMessage = {
          format: 1,
          view: message.view,
          partition,
          generation: message.generation,
          state,
          position: String(100 + partition),
          stoppedAt: state === 'stopped' ? String(100 + partition) : null,
          counts: { read: 0, written: 0, withheld: 0, quarantined: 0 },
          error: null,
          slot: 'test',
          at: new Date().toISOString(),
          ...over,
        };
        await send(routerOut, CONTROL_TOPICS.viewStatus, `${view}/${partition}`, status);
      }
    },
    async tellOfQuarantine(...news) {
      for (const one of news) await send(routerOut, CONTROL_TOPICS.quarantine, `${one.stream}/${one.partition}`, one);
    },
    orders: (stream) => orders.filter((order) => order.stream === stream),
    tellOfRouter: (status) =>
      send(
        routerOut,
        CONTROL_TOPICS.routerStatus,
        'stream' in status ? `${status.stream}/${status.partition}` : `router/${status.slot}`,
        status,
      ),
    view: (view) => views.get(view),
    entitlement: (id) => entitlements.filter((e) => e.entitlement === id),
    announced: (consumer) => entitlements.filter((e) => e.consumer === consumer).map((e) => e.entitlement),
    async notices(agency) {
      const found: Notice[] = [];
      const follower = follow(stack().internalKafka, noticeTopicOf(agency as never), Notice, (notice) => {
        found.push(notice);
      });
      await follower.caughtUp();
      await follower.close();
      return found;
    },
    async close() {
      await Promise.all(followers.map((f) => f.close()));
      await Promise.all([catalogueOut.close(), routerOut.close()]);
      catalogue.close();
      router.close();
    },
  };
}

/** The control topics are everybody's: another spec may put there what nobody understands, to see that it has no effect. */
const follow = <T>(
  settings: KafkaSettings,
  topic: string,
  shape: { safeParse(json: unknown): { success: true; data: T } | { success: false } },
  take: (message: T) => void,
) =>
  openFollower(settings, {
    topic,
    onRecord: ({ value }) => {
      const parsed = shape.safeParse(jsonOf(value));
      if (parsed.success) take(parsed.data);
    },
  });

function jsonOf(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? 'null');
  } catch {
    return undefined;
  }
}

function streamMessage(stream: string, publisher: string, over: StreamOptions): StreamMessage {
  const level = over.level ?? 'L2';
  const field = (name: string, type: string, category: string, of = 'L1') => ({
    name,
    type,
    doc: `The ${name}.`,
    classification: { level: of, category },
  });
  const schema = {
    type: 'record',
    name: 'FlightMovement',
    namespace: 'city.airport',
    doc: 'A flight moved.',
    key: 'flightId',
    fields: [
      field('flightId', 'string', 'identifier'),
      field('delay', 'int', 'measurement'),
      field('origin', 'string', 'location'),
      field('gate', 'string', 'description', level),
    ],
  };
  const parsed = parseContract(schema);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return StreamMessage.parse({
    format: 1,
    kind: 'stream',
    stream,
    owner: stream.split('.')[0],
    level,
    sharing: over.sharing ?? 'conditional',
    visibility: over.visibility ?? 'listed',
    key: 'flightId',
    time: null,
    retentionMs: 30 * DAY_MS,
    partitions: PARTITIONS,
    publishers: [publisher],
    versions: [{ version: 1, schemaId: 1, schema: JSON.stringify(schema), fields: parsed.contract.fields }],
  });
}

/** The control topics of this run as the subscription service writes them and as everybody reads them. */
import { randomBytes } from 'node:crypto';
import {
  CONTROL_TOPICS,
  EntitlementMessage,
  StreamName,
  StreamsTopicMessage,
  Ulid,
  ViewMessage,
  viewTopicOf,
} from '@citystreams/contracts';
import { openFollower, openProducer } from '@citystreams/kafka';
import { stack } from '@citystreams/testing';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const newUlid = (): Ulid =>
  Ulid.parse(`01${[...randomBytes(24)].map((byte) => CROCKFORD[byte % CROCKFORD.length]).join('')}`);

/** A view of some fields of a stream, held by nobody yet. */
export function viewOf(stream: string, fields: string[], masks: ViewMessage['definition']['masks'] = {}): ViewMessage {
  const view = newUlid();
  const name = StreamName.parse(stream);
  return ViewMessage.parse({
    format: 1,
    view,
    topic: viewTopicOf(name, view),
    identity: randomBytes(32).toString('hex'),
    definition: {
      stream,
      fields,
      masks,
      predicate: null,
      key: 'field',
      history: 'retained',
      retentionMs: 1,
      entitlement: null,
    },
    level: 'L1',
    partitions: 1,
    generation: 1,
    replayFrom: null,
    holders: [],
  });
}

export interface ControlTopics {
  announceView(view: ViewMessage): Promise<void>;
  announceEntitlement(entitlement: EntitlementMessage): Promise<void>;
  write(topic: string, key: string, value: string): Promise<void>;
  /** What the catalogue has announced of a stream and its views, in order. */
  announcedOf(stream: string): StreamsTopicMessage[];
  close(): Promise<void>;
}

export function openControlTopics(): ControlTopics {
  const announced: StreamsTopicMessage[] = [];
  const producer = openProducer(stack().internalKafka);
  const follower = openFollower(stack().internalKafka, {
    topic: CONTROL_TOPICS.streams,
    onRecord: ({ value }) => {
      if (value !== null) announced.push(StreamsTopicMessage.parse(JSON.parse(value.toString())));
    },
  });
  const write = (topic: string, key: string, value: string): Promise<void> =>
    producer.send([{ topic, key: Buffer.from(key), value: Buffer.from(value), headers: [] }]);
  return {
    announceView: (view) => write(CONTROL_TOPICS.views, view.view, JSON.stringify(view)),
    announceEntitlement: (entitlement) =>
      write(
        CONTROL_TOPICS.entitlements,
        entitlement.entitlement,
        JSON.stringify(EntitlementMessage.parse(entitlement)),
      ),
    write,
    announcedOf: (stream) => announced.filter((message) => message.stream === stream),
    close: async () => {
      await follower.close();
      await producer.close();
    },
  };
}

/** The control messages that catalogue and subscriptions would write for the measured streams and views. */
import {
  CONTROL_TOPICS,
  ownerOf,
  PrincipalId,
  StreamMessage,
  type StreamName,
  Ulid,
  ViewMessage,
  ViewSchemasMessage,
} from '@citystreams/contracts';
import { openProducer, type OutgoingRecord } from '@citystreams/kafka';
import type { Stand } from '../stand/stand.js';
import { type BenchView, PARTITIONS, SOURCE_SCHEMA_ID, sourceSchema, topicOf } from './workload.js';

const RETENTION_MS = 7 * 24 * 3_600_000;
const ENTITLEMENT = Ulid.parse('01JGFJJZ00ZZZZZZZZZZZZZZZZ');
const SINCE = '2025-01-01T00:00:00.000Z';

/** Written as the brokers' internal principal; resolves when the broker has them. View schemas come before views. */
export async function announce(
  stand: Stand,
  streams: readonly { stream: StreamName; schemaId: number }[],
  views: readonly BenchView[],
): Promise<void> {
  const producer = openProducer(stand.internal);
  try {
    await producer.send([
      ...streams.map(({ stream, schemaId }) => record(CONTROL_TOPICS.streams, stream, streamMessage(stream, schemaId))),
      ...views.map((view) => {
        const writer = streams.find(({ stream }) => stream === view.stream)?.schemaId ?? SOURCE_SCHEMA_ID;
        return record(CONTROL_TOPICS.streams, topicOf(view), schemasMessage(view, writer));
      }),
    ]);
    await producer.send(views.map((view) => record(CONTROL_TOPICS.views, view.id, viewMessage(view))));
  } finally {
    await producer.close();
  }
}

const record = (topic: string, key: string, message: object): OutgoingRecord => ({
  topic,
  key: Buffer.from(key),
  value: Buffer.from(JSON.stringify(message)),
  headers: [],
});

function streamMessage(stream: StreamName, schemaId: number): StreamMessage {
  const schema = sourceSchema();
  const { fields } = JSON.parse(schema) as { fields: { name: string; type: unknown }[] };
  return StreamMessage.parse({
    format: 1,
    kind: 'stream',
    stream,
    owner: ownerOf(stream),
    level: 'L2',
    sharing: 'conditional',
    visibility: 'listed',
    key: 'orderId',
    time: 'placedAt',
    retentionMs: RETENTION_MS,
    partitions: PARTITIONS,
    publishers: [PrincipalId.parse('bench.peers')],
    versions: [
      {
        version: 1,
        schemaId,
        schema,
        fields: fields.map(({ name, type }) => ({
          path: name,
          type: typeof type === 'string' ? type : JSON.stringify(type),
          doc: '',
          level: 'L2',
          category: 'description',
        })),
      },
    ],
  });
}

const schemasMessage = (view: BenchView, writerSchemaId: number): ViewSchemasMessage =>
  ViewSchemasMessage.parse({
    format: 1,
    kind: 'view-schemas',
    topic: topicOf(view),
    stream: view.stream,
    schemas: [{ writerSchemaId, viewSchemaId: view.schemaId, schema: view.schema }],
  });

/** @throws ZodError when the contracts of this tree do not know one of the view's masks */
const viewMessage = (view: BenchView): ViewMessage =>
  ViewMessage.parse({
    format: 1,
    view: view.id,
    topic: topicOf(view),
    identity: view.identity,
    definition: view.definition,
    level: 'L2',
    partitions: PARTITIONS,
    generation: 1,
    replayFrom: null,
    holders: [{ entitlement: ENTITLEMENT, validFrom: SINCE, validTo: null }],
  });

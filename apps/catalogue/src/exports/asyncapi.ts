/** One stream as AsyncAPI 3 describes it. Pure. */
import type { StreamResource } from '@citystreams/contracts';

const AVRO = 'application/vnd.apache.avro+json;version=1.9.0';
const CLOUD_EVENTS = ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_time', 'content-type'] as const;

/**
 * What the owner's services do is publish; who is entitled receives the same events, or less of them, from a topic of its
 * own. Where brokers are depends on who asks, so no server is named.
 *
 * @param schema Avro JSON of the newest version
 */
export function asyncApiOf(stream: StreamResource, schema: unknown): object {
  const { title, description, owner, ownerName, contact, level, sharing, version } = stream;
  return {
    asyncapi: '3.0.0',
    id: `urn:citystreams:stream:${stream.stream}`,
    info: {
      title: `${title.en} · ${title.zh}`,
      version: String(version),
      description,
      contact: { name: `${ownerName.en} · ${ownerName.zh}`, email: contact },
      tags: [{ name: owner }, { name: level }, { name: sharing }, ...stream.concepts.map((name) => ({ name }))],
    },
    defaultContentType: 'application/avro',
    channels: {
      source: {
        address: stream.stream,
        title: title.en,
        description: `Source topic. Only ${stream.publishers.join(', ')} may write it, and no agency reads it.`,
        messages: { event: { $ref: '#/components/messages/event' } },
        bindings: {
          kafka: { topic: stream.stream, partitions: stream.partitions, bindingVersion: '0.5.0' },
        },
      },
      view: {
        address: `view.${stream.stream}.{view}`,
        title: `What an entitled agency receives of ${title.en}`,
        description:
          'Fields, masks and rows as its entitlement says; each view has a schema of its own in the registry.',
        parameters: { view: { description: 'ULID of the view, as the entitlement names it.' } },
        messages: { event: { $ref: '#/components/messages/view' } },
      },
    },
    operations: {
      publish: {
        action: 'send',
        channel: { $ref: '#/channels/source' },
        summary: `A service of ${ownerName.en} publishes an event.`,
        messages: [{ $ref: '#/channels/source/messages/event' }],
      },
      receive: {
        action: 'receive',
        channel: { $ref: '#/channels/view' },
        summary: 'A service of an entitled agency receives what was decided.',
        messages: [{ $ref: '#/channels/view/messages/event' }],
      },
    },
    components: {
      messages: {
        event: {
          name: eventName(schema),
          title: title.en,
          summary: description,
          contentType: 'application/avro',
          headers: headersOf(),
          payload: { schemaFormat: AVRO, schema },
          bindings: {
            kafka: {
              key: { type: 'string', description: `The value of \`${stream.key}\`, as text.` },
              schemaIdLocation: 'payload',
              schemaIdPayloadEncoding: 'confluent',
              schemaLookupStrategy: 'TopicNameStrategy',
              bindingVersion: '0.5.0',
            },
          },
        },
        view: {
          name: `${eventName(schema)}View`,
          title: `${title.en}, as far as the entitlement goes`,
          contentType: 'application/avro',
          headers: headersOf(),
        },
      },
    },
    'x-citystreams': {
      level,
      sharing,
      visibility: stream.visibility,
      state: stream.state,
      retentionDays: stream.retentionDays,
      fields: stream.fields.map(({ path, level: own, category, concept }) => ({ path, level: own, category, concept })),
    },
  };
}

/** CloudEvents in Kafka's binary mode. */
const headersOf = (): object => ({
  type: 'object',
  properties: Object.fromEntries(CLOUD_EVENTS.map((name) => [name, { type: 'string' }])),
  required: CLOUD_EVENTS.filter((name) => name !== 'ce_time'),
});

const eventName = (schema: unknown): string => {
  const name = typeof schema === 'object' && schema !== null && 'name' in schema ? schema.name : null;
  return typeof name === 'string' ? name : 'Event';
};

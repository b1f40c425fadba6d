/** What programs of an agency do with the city's registry: `confluent` or `kafkajs`, then `publish` or `subscribe`. */
import { begin, end, library, step, url } from './report.mjs';

const [client, role] = process.argv.slice(2);
const { TOPIC: topic, OTHER_ID: otherId, CLIENT_ID: clientId, CLIENT_SECRET: secret } = process.env;
const event = Buffer.from(process.env.EVENT ?? '', 'base64');
const bare = JSON.parse(process.env.BARE ?? 'null');
const subject = `${topic}-value`;
const foreign = Buffer.concat([Buffer.from([0]), idBytes(Number(otherId)), event.subarray(5)]);
const plain = (value) => JSON.parse(JSON.stringify(value));

function idBytes(id) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(id);
  return bytes;
}

async function confluent() {
  begin('@confluentinc/schemaregistry', role);
  const { AvroDeserializer, SchemaRegistryClient, SerdeType } = library('@confluentinc/schemaregistry');
  const registry = (password = secret) =>
    new SchemaRegistryClient({
      baseURLs: [url],
      maxRetries: 0,
      basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: `${clientId}:${password}` },
    });
  const read = async (bytes) =>
    plain(await new AvroDeserializer(registry(), SerdeType.VALUE, {}).deserialize(topic, bytes));
  await step('with a wrong secret', () => registry('wrong').getAllSubjects());
  await step('subjects', () => registry().getAllSubjects());
  if (role === 'subscribe') {
    await step('event', () => read(event));
    await step("event with the id of another's schema", () => read(foreign));
    await step("writing the view's subject", () => registry().register(subject, { schema: '"string"' }));
    return;
  }
  const { id } = await registry().getLatestSchemaMetadata(subject);
  const registered = () => registry().register(subject, { schemaType: 'AVRO', schema: JSON.stringify(bare) });
  await step('id without docs and attributes', async () => (await registered()) === id);
  await step('level', () => registry().getCompatibility(subject));
  await step('another level', () => registry().updateCompatibility(subject, 'NONE'));
  await step('deletion', () => registry().deleteSubject(subject));
}

async function kafkajs() {
  begin('@kafkajs/confluent-schema-registry', role);
  const { SchemaRegistry, SchemaType } = library('@kafkajs/confluent-schema-registry');
  const registry = (password = secret) =>
    new SchemaRegistry({ host: url, auth: { username: clientId, password }, retry: { retries: 0 } });
  await step('with a wrong secret', () => registry('wrong').getLatestSchemaId(subject));
  if (role === 'subscribe') {
    await step('event', async () => plain(await registry().decode(event)));
    await step("event with the id of another's schema", () => registry().decode(foreign));
    return;
  }
  const id = await registry().getLatestSchemaId(subject);
  const schema = { type: SchemaType.AVRO, schema: JSON.stringify(bare) };
  // The library also sets a level, BACKWARD if none is named, for a subject that has none of its own.
  const register = async (options) => {
    try {
      return (await registry().register(schema, { subject, ...options })).id === id;
    } catch (error) {
      return error.message;
    }
  };
  await step('id without docs and attributes', () => register({}));
  await step('and again', () => register({}));
  await step('with the level that holds', () => register({ compatibility: 'FULL_TRANSITIVE' }));
  await step('with a level that does not hold', () => register({ compatibility: 'NONE' }));
}

await (client === 'confluent' ? confluent() : kafkajs());
end();

/** What a program with @kafkajs/confluent-schema-registry does with a schema registry. */
import { begin, end, library, scenario, step, url } from './report.mjs';

const { SchemaRegistry, SchemaType } = library('@kafkajs/confluent-schema-registry');

const { topic, v1, event } = scenario;
const subject = `${topic}-value`;
const v2 = { ...v1, fields: [...v1.fields, scenario.added] };
const broken = { ...v1, fields: [...v1.fields, scenario.addedWithoutDefault] };

/** A client that remembers nothing. */
const client = () => new SchemaRegistry({ host: url, retry: { retries: 0 } });
const avro = (schema, more = {}) => ({ type: SchemaType.AVRO, schema: JSON.stringify(schema), ...more });
const plain = (value) => JSON.parse(JSON.stringify(value));

/** Asks for the subject's own level, and sets BACKWARD where none is set. */
const register = (schema, name = subject, more = {}) => client().register(schema, { subject: name, ...more });

async function readingAndWriting() {
  const { id } = await register(avro(v1));
  const data = await client().encode(id, event);
  await step('round trip', async () => plain(await client().decode(data)));
  await step('same id again', async () => (await register(avro(v1))).id === id);
  await step(
    'same id without registering',
    async () => (await client().getRegistryIdBySchema(subject, avro(v1))) === id,
  );
  // This library makes an error of its own of a 404 here; its message is the registry's.
  const lookedUp = async (name, schema) => {
    try {
      return await client().getRegistryIdBySchema(name, schema);
    } catch (error) {
      return error.message;
    }
  };
  await step('message of an unknown subject', () => lookedUp('unknown', avro(v1)));
  await step('message of an unknown schema', () => lookedUp(subject, avro(v2)));
  const newer = await register(avro(v2));
  await step('latest version is used', async () => (await client().getLatestSchemaId(subject)) === newer.id);
  await step('latest version of an unknown subject', () => client().getLatestSchemaId('unknown'));
  const reader = (schema) => ({ [SchemaType.AVRO]: { readerSchema: schema } });
  await step('old event for a new reader', async () => (await client().decode(data, reader(v2))).pilot);
  await step('new event for an old reader', async () => {
    const written = await client().encode(newer.id, { ...event, pilot: 'Li' });
    return JSON.stringify(await client().decode(written, reader(v1))) === JSON.stringify(event);
  });
  await step('unknown id', () => client().decode(Buffer.concat([Buffer.from([0, 0, 15, 66, 63]), data.subarray(5)])));
  await step('unknown subject', () => client().getRegistryId('unknown', 1));
  await step('unknown version', () => client().getRegistryId(subject, 77));
  await step('by version', async () => (await client().getRegistryId(subject, 1)) === id);
}

async function references() {
  const address = 'city.harbour.Address';
  await register(avro(scenario.address), address);
  const visit = avro(scenario.visit, { references: [{ name: address, subject: address, version: 1 }] });
  const { id } = await register(visit, 'visit-value');
  await step('round trip with a reference', async () =>
    plain(await client().decode(await client().encode(id, scenario.visitEvent))),
  );
}

async function levels() {
  await step('registering what is incompatible', () => register(avro(broken)));
  const other = async (compatibility) => {
    try {
      return (await register(avro(v1), 'levelled', { compatibility })).id > 0;
    } catch (error) {
      return error.message;
    }
  };
  await step('registering with a level', () => other('FULL'));
  await step('registering again with this level', () => other('FULL'));
  await step('registering with another level than was set', () => other('NONE'));
}

async function names() {
  const { id } = await register(avro(v1), scenario.oddSubject);
  await step('odd name found', async () => (await client().getLatestSchemaId(scenario.oddSubject)) === id);
}

async function atOnce() {
  const schema = avro({ ...v1, name: 'AtOnce' });
  const ids = await Promise.all(Array.from({ length: 64 }, async () => (await register(schema, 'at-once')).id));
  await step('ids of many at once', () => new Set(ids).size);
}

begin('@kafkajs/confluent-schema-registry');
await readingAndWriting();
await references();
await levels();
await names();
await atOnce();
end();

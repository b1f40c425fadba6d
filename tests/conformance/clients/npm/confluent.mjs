/** What a program with @confluentinc/schemaregistry does with a schema registry. */
import { begin, end, library, scenario, step, url } from './report.mjs';

const {
  AvroDeserializer,
  AvroSerializer,
  DualSchemaIdDeserializer,
  HeaderSchemaIdSerializer,
  SchemaRegistryClient,
  SerdeType,
} = library('@confluentinc/schemaregistry');

const { topic, v1, event } = scenario;
const subject = `${topic}-value`;
const v2 = { ...v1, fields: [...v1.fields, scenario.added] };
const broken = { ...v1, fields: [...v1.fields, scenario.addedWithoutDefault] };
const newEvent = { ...event, pilot: 'Li' };

/** A client that remembers nothing. */
const client = () => new SchemaRegistryClient({ baseURLs: [url], maxRetries: 0 });
const avro = (schema, more = {}) => ({ schemaType: 'AVRO', schema: JSON.stringify(schema), ...more });
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const holds = (registered, schema) => isSame(JSON.parse(registered.schema), schema);
const idOf = (bytes) => bytes.readInt32BE(1);

const serialize = (value, conf, { on = topic, headers } = {}) =>
  new AvroSerializer(client(), SerdeType.VALUE, conf).serialize(on, value, headers);
const deserialize = async (bytes, { on = topic, headers, conf = {} } = {}) => {
  const value = await new AvroDeserializer(client(), SerdeType.VALUE, conf).deserialize(on, bytes, headers);
  return JSON.parse(JSON.stringify(value));
};

async function readingAndWriting() {
  const first = await client().register(subject, avro(v1));
  const data = await serialize(event, { useLatestVersion: true });
  await step('round trip', () => deserialize(data));
  await step('versions after the first event', () => client().getAllVersions(subject));
  // With auto.register this library makes a schema of the event itself.
  const made = () => serialize(event, { autoRegisterSchemas: true }, { on: 'made' });
  await step('same id again', async () => idOf(await made()) === idOf(await made()));
  await step('same id without registering', async () => idOf(await serialize(event, { useSchemaId: first })) === first);
  await step('unknown subject without registering', () => serialize(event, {}, { on: 'unknown' }));
  await step('unknown schema without registering', () => serialize(event, {}));
  const newer = await client().register(subject, avro(v2));
  await step(
    'latest version is used',
    async () => idOf(await serialize(newEvent, { useLatestVersion: true })) === newer,
  );
  await step('latest version of an unknown subject', () =>
    serialize(event, { useLatestVersion: true }, { on: 'unknown' }),
  );
  const latest = { conf: { useLatestVersion: true } };
  await step('old event for a new reader', async () => (await deserialize(data, latest)).pilot);
  await step('unknown id', () => deserialize(Buffer.concat([Buffer.from([0, 0, 15, 66, 63]), data.subarray(5)])));
  await step('keys', async () => (await client().register(`${topic}-key`, avro('string'))) > 0);
  const headers = {};
  const inHeader = { useSchemaId: first, schemaIdSerializer: HeaderSchemaIdSerializer };
  const bare = await serialize(event, inHeader, { headers });
  const fromHeader = { headers, conf: { schemaIdDeserializer: DualSchemaIdDeserializer } };
  await step('round trip with the guid in a header', () => deserialize(bare, fromHeader));
}

async function schemas() {
  const registered = await client().getLatestSchemaMetadata(subject);
  await step('latest', () => [registered.subject, registered.version, holds(registered, v2)]);
  await step('by id and subject', async () => holds(await client().getBySubjectAndId(subject, registered.id), v2));
  await step('by guid', async () => holds(await client().getByGuid(registered.guid), v2));
  await step('by version', async () => holds(await client().getSchemaMetadata(subject, 1), v1));
  await step('looked up', () => client().getVersion(subject, avro(v1)));
  await step('unknown subject', () => client().getLatestSchemaMetadata('unknown'));
  await step('unknown version', () => client().getSchemaMetadata(subject, 77));
  await step('unknown schema', () => client().getVersion(subject, avro(broken)));
  await step('unknown guid', () => client().getByGuid('0b7a7e52-3f4c-2d6e-9b61-6d1c2a3f4e5b'));
  await step('no schema', () => client().register(subject, { schemaType: 'AVRO', schema: '{"type":"recor"}' }));
  await step('another language of schemas', () => client().register('json', { schemaType: 'JSON', schema: '{}' }));
}

async function references() {
  const address = 'city.harbour.Address';
  await client().register(address, avro(scenario.address));
  const to = (name) => avro(scenario.visit, { references: [{ name: address, subject: name, version: 1 }] });
  const id = await client().register('visit-value', to(address));
  const data = await serialize(scenario.visitEvent, { useLatestVersion: true }, { on: 'visit' });
  await step('round trip with a reference', () => deserialize(data, { on: 'visit' }));
  await step('references of a schema', async () =>
    (await client().getBySubjectAndId('visit-value', id)).references.map((r) => [r.name, r.subject, r.version]),
  );
  await step('looked up with its reference', () => client().getVersion('visit-value', to(address)));
  await step('reference that is not there', () => client().register('visit-value', to('unknown')));
  await step('deletion of what is referred to', () => client().deleteSubjectVersion(address, 1));
}

async function normalization() {
  const [one, other] = [avro(scenario.attributes), avro(scenario.attributesInAnotherOrder)];
  const id = await client().register('normal', one, true);
  await step('same id when normalised', async () => (await client().register('normal', other, true)) === id);
  await step('looked up when normalised', () => client().getVersion('normal', other, true));
  await step('looked up as it is', () => client().getVersion('normal', one));
  await step('another id as it is', async () => (await client().register('plain', one)) === id);
}

async function compatibility() {
  await step('compatible', () => client().testSubjectCompatibility(subject, avro(v2)));
  await step('incompatible', () => client().testSubjectCompatibility(subject, avro(broken)));
  await step('incompatible with one version', () => client().testCompatibility(subject, 1, avro(broken)));
  await step('compatible with a subject that is not there', () =>
    client().testSubjectCompatibility('unknown', avro(v1)),
  );
  await step('registering what is incompatible', () => client().register(subject, avro(broken)));
  await step('global level', () => client().getDefaultCompatibility());
  await step('level that is not set', () => client().getCompatibility(subject));
  await step('level set', () => client().updateCompatibility(subject, 'NONE'));
  await step('level as it was set', () => client().getCompatibility(subject));
  await step('registering where nothing is compared', async () => (await client().register(subject, avro(broken))) > 0);
  await step('unknown level', () => client().updateCompatibility(subject, 'SIDEWAYS'));
  const config = { compatibility: 'FULL', compatibilityGroup: 'application.major' };
  const values = (found) => [found.compatibility ?? found.compatibilityLevel, found.compatibilityGroup];
  await step('configuration set', async () => values(await client().updateConfig('configured', config)));
  await step('configuration as it was set', async () => values(await client().getConfig('configured')));
}

async function metadata() {
  const ofOwner = (owner, schema) => avro(schema, { metadata: { properties: { owner } } });
  await client().register('owned', ofOwner('harbour', v1));
  await client().register('owned', ofOwner('park', v2));
  const versionOf = async (owner) => (await client().getLatestWithMetadata('owned', { owner })).version;
  await step('latest with metadata', () => versionOf('harbour'));
  await step('metadata nobody has', () => versionOf('zoo'));
}

async function deletions() {
  for (const schema of [v1, v2]) await client().register('gone', avro(schema));
  await step('permanent before soft', () => client().deleteSubjectVersion('gone', 1, true));
  await step('soft', () => client().deleteSubjectVersion('gone', 1));
  await step('soft again', () => client().deleteSubjectVersion('gone', 1));
  await step('versions left', () => client().getAllVersions('gone'));
  await step('deleted but asked for', async () => (await client().getSchemaMetadata('gone', 1, true)).version);
  await step('permanent', () => client().deleteSubjectVersion('gone', 1, true));
  await step('deletion of an unknown subject', () => client().deleteSubject('unknown', true));
  await step('subject soft', () => client().deleteSubject('gone'));
  await step('subject soft again', () => client().deleteSubject('gone'));
  await step('subjects without the deleted', async () => (await client().getAllSubjects()).includes('gone'));
  await client().register('gone', avro(v1));
  await step('version after a deletion', async () => (await client().getLatestSchemaMetadata('gone')).version);
  await step('subject permanent before soft', () => client().deleteSubject('gone', true));
  await step('subject soft with its new version', () => client().deleteSubject('gone'));
  await step('subject permanent', () => client().deleteSubject('gone', true));
}

async function names() {
  const odd = scenario.oddSubject;
  await client().register(odd, avro(v1));
  await step('odd name', async () => (await client().getLatestSchemaMetadata(odd)).subject);
  await step('odd name compared', () => client().testSubjectCompatibility(odd, avro(v2)));
  await step('odd name configured', () => client().updateCompatibility(odd, 'FULL'));
  await step('odd name deleted', () => client().deleteSubject(odd));
}

async function atOnce() {
  const schema = avro({ ...v1, name: 'AtOnce' });
  const ids = await Promise.all(Array.from({ length: 64 }, () => client().register('at-once', schema)));
  await step('ids of many at once', () => new Set(ids).size);
  await step('versions of many at once', () => client().getAllVersions('at-once'));
}

begin('@confluentinc/schemaregistry');
await readingAndWriting();
await schemas();
await references();
await normalization();
await compatibility();
await metadata();
await deletions();
await names();
await atOnce();
end();

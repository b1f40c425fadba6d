/** A stream from its first event to its end, by the guide, while the platform runs. */
import {
  CONTROL_TOPICS,
  DAY_MS,
  type EntitlementResource,
  type RequestResource,
  StreamMessage,
  type StreamResource,
} from '@citystreams/contracts';
import { compileCodec, readFrame } from '@citystreams/avro';
import { openAdmin } from '@citystreams/kafka';
import { waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type City, expectStatus, openCity } from './city/city.js';
import { foreignRefusal } from './city/foreign-client.js';
import { FLIGHTS_FROM_SFO, submitted } from './city/grant.js';
import { newPublisher, type NewPublisher } from './city/new-publisher.js';
import { operatorOf } from './city/operator.js';
import { readCommitted } from './city/plain-consumer.js';
import type { PART } from './city/processes.js';

const STREAM = 'meteorology.air-quality';
const FOLDER = 'schemas/meteorology/air-quality';
const RUNNING: readonly (keyof typeof PART)[] = ['catalogue', 'subscriptions', 'router', 'gateway'];

let city: City;
let publisher: NewPublisher;
let entitlement: EntitlementResource;
let pids: number[];

beforeAll(async () => {
  city = await openCity({ args: ['--city', 'empty'] });
  publisher = newPublisher(city);
  pids = RUNNING.map((part) => city.process(part).pid);
}, 150_000);
afterAll(async () => {
  publisher?.remove();
  await city?.dispose();
}, 60_000);

const shown = async (account: string): Promise<StreamResource> =>
  expectStatus(await city.call<StreamResource>(account, 'GET', `/api/streams/${STREAM}`), 200);

/** Every event of the view, read as any consumer would: schema by id, asked of the gateway. */
async function received(atLeast: number): Promise<Record<string, unknown>[]> {
  const records = await readCommitted(city.kafkaAs('futian.operations'), entitlement.topic, atLeast);
  return Promise.all(
    records.map(async ({ value }) => {
      const frame = readFrame(value ?? Buffer.alloc(0));
      const path = `/registry/schemas/ids/${frame?.schemaId}`;
      const { schema } = expectStatus(await city.call<{ schema: string }>('futian.operations', 'GET', path), 200);
      return compileCodec(JSON.parse(schema)).decode(frame?.body ?? Buffer.alloc(0)) as Record<string, unknown>;
    }),
  );
}

test('a new publisher gets from nothing to the first event by the guide', async () => {
  expect(publisher.run('login meteorology.steward')).toContain('meteorology.steward');
  expect(publisher.run('streams check schemas')).toMatch(/no problem/);
  const created = publisher.run(`streams create ${FOLDER}`);
  expect(created).toMatch(/created +meteorology\.air-quality\n/);
  expect(created).toMatch(/publishers +meteorology\.weather-station/);
  expect(publisher.run(`streams create ${FOLDER}`)).toMatch(/exists +meteorology\.air-quality\n/);
  publisher.publish();
  await waitUntil('the event is seen', async () => (await shown('meteorology.steward')).traffic?.records === '1');
  expect(publisher.run(`streams show ${STREAM}`)).toMatch(/traffic +1 record, newest 20\S+ \(\d+ s ago\)/);
  // Whoever is no party sees the stream, and not how it does.
  expect(await shown('futian.steward')).toMatchObject({ stream: STREAM, traffic: null, consumers: null });
}, 120_000);

test('another agency receives the fields it was given', async () => {
  const ask = { ...FLIGHTS_FROM_SFO, stream: STREAM, fields: ['station', 'pm25'], predicate: null };
  const request: RequestResource = await submitted(city, ask, 'futian.steward');
  // Public data: the rule decides at once.
  expect(request.state).toBe('APPROVED');
  const path = `/api/entitlements/${request.entitlement}`;
  await waitUntil(
    'the entitlement is ACTIVE',
    async () => {
      entitlement = expectStatus(await city.call<EntitlementResource>('futian.steward', 'GET', path), 200);
      return entitlement.state === 'ACTIVE';
    },
    { timeoutMs: 30_000 },
  );
  expect(await received(1)).toEqual([{ station: 'Lianhua Hill', pm25: '18.4' }]);
  await waitUntil('it is a party', async () => (await shown('futian.steward')).consumers?.join() === 'futian');
}, 60_000);

test('a new version reaches router and gateway without a restart, and the view goes on', async () => {
  const contract = publisher.contract(1);
  const measurement = { level: 'L1', category: 'measurement' };
  contract.fields.push({
    name: 'no2',
    type: ['null', 'double'],
    doc: 'NO2.',
    classification: measurement,
    default: null,
  });
  publisher.write('v2.avsc', JSON.stringify(contract));
  publisher.run('streams check schemas');
  expect(publisher.run(`streams publish-version ${FOLDER}`)).toMatch(
    /v2 .*\n +adds no2 \(null \| double, L1 measurement/,
  );
  publisher.publish(`[{ id: 'second', data: { station: 'Mangrove', measuredAt: 0, pm25: '7.0', no2: 21.5 } }]`, 2);
  publisher.publish(`[{ id: 'third', data: { station: 'Wutong', measuredAt: 0, pm25: '5.5' } }]`, 1);

  const events = await received(3);
  expect(events).toHaveLength(3);
  expect(events).toEqual(
    expect.arrayContaining([
      { station: 'Mangrove', pm25: '7.0' },
      { station: 'Wutong', pm25: '5.5' },
    ]),
  );
  const subject = `/registry/subjects/${STREAM}-value/versions`;
  expect(expectStatus(await city.call('meteorology.steward', 'GET', subject), 200)).toEqual([1, 2]);
  expect(RUNNING.map((part) => city.process(part).pid)).toEqual(pids);
}, 90_000);

test('a raised level is announced to every service of the platform', async () => {
  const raised = publisher.contract(2);
  raised.fields = raised.fields.map((field) =>
    'name' in field && field.name === 'no2'
      ? { ...field, classification: { level: 'L2', category: 'measurement' } }
      : field,
  );
  publisher.write('v3.avsc', JSON.stringify(raised));
  // What is public may be shared without conditions, what is internal may not.
  expect(() => publisher.run(`streams publish-version ${FOLDER}`)).toThrow('$.sharing: a stream of L2 is not shared');
  const refused = await city.call<{ code: string; detail: string }>(
    'meteorology.steward',
    'POST',
    `/api/streams/${STREAM}/versions`,
    { contract: raised },
  );
  expect([refused.status, refused.body.code]).toEqual([422, 'POLICY_FORBIDS']);
  publisher.write(
    'stream.yaml',
    [
      'stream: meteorology.air-quality',
      'title: { en: Air quality, zh: 空气质量 }',
      'sharing: conditional',
      'retentionDays: 20',
      'partitions: 2',
      'contact: data@meteorology.example.invalid',
      'publishers: [meteorology.weather-station]',
    ].join('\n'),
  );
  expect(publisher.run(`streams publish-version ${FOLDER}`)).toMatch(
    /sharing +conditional\nretentionDays +20\nv3 .*\n +its level is L2, was L1\n +no2 is L2, was L1/,
  );
  const admin = openAdmin(operatorOf(city));
  await waitUntil('Kafka keeps its events for 20 days', async () => {
    const topic = await admin.describeTopic(STREAM);
    return topic?.configs['retention.ms'] === String(20 * DAY_MS);
  });
  await admin.close();
  await waitUntil('it is announced', async () => (await announced()).at(-1)?.level === 'L2');
  const levels = (await announced())
    .at(-1)
    ?.versions.map(({ fields }) => fields.find(({ path }) => path === 'no2')?.level);
  expect(levels).toEqual([undefined, 'L1', 'L2']);
}, 60_000);

test('a stream that is retired takes no event any more, also from who may write it until then', async () => {
  expectStatus(
    await city.call('meteorology.steward', 'POST', `/api/streams/${STREAM}/retire`, { reason: 'over' }),
    200,
  );
  await waitUntil(
    'Kafka refuses its publisher',
    async () => {
      const writing = foreignRefusal(city, 'meteorology.weather-station', { write: STREAM });
      return /Not authorized/i.test(await writing.catch(() => 'not refused yet'));
    },
    { timeoutMs: 30_000 },
  );
  const ask = { ...FLIGHTS_FROM_SFO, stream: STREAM, fields: ['station'], predicate: null };
  await waitUntil(
    'nobody may ask for it',
    async () => (await city.call('futian.steward', 'POST', '/api/requests', ask)).status === 409,
  );
}, 60_000);

/** Messages about the stream, oldest first, as long as compaction leaves them. */
async function announced(): Promise<StreamMessage[]> {
  const records = await readCommitted(operatorOf(city), CONTROL_TOPICS.streams, 1);
  return records.flatMap(({ key, value }) =>
    key?.toString() === STREAM && value !== null ? [StreamMessage.parse(JSON.parse(value.toString()))] : [],
  );
}

/** Foreign clients in a city: from one agency's service to another's, through brokers, router and registry. */
import { patience } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { findGo } from '../go/toolchain.js';
import type { Outcome, Report } from '../harness/report.js';
import { describeClient } from '../harness/toolchain.js';
import { javaReport } from '../java/toolchain.js';
import { nodeReport } from '../npm/toolchain.js';
import { findPython } from '../python/toolchain.js';
import { type City, openCity } from './city.js';
import {
  KAFKAJS_PUBLISHING,
  kafkajsReading,
  publishing,
  publishingToRegistry,
  readingFromRegistry,
  subscribing,
} from './city-rules.js';
import { CONSUMER, flights, PUBLISHER, seenOf, shareFlights, STREAM } from './shared-flights.js';

/** Fetching a client's libraries for the first time, and its run. */
jest.setTimeout(patience(420_000));

type Role = 'publish' | 'subscribe';
type Steps = Record<string, Outcome>;

let city: City;
let view: string;
const published: ReturnType<typeof flights> = [];
/** A record of the view as its consumers found it: what it says, and its value in base64. */
let event = { says: {}, value: '' };

beforeAll(async () => {
  city = await openCity();
  view = await shareFlights(city);
});
afterAll(() => city?.close());

/** Addresses, credentials and names: all that a foreign program is told. */
async function envOf(role: Role): Promise<Record<string, string>> {
  const [own, other] = role === 'publish' ? [PUBLISHER, CONSUMER] : [CONSUMER, PUBLISHER];
  const [topic, otherTopic] = role === 'publish' ? [STREAM, view] : [view, STREAM];
  const { stack } = city;
  return {
    BROKERS: stack.kafka.bootstrapServers,
    TOKEN_ENDPOINT: stack.tokenEndpoint,
    REGISTRY_URL: stack.registry,
    CLIENT_ID: own,
    CLIENT_SECRET: city.secretOf(own),
    TOPIC: topic,
    OTHER_TOPIC: otherTopic,
    OTHER_ID: String((await latestOf(other, otherTopic)).id),
  };
}

async function latestOf(account: string, topic: string): Promise<{ id: number; schema: string }> {
  const response = await fetch(`${city.stack.registry}/subjects/${topic}-value/versions/latest`, {
    headers: { authorization: `Basic ${Buffer.from(`${account}:${city.secretOf(account)}`).toString('base64')}` },
  });
  return (await response.json()) as { id: number; schema: string };
}

/** The contract as generated code has it: without docs and attributes. */
async function bareContract(): Promise<string> {
  const kept = new Set(['type', 'name', 'namespace', 'fields', 'logicalType']);
  const { schema } = await latestOf(PUBLISHER, STREAM);
  return JSON.stringify(JSON.parse(schema), (key, value: unknown) =>
    key === '' || /^\d+$/.test(key) || kept.has(key) ? value : undefined,
  );
}

async function expectPublished(
  run: (env: Record<string, string>) => Promise<Report>,
  without: string[] = [],
): Promise<void> {
  const from = published.length;
  const mine = flights(from, from + 30);
  const { steps } = await run({ ...(await envOf('publish')), FLIGHTS: JSON.stringify(mine) });
  expect(steps).toEqual(but(publishing(`${STREAM}-value`, mine.length), without));
  published.push(...mine);
}

async function expectRead(
  run: (env: Record<string, string>) => Promise<Report>,
  without: string[] = [],
): Promise<void> {
  const wanted = seenOf(published);
  const count = Object.keys(wanted).length;
  const { steps } = await run({ ...(await envOf('subscribe')), WANTED: String(count) });
  const { events, 'one event': one, ...others } = steps as Record<string, { result: unknown }>;
  const received = (events?.result ?? []) as [string, unknown][];
  expect(Object.fromEntries(received)).toEqual(wanted);
  expect(received).toHaveLength(count);
  expect(others).toEqual(but(subscribing(`${view}-value`), without));
  const [key = '', value = ''] = (one?.result ?? []) as string[];
  event = { says: wanted[key] ?? {}, value };
}

const but = (steps: Steps, names: string[]): Steps =>
  Object.fromEntries(Object.entries(steps).filter(([name]) => !names.includes(name)));

const javaRun = (role: Role) => (env: Record<string, string>) =>
  javaReport(
    'CityScenario',
    env,
    [role],
    [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${env['TOKEN_ENDPOINT']}`],
  );
const python = findPython();
/** Plain HTTP asks neither with tokens nor for what another client has been told already. */
const NOT_IN_JAVA = ['subjects with a token', 'an incompatible contract'];

describeClient('Python confluent-kafka', python, ({ report }) => {
  test('a service publishes flights as their contract says', () =>
    expectPublished((env) => report('city.py', env, ['publish'])));
});

describe('with Java kafka-clients and org.apache.avro', () => {
  test('a service publishes flights as their contract says', () => expectPublished(javaRun('publish'), NOT_IN_JAVA));
  test('the entitled service reads its fields of the flights it may see, whoever wrote them', () =>
    expectRead(javaRun('subscribe'), NOT_IN_JAVA));
});

describeClient('Python confluent-kafka', python, ({ report }) => {
  test('the entitled service reads its fields of the flights it may see, whoever wrote them', () =>
    expectRead((env) => report('city.py', env, ['subscribe'])));
});

describe('with npm @confluentinc/schemaregistry', () => {
  test('a service that publishes finds its contract', async () => {
    const env = { ...(await envOf('publish')), BARE: await bareContract() };
    const { steps } = await nodeReport('city.mjs', env, ['confluent', 'publish']);
    expect(steps).toEqual(publishingToRegistry(`${STREAM}-value`));
  });
  test('the entitled service reads an event', async () => {
    const env = { ...(await envOf('subscribe')), EVENT: event.value };
    const { steps } = await nodeReport('city.mjs', env, ['confluent', 'subscribe']);
    expect(steps).toEqual(readingFromRegistry(`${view}-value`, event.says));
  });
});

describe('with npm @kafkajs/confluent-schema-registry', () => {
  test('a service that publishes finds its contract, unless it wants what the city does not keep', async () => {
    const env = { ...(await envOf('publish')), BARE: await bareContract() };
    const { steps } = await nodeReport('city.mjs', env, ['kafkajs', 'publish']);
    expect(steps).toEqual(KAFKAJS_PUBLISHING);
  });
  test('the entitled service reads an event', async () => {
    const env = { ...(await envOf('subscribe')), EVENT: event.value };
    const { steps } = await nodeReport('city.mjs', env, ['kafkajs', 'subscribe']);
    expect(steps).toEqual(kafkajsReading(event.says));
  });
});

describeClient('Go franz-go/pkg/sr', findGo(), ({ report }) => {
  test('a service that publishes finds its contract', async () => {
    const { steps } = await report(['publish'], { ...(await envOf('publish')), BARE: await bareContract() });
    expect(steps).toEqual(publishingToRegistry(`${STREAM}-value`));
  });
  test('the entitled service reads an event', async () => {
    const { steps } = await report(['subscribe'], { ...(await envOf('subscribe')), EVENT: event.value });
    expect(steps).toEqual(readingFromRegistry(`${view}-value`, event.says));
  });
});

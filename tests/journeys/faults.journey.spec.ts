/** A city in which everything breaks once, while flights go on being published. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type EntitlementResource,
  QUARANTINE_HEADERS,
  quarantineTopicOf,
  type StreamResource,
} from '@citystreams/contracts';
import { openProducer } from '@citystreams/kafka';
import { waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type City, expectStatus, newDataDirectory, openCity } from './city/city.js';
import { compareView, NOTHING_WRONG, poison, startTraffic, type Traffic } from './city/flight-traffic.js';
import { createStream, FLIGHTS } from './city/flights.js';
import { FLIGHTS_FROM_SFO, granted } from './city/grant.js';
import { operatorOf } from './city/operator.js';
import { readCommitted } from './city/plain-consumer.js';
import { type PART, processesOf, signal } from './city/processes.js';
import { seededRandom } from './city/seed.js';

type Part = keyof typeof PART;
const TOKEN_SECONDS = 8;

const dataDirectory = newDataDirectory();
const start = (): Promise<City> =>
  openCity({ dataDirectory, args: ['--city', 'empty'], env: { TOKEN_SECONDS: String(TOKEN_SECONDS) } });

let city: City;
let entitlement: EntitlementResource;
let published = 0;

beforeAll(async () => {
  city = await start();
  await createStream(city, FLIGHTS);
  await createStream(city, 'meteorology.weather-observation');
  entitlement = await granted(city, FLIGHTS_FROM_SFO, 'futian.steward', 'bao-an.steward');
}, 180_000);
afterAll(() => city?.dispose(), 60_000);

const untilPublished = (traffic: Traffic, count: number): Promise<void> =>
  waitUntil(`${count} flights are published`, () => traffic.published() >= count, { timeoutMs: 60_000 });
const consumer = () => city.kafkaAs('futian.operations');

describe('nothing is lost and nothing comes twice', () => {
  test('when every process is killed in mid-stream', async () => {
    const random = seededRandom('kills');
    const traffic = startTraffic(city, published);
    const parts: Part[] = [
      'router',
      'kafka',
      'catalogue',
      'subscriptions',
      'gateway',
      'identity',
      'postgres',
      'router',
    ];
    for (const part of parts) {
      await untilPublished(traffic, traffic.published() + Math.ceil(random.between(20, 120)));
      const before = city.process(part).pid;
      city.kill9(part);
      await waitUntil(`${part} is back as another process`, () => city.process(part).pid !== before, {
        timeoutMs: 60_000,
      });
    }
    await untilPublished(traffic, traffic.published() + 100);
    published = await traffic.stop();
    expect(await compareView(consumer(), entitlement.topic, published)).toEqual(NOTHING_WRONG);
    await waitUntil(
      'the entitlement is ACTIVE again',
      async () => {
        const now = expectStatus(
          await city.call<EntitlementResource>('futian.steward', 'GET', `/api/entitlements/${entitlement.id}`),
          200,
        );
        return now.state === 'ACTIVE';
      },
      { timeoutMs: 60_000 },
    );
  }, 300_000);

  test('while both control services, PostgreSQL and the issuer stand still for longer than a token lives', async () => {
    giveLongTokenTo('bao-an.flight-desk');
    const traffic = startTraffic(city, published);
    await untilPublished(traffic, published + 20);
    const still = (['catalogue', 'subscriptions', 'postgres', 'identity'] as const).flatMap((part) =>
      city.processes(part),
    );
    signal(still, 'SIGSTOP');
    try {
      const from = traffic.published();
      const until = Date.now() + (TOKEN_SECONDS + 4) * 1000;
      await waitUntil('the outage is longer than a token', () => Date.now() > until, { timeoutMs: 60_000 });
      await untilPublished(traffic, from + 200);
      published = await traffic.stop();
      expect(await compareView(operatorOf(city), entitlement.topic, published)).toEqual(NOTHING_WRONG);
    } finally {
      signal(still, 'SIGCONT');
    }
    expect(await compareView(consumer(), entitlement.topic, published)).toEqual(NOTHING_WRONG);
  }, 120_000);
});

describe('a record that is no event of the stream', () => {
  test('goes to quarantine with its reason, place and bytes, and the partition goes on', async () => {
    const ids = await Promise.all(
      [FLIGHTS, 'meteorology.weather-observation'].map(async (stream) => {
        const resource = expectStatus(
          await city.call<StreamResource>(`${stream.split('.')[0]}.steward`, 'GET', `/api/streams/${stream}`),
          200,
        );
        return resource.versions[0]?.schemaId ?? 0;
      }),
    );
    const bad = poison(ids[0] ?? 0, ids[1] ?? 0);
    const careless = openProducer(city.kafkaAs('bao-an.flight-desk'));
    // Old enough that nobody waits for an announcement of the unknown id any more.
    const timestamp = BigInt(Date.now() - 60_000);
    await careless.send(
      bad.map(({ name, value }) => ({
        topic: FLIGHTS,
        partition: 2,
        key: Buffer.from(name),
        value,
        headers: [['x', Buffer.from(name)]],
        timestamp,
      })),
    );
    await careless.close();
    const traffic = startTraffic(city, published);
    await untilPublished(traffic, published + 60);
    published = await traffic.stop();

    const quarantined = await readCommitted(operatorOf(city), quarantineTopicOf(FLIGHTS as never), bad.length);
    const told = quarantined.map((r) => {
      const headers = new Map(r.headers.map(([n, v]) => [n, v.toString()]));
      return {
        name: headers.get('x'),
        reason: headers.get(QUARANTINE_HEADERS.reason),
        value: r.value,
        topic: headers.get(QUARANTINE_HEADERS.topic),
        partition: headers.get(QUARANTINE_HEADERS.partition),
      };
    });
    expect(told).toEqual(
      bad.map(({ name, reason, value }) => ({ name, reason, value, topic: FLIGHTS, partition: '2' })),
    );
    expect(await compareView(consumer(), entitlement.topic, published)).toEqual(NOTHING_WRONG);
  }, 90_000);
});

describe('the stack as a whole', () => {
  test('stops in order within ten seconds, leaves no process, and goes on where it was', async () => {
    const { ms, code } = await city.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    expect(city.leftovers()).toEqual([]);
    city = await start();
    await expectItGoesOn();
  }, 180_000);

  test('leaves no process when its launcher is killed, and starts again on the same data', async () => {
    city.kill9Launcher();
    await waitUntil('every process is gone', () => processesOf(dataDirectory).length === 0, { timeoutMs: 20_000 });
    city = await start();
    await expectItGoesOn();
  }, 180_000);
});

async function expectItGoesOn(): Promise<void> {
  const traffic = startTraffic(city, published);
  await untilPublished(traffic, published + 60);
  published = await traffic.stop();
  expect(await compareView(consumer(), entitlement.topic, published)).toEqual(NOTHING_WRONG);
}

/** The issuer reads its accounts again when they change. */
function giveLongTokenTo(client: string): void {
  const file = join(dataDirectory, 'issuer/accounts.json');
  const accounts = JSON.parse(readFileSync(file, 'utf8')) as { clients: Record<string, { tokenSeconds?: number }> };
  const account = accounts.clients[client];
  if (account === undefined) throw new Error(`the issuer has no account ${client}`);
  account.tokenSeconds = 3600;
  writeFileSync(file, JSON.stringify(accounts), { mode: 0o600 });
}

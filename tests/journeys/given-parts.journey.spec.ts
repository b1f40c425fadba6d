/** A city on a Kafka, a PostgreSQL and an issuer that somebody else runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type City, openCity } from './city/city.js';
import { compareView, NOTHING_WRONG, startTraffic } from './city/flight-traffic.js';
import { createStream, FLIGHTS } from './city/flights.js';
import { FLIGHTS_FROM_SFO, granted } from './city/grant.js';
import { operatorOf } from './city/operator.js';
import { waitUntil } from '@citystreams/testing';

let parts: City;
let city: City;

beforeAll(async () => {
  parts = await openCity({ args: ['--only', 'kafka,postgres,identity'] });
  city = await openCity({
    args: ['--city', 'empty'],
    anyWay: true,
    env: {
      KAFKA_BROKERS: parts.stack.kafka.bootstrapServers,
      KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
      KAFKA_ADMIN_BROKERS: String(operatorOf(parts).brokers[0]),
      KAFKA_ADMIN_USERNAME: 'internal-broker',
      KAFKA_ADMIN_PASSWORD_FILE: join(parts.dataDirectory, 'secrets/kafka-internal'),
      DATABASE_URL: parts.stack.postgres,
      OIDC_ISSUER: parts.stack.issuer,
      ACCOUNTS_FILE: join(parts.dataDirectory, 'issuer/accounts.json'),
    },
  });
}, 180_000);
afterAll(async () => {
  await city?.dispose();
  await parts?.dispose();
}, 90_000);

test('nothing of them is started again, and a grant delivers as anywhere', async () => {
  expect(city.processes('kafka')).toEqual([]);
  expect(city.processes('identity')).toEqual([]);
  expect(city.stack.kafka.bootstrapServers).toBe(parts.stack.kafka.bootstrapServers);
  expect(JSON.parse(readFileSync(join(city.dataDirectory, 'kafka/way.json'), 'utf8'))).toMatchObject({
    way: 'address',
  });

  await createStream(city, FLIGHTS);
  const entitlement = await granted(city, FLIGHTS_FROM_SFO, 'futian.steward', 'bao-an.steward');
  const traffic = startTraffic(city, 0);
  await waitUntil('flights are published', () => traffic.published() >= 60, { timeoutMs: 30_000 });
  const published = await traffic.stop();
  expect(await compareView(city.kafkaAs('futian.operations'), entitlement.topic, published)).toEqual(NOTHING_WRONG);
}, 90_000);

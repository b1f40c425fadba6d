/** Kafka's disk fills up while flights are being published: the publisher keeps what it has and goes on later. */
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EntitlementResource } from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type City, openCity } from './city/city.js';
import { compareView, NOTHING_WRONG, startTraffic } from './city/flight-traffic.js';
import { createStream, FLIGHTS } from './city/flights.js';
import { FLIGHTS_FROM_SFO, granted } from './city/grant.js';

let city: City;
let entitlement: EntitlementResource;
/** The disk as the launcher sees it: its mount is its own. */
let disk: string;

beforeAll(async () => {
  city = await openCity({ args: ['--city', 'empty'], kafkaDisk: { megabytes: 64 } });
  disk = join(`/proc/${city.launcher}/root`, city.dataDirectory, 'kafka');
  await createStream(city, FLIGHTS);
  entitlement = await granted(city, FLIGHTS_FROM_SFO, 'futian.steward', 'bao-an.steward');
}, 180_000);
afterAll(() => city?.dispose(), 60_000);

test('a full disk stops the stream, loses nothing, and repeats nothing', async () => {
  const traffic = startTraffic(city, 0);
  await waitUntil('flights are published', () => traffic.published() >= 100, { timeoutMs: 30_000 });

  const filler = join(disk, 'filler');
  fillUp(filler);
  const kafka = city.process('kafka').pid;
  await waitUntil(
    'Kafka gives up on its disk',
    () => /No space left/.test(readFileSync(join(city.dataDirectory, 'logs/kafka.log'), 'utf8')),
    {
      timeoutMs: 90_000,
    },
  );
  await waitUntil('the broker is gone', () => city.processes('kafka').every((p) => p.pid !== kafka), {
    timeoutMs: 60_000,
  });
  const stuckAt = traffic.published();

  rmSync(filler);
  await waitUntil('publishing goes on by itself', () => traffic.published() > stuckAt + 100, { timeoutMs: 120_000 });
  const published = await traffic.stop();
  expect(await compareView(city.kafkaAs('futian.operations'), entitlement.topic, published)).toEqual(NOTHING_WRONG);
}, 300_000);

/** Until nothing more goes in: Kafka writes too meanwhile, so how much that is cannot be known before. */
function fillUp(file: string): void {
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      appendFileSync(file, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}

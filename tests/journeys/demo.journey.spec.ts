/** The demonstration city: real rows through reference services, shown as they flow, and no row twice or missing. */
import { type AvroRecord, compileCodec, readFrame } from '@citystreams/avro';
import { waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type City, openCity } from './city/city.js';
import { contractOf, FLIGHTS } from './city/flights.js';
import { operatorOf } from './city/operator.js';
import { endOf, readCommitted } from './city/plain-consumer.js';
import { processesOf, signal } from './city/processes.js';
import { seededRandom } from './city/seed.js';

let city: City;
beforeAll(async () => {
  city = await openCity({ args: ['--city', 'demo', '--rate', '40'] });
}, 180_000);
afterAll(() => city?.dispose(), 60_000);

const FEEDS = { 'bao-an': FLIGHTS, meteorology: 'meteorology.weather-observation' } as const;
const feedProcess = (agency: string) =>
  processesOf(city.dataDirectory).filter((p) => p.command.includes(`apps/agencies/${agency}/dist/main.js`));

describe('what people see', () => {
  test('is who received which fields, and what was withheld', async () => {
    await waitUntil(
      'a flight is shown',
      () =>
        /bao-an\.flight-movement\s+→\s+futian\.operations\s+received\s+flightId .*\s+withheld\s+date/.test(
          city.output(),
        ),
      { timeoutMs: 90_000 },
    );
    await waitUntil('a stream that reaches nobody is shown', () => /claim-settled\s+→\s+nobody/.test(city.output()), {
      timeoutMs: 60_000,
    });
    expect(city.output()).not.toContain('undefined');
  }, 170_000);

  test('is no secret, and no value of a personal stream', () => {
    const accounts = [
      ...Object.values(city.stack.clients).map((c) => c.secret),
      ...Object.values(city.stack.people).map((p) => p.clientSecret),
    ];
    for (const secret of accounts) expect(city.output()).not.toContain(secret);
    expect(city.output()).not.toMatch(/diagnosis|insuredPerson/i);
  });
});

describe('a reference service', () => {
  test('that is killed again and again goes on with the next row', async () => {
    const random = seededRandom('feeds');
    const operator = operatorOf(city);
    for (let round = 0; round < 4; round += 1) {
      for (const [agency, stream] of Object.entries(FEEDS)) {
        const from = await endOf(operator, stream);
        const more = BigInt(Math.ceil(random.between(5, 60)));
        await waitUntil(`${agency} publishes`, async () => (await endOf(operator, stream)) >= from + more, {
          timeoutMs: 40_000,
        });
        const [running] = feedProcess(agency);
        if (running === undefined) throw new Error(`${agency} does not run`);
        signal([running], 'SIGKILL');
        await waitUntil(`${agency} is back`, () => feedProcess(agency).some((p) => p.pid !== running.pid), {
          timeoutMs: 30_000,
        });
      }
    }
    const atLeast = Number(await endOf(operator, FLIGHTS));
    const records = await readCommitted(operator, FLIGHTS, atLeast, 30_000, { untilQuiet: false });
    const codec = compileCodec(contractOf(FLIGHTS) as unknown as AvroRecord);
    const ids = records
      .map(
        (r) =>
          (codec.decode(readFrame(r.value ?? Buffer.alloc(0))?.body ?? Buffer.alloc(0)) as { flightId: number })
            .flightId,
      )
      .toSorted((a, b) => a - b);
    // A batch may be on its way in one partition and not yet in another: all but the newest rows are there, once each.
    const settled = ids.slice(0, -40);
    expect(settled).toEqual(settled.map((_, i) => i));
    expect(new Set(ids).size).toBe(ids.length);
  }, 240_000);
});

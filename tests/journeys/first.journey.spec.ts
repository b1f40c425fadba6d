/** The first journey: from one agency's service to another's, and only what was decided. */
import {
  type EntitlementResource,
  Notice,
  noticeTopicOf,
  type ReceiptResource,
  type RequestResource,
} from '@citystreams/contracts';
import { compileCodec, readFrame } from '@citystreams/avro';
import { type IncomingRecord, KafkaFailure, openPartitionReader } from '@citystreams/kafka';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitUntil } from '@citystreams/testing';
import { type City, expectStatus, openCity } from './city/city.js';
import { createStream, flight, FLIGHTS, flightEvent, openFlightDesk } from './city/flights.js';
import { foreignConsumer, foreignRefusal } from './city/foreign-client.js';
import { FLIGHTS_FROM_SFO, submitted } from './city/grant.js';
import { readCommitted, refusalOf } from './city/plain-consumer.js';

let city: City;
let entitlement: EntitlementResource;

beforeAll(async () => {
  city = await openCity({ args: ['--city', 'empty'] });
}, 150_000);
afterAll(() => city?.dispose(), 60_000);

const entitlementNow = async (): Promise<EntitlementResource> =>
  expectStatus(
    await city.call<EntitlementResource>('futian.steward', 'GET', `/api/entitlements/${entitlement.id}`),
    200,
  );

describe('a stream of one agency reaches another', () => {
  test('the owner publishes its stream, and its flight desk the first events', async () => {
    await createStream(city, FLIGHTS);
    const desk = openFlightDesk(city);
    await expect(desk.publish(Array.from({ length: 300 }, (_, n) => flightEvent(n)))).resolves.toBeUndefined();
    await desk.close();
  }, 60_000);

  test('without a decision nobody reads it: Kafka itself refuses, the source and its offsets', async () => {
    expect(await refusalOf(city.kafkaAs('futian.operations'), FLIGHTS)).toBe('NOT_AUTHORIZED');
    expect(await refusalOf(city.kafkaAs('nanshan.operations'), FLIGHTS)).toBe('NOT_AUTHORIZED');
  });

  test('the asking agency cannot decide for itself, and the owner’s steward can', async () => {
    const request = await submitted(city, FLIGHTS_FROM_SFO, 'futian.steward');
    expect(request).toMatchObject({ state: 'PENDING_OWNER', due: 'owner', steps: ['owner'] });

    expect((await city.call('futian.steward', 'POST', `/api/requests/${request.id}/approve`, {})).status).toBe(403);
    expect((await city.call('nanshan.steward', 'POST', `/api/requests/${request.id}/approve`, {})).status).toBe(404);
    const lists = expectStatus(
      await city.call<EntitlementResource[] | { items: EntitlementResource[] }>(
        'futian.steward',
        'GET',
        '/api/entitlements',
      ),
      200,
    );
    expect(JSON.stringify(lists)).not.toContain('view.');

    const approved = expectStatus(
      await city.call<RequestResource>('bao-an.steward', 'POST', `/api/requests/${request.id}/approve`, {}),
      200,
    );
    expect(approved.state).toBe('APPROVED');
    entitlement = expectStatus(
      await city.call<EntitlementResource>('futian.steward', 'GET', `/api/entitlements/${approved.entitlement}`),
      200,
    );
  });

  test('the entitlement is ACTIVE only when every plane was observed', async () => {
    await waitUntil('the entitlement is ACTIVE', async () => (await entitlementNow()).state === 'ACTIVE', {
      timeoutMs: 30_000,
    });
    entitlement = await entitlementNow();
    for (const plane of entitlement.planes)
      expect(plane).toMatchObject({ error: null, observedGeneration: plane.desiredGeneration });
    const receipts = expectStatus(
      await city.call<ReceiptResource[]>('bao-an.steward', 'GET', `/api/entitlements/${entitlement.id}/receipts`),
      200,
    );
    expect(receipts[0]?.brokers[0]?.listed.join(' ')).toContain('futian.operations');
  }, 40_000);

  test('the consumer receives exactly the three fields of the matching rows, in order, exactly once', async () => {
    const desk = openFlightDesk(city);
    await desk.publish(Array.from({ length: 300 }, (_, n) => flightEvent(300 + n)));
    await desk.close();
    const expected = Array.from({ length: 600 }, (_, n) => flight(n)).filter((f) => f.origin === 'SFO');
    const records = await readCommitted(city.kafkaAs('futian.operations'), entitlement.topic, expected.length);
    expect(records).toHaveLength(expected.length);

    const events = await decodeAll(records);
    expect(events.map((e) => e['flightId']).sort((a, b) => Number(a) - Number(b))).toEqual(
      expected.map((f) => f.flightId),
    );
    for (const event of events) {
      const { flightId, delay, origin } = flight(Number(event['flightId']));
      expect(event).toEqual({ flightId, delay, origin });
    }
    for (const partition of new Set(records.map((r) => r.partition))) {
      const ids = records.flatMap((r, i) => (r.partition === partition ? [Number(events[i]?.['flightId'])] : []));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    for (const record of records) {
      expect(record.key?.toString()).toMatch(/^\d+$/);
      expect(record.headers.map(([name]) => name).sort()).toEqual([
        'ce_id',
        'ce_source',
        'ce_specversion',
        'ce_time',
        'ce_type',
        'content-type',
      ]);
      expect(record.value?.includes('PEK')).toBe(false);
    }
  }, 40_000);

  test('a Kafka client that knows nothing of us reads the view with its credentials alone, and nothing else', async () => {
    const ids = await foreignConsumer(city, 'futian.operations', entitlement.topic, 200);
    expect(new Set(ids).size).toBe(200);
    expect(await foreignRefusal(city, 'nanshan.operations', { read: entitlement.topic })).toMatch(/Not authorized/i);
    expect(await foreignRefusal(city, 'futian.operations', { read: FLIGHTS })).toMatch(/Not authorized/i);
    expect(await foreignRefusal(city, 'futian.operations', { write: entitlement.topic })).toMatch(/Not authorized/i);
    expect(await foreignRefusal(city, 'futian.operations', { write: FLIGHTS })).toMatch(/Not authorized/i);
  }, 60_000);

  test('another agency’s consumer still gets nothing, from the view or from the source', async () => {
    expect(await refusalOf(city.kafkaAs('nanshan.operations'), entitlement.topic)).toBe('NOT_AUTHORIZED');
    expect(await refusalOf(city.kafkaAs('futian.operations'), FLIGHTS)).toBe('NOT_AUTHORIZED');
    expect((await city.call('nanshan.steward', 'GET', `/api/entitlements/${entitlement.id}`)).status).toBe(404);
  });

  test('the owner revokes: the router stops, the next fetch is refused, and a notice says why', async () => {
    const kafka = city.kafkaAs('futian.operations');
    const reader = openPartitionReader(kafka, { topic: entitlement.topic });
    const positions = await reader.offsetsAt('latest');
    const because = { reasonCode: 'PURPOSE_ENDED', text: 'The interchange is closed for rebuilding.' };
    expectStatus(await city.call('bao-an.steward', 'POST', `/api/entitlements/${entitlement.id}/revoke`, because), 200);

    await waitUntil(
      'the next fetch is refused',
      async () => (await codeOf(reader.fetch(positions, { maxWaitMs: 100 }))) === 'NOT_AUTHORIZED',
      { timeoutMs: 10_000 },
    );
    await reader.close();
    await waitUntil('the entitlement is REVOKED', async () => (await entitlementNow()).state === 'REVOKED', {
      timeoutMs: 30_000,
    });

    const desk = openFlightDesk(city);
    await desk.publish(Array.from({ length: 30 }, (_, n) => flightEvent(600 + n)));
    await desk.close();
    const receipts = expectStatus(
      await city.call<ReceiptResource[]>('bao-an.steward', 'GET', `/api/entitlements/${entitlement.id}/receipts`),
      200,
    );
    const revoked = receipts.find((r) => r.kind === 'revoked');
    expect(revoked?.brokers.every((b) => b.listed.length === 0)).toBe(true);
    expect(revoked?.brokers.length).toBeGreaterThan(0);

    const notices = await readCommitted(kafka, noticeTopicOf('futian' as never), 2);
    const last = Notice.parse(JSON.parse(String(notices.at(-1)?.value)));
    expect(last).toMatchObject({ kind: 'revoked', entitlement: entitlement.id, ...because });
    expect(last.positions.length).toBe(4);
  }, 60_000);
});

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof KafkaFailure ? error.code : String(error);
  }
}

/** Decodes as any consumer would: by the schema id in front, asked of the registry with the consumer's own token. */
async function decodeAll(records: readonly IncomingRecord[]): Promise<Record<string, unknown>[]> {
  const codecs = new Map<number, ReturnType<typeof compileCodec>>();
  const events: Record<string, unknown>[] = [];
  for (const record of records) {
    const frame = readFrame(record.value ?? Buffer.alloc(0));
    if (frame === null) throw new Error('a view holds a value that is not framed');
    const held = codecs.get(frame.schemaId) ?? (await codecFor(frame.schemaId));
    codecs.set(frame.schemaId, held);
    events.push(held.decode(frame.body) as Record<string, unknown>);
  }
  return events;
}

async function codecFor(schemaId: number): Promise<ReturnType<typeof compileCodec>> {
  const answer = expectStatus(
    await city.call<{ schema: string }>('futian.operations', 'GET', `/registry/schemas/ids/${schemaId}`),
    200,
  );
  return compileCodec(JSON.parse(answer.schema));
}

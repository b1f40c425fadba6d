import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type KafkaSettings, openProducer } from '@citystreams/kafka';
import {
  ContractViolation,
  type IncomingEvent,
  openPublisher,
  openResumePoint,
  openSubscriber,
  type OutgoingEvent,
  type Problem,
  type Publisher,
  type RecordTransport,
} from '@citystreams/sdk';
import { patience, waitUntil } from '@citystreams/testing';
import { openPlayground, type Playground, recordOf } from '../kafka/playground.js';
import { openSmallRegistry, type SmallRegistry } from './small-registry.js';

jest.setTimeout(patience(60_000));
let place: Playground;
let registry: SmallRegistry;
let folder: string;
let station: KafkaSettings;
beforeAll(async () => {
  place = openPlayground();
  registry = await openSmallRegistry();
  folder = await mkdtemp(join(tmpdir(), 'resume-'));
  station = await place.account('station');
});
afterEach(async () => {
  registry.away = false;
  await place.closeOpened();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await registry.close();
  await place.close();
});

const field = (name: string, type: unknown) => ({
  name,
  type,
  doc: `The ${name}.`,
  classification: { level: 'L1', category: 'measurement' },
});
const contract = {
  type: 'record',
  name: 'Reading',
  namespace: 'city.weather',
  doc: 'What a station measured.',
  key: 'station',
  time: 'at',
  fields: [
    field('station', 'string'),
    field('at', { type: 'long', logicalType: 'timestamp-millis' }),
    field('degrees', ['null', 'double']),
  ],
};
const anyTokens = { token: async () => 'any', close: () => undefined };
const start = Date.parse('2026-01-01T00:00:00Z');
/** The event of a row: always the same for the same row. */
const eventOf = (row: number): OutgoingEvent => ({
  id: `row-${row}`,
  data: { station: `s${(row * 31) % 7}`, at: start + row * 1000, degrees: row % 5 === 0 ? null : row / 2 },
});
const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => eventOf(from + i));

async function streamOf(): Promise<string> {
  const stream = await place.topic(3);
  await place.allow(station, 'write', stream);
  return stream;
}
const publisherOf = (stream: string, problems: Problem[] = [], transport?: RecordTransport): Publisher =>
  place.closing(
    openPublisher({
      stream,
      kafka: station,
      registry: { url: registry.url, tokens: anyTokens },
      source: '/weather/station',
      contract,
      ...(transport !== undefined && { transport }),
      onProblem: (problem) => problems.push(problem),
    }),
  );

function receive(topic: string, problems: Problem[] = []): IncomingEvent[] {
  const received: IncomingEvent[] = [];
  place.closing(
    openSubscriber({
      topic,
      kafka: place.root,
      registry: { url: registry.url, tokens: anyTokens },
      groupId: `${topic}.${received.length}`,
      onEvent: (event) => void received.push(event),
      onProblem: (problem) => problems.push(problem),
    }),
  );
  return received;
}

describe('an event', () => {
  test('arrives with what it said, its key and its CloudEvents attributes', async () => {
    const stream = await streamOf();
    const publisher = publisherOf(stream);
    await publisher.publish([eventOf(1), { ...eventOf(2), time: new Date(start) }]);
    const received = receive(stream);
    await waitUntil('both have come', () => received.length === 2);
    const first = received.find(({ id }) => id === 'row-1');
    expect(first).toMatchObject({
      type: 'city.weather.Reading',
      source: '/weather/station',
      time: new Date(start + 1000),
      key: 's3',
      topic: stream,
      partition: await publisher.partitionOf(eventOf(1)),
    });
    expect({ ...first?.data }).toEqual(eventOf(1).data);
    expect(received.find(({ id }) => id === 'row-2')?.time).toEqual(new Date(start));
  });

  test('that does not fit the contract keeps its whole batch from being sent', async () => {
    const stream = await streamOf();
    const publisher = publisherOf(stream);
    const wrong = { id: 'wrong', data: { ...eventOf(1).data, degrees: 'warm' } };
    await expect(publisher.publish([eventOf(0), wrong])).rejects.toThrow(ContractViolation);
    expect([...(await publisher.topicEnds()).ends.values()]).toEqual([0n, 0n, 0n]);
  });

  test('waits for its right and for the registry, telling why, and is there once', async () => {
    const stream = await place.topic(3);
    const problems: Problem[] = [];
    const publisher = publisherOf(stream, problems);
    registry.away = true;
    const published = publisher.publish([eventOf(1)]);
    await waitUntil('the registry is missed', () => problems.some(({ code }) => code === 'REGISTRY_UNREACHABLE'));
    expect(publisher.health().ok).toBe(false);
    registry.away = false;
    await waitUntil('the right is missed', () => problems.some(({ code }) => code === 'NOT_AUTHORIZED'));
    await place.allow(station, 'write', stream);
    await published;
    expect(publisher.health()).toEqual({ ok: true });
    const { ends } = await publisher.topicEnds();
    expect([...ends.values()].reduce((sum, end) => sum + end, 0n)).toBe(1n);
  });
});

describe('a transport of the service', () => {
  test('gets one partition at a time, again where it failed, and what it wrote reads as any event does', async () => {
    const stream = await streamOf();
    const producer = openProducer(station);
    const problems: Problem[] = [];
    const sent: number[][] = [];
    let away = true;
    const publisher = publisherOf(stream, problems, {
      send: async (records) => {
        if (away) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
        sent.push([...new Set(records.map(({ partition }) => partition ?? -1))]);
        await producer.send(records);
      },
      close: () => producer.close(),
    });
    const published = publisher.publish(rows(0, 20));
    await waitUntil('the transport is missed', () => problems.some(({ code }) => code === 'UNREACHABLE'));
    expect(publisher.health().ok).toBe(false);
    away = false;
    await published;
    expect(publisher.health()).toEqual({ ok: true });
    expect(sent.every((partitions) => partitions.length === 1)).toBe(true);
    const received = receive(stream);
    await waitUntil('all have come', () => received.length >= 20);
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set(rows(0, 20).map(({ id }) => id)));
    expect(received[0]).toMatchObject({ type: 'city.weather.Reading', source: '/weather/station' });
  });
});

describe('a feed', () => {
  test('that is cut off again and again repeats nothing, loses nothing and keeps the order of each key', async () => {
    const stream = await streamOf();
    const file = join(folder, 'feed.json');
    const TOTAL = 400;
    for (let row = 0; row < TOTAL; ) {
      const publisher = publisherOf(stream);
      const resume = await openResumePoint({ file, publisher });
      // As a killed process does: what is under way may arrive or not, and nobody writes the checkpoint.
      const cutAt = resume.row + 60;
      while (resume.row < Math.min(cutAt, TOTAL))
        await resume.publish(rows(resume.row, Math.min(20, TOTAL - resume.row)));
      row = resume.row;
      if (row < TOTAL) await publisher.publish(rows(row, 7));
      await publisher.close();
    }
    const received = receive(stream);
    await waitUntil('all have come', () => received.length >= TOTAL);
    expect(received).toHaveLength(TOTAL);
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set(rows(0, TOTAL).map(({ id }) => id)));
    for (const key of new Set(received.map(({ key }) => key))) {
      const times = received.filter((event) => event.key === key).map(({ time }) => Number(time));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('refuses a state file that is damaged or belongs to a topic that is gone', async () => {
    const stream = await streamOf();
    const publisher = publisherOf(stream);
    const damaged = join(folder, 'damaged.json');
    await writeFile(damaged, '{"format":1,"row":');
    await expect(openResumePoint({ file: damaged, publisher })).rejects.toThrow('it is damaged');
    const file = join(folder, 'gone.json');
    await openResumePoint({ file, publisher });
    await place.admin.deleteTopic(stream);
    await place.admin.createTopic({ name: stream, partitions: 3 });
    await place.admin.waitForTopic(stream);
    const another = publisherOf(stream);
    await expect(openResumePoint({ file, publisher: another })).rejects.toThrow('created anew');
  });
});

describe('a subscriber', () => {
  test('passes over what is not an event, says so, and receives what follows', async () => {
    const stream = await streamOf();
    const producer = place.closing(openProducer(place.root));
    const publisher = publisherOf(stream);
    const partition = await publisher.partitionOf(eventOf(1));
    const foreign = Buffer.from([0, 0, 0x0f, 0xff, 0xff, 1]);
    await producer.send([
      recordOf(stream, partition, 'not avro'),
      recordOf(stream, partition, null),
      { ...recordOf(stream, partition, ''), value: foreign },
    ]);
    await publisher.publish([eventOf(1)]);
    const problems: Problem[] = [];
    const received = receive(stream, problems);
    await waitUntil('the event has come', () => received.length === 1);
    expect(problems.map(({ code }) => code)).toEqual(['UNDECODABLE', 'UNDECODABLE', 'UNDECODABLE']);
  });

  test('waits while the registry is away', async () => {
    const stream = await streamOf();
    await publisherOf(stream).publish([eventOf(1)]);
    registry.away = true;
    const problems: Problem[] = [];
    const received = receive(stream, problems);
    await waitUntil('the registry is missed', () => problems.some(({ code }) => code === 'REGISTRY_UNREACHABLE'));
    expect(received).toEqual([]);
    registry.away = false;
    await waitUntil('the event has come', () => received.length === 1);
    expect(received[0]?.id).toBe('row-1');
  });
});

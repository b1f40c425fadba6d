import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type Assignment,
  type DataPath,
  KafkaFailure,
  type KafkaSettings,
  openDataPath,
  openProducer,
  type RecordProducer,
  type TopicIdentity,
} from '@citystreams/kafka';
import { patience, waitUntil } from '@citystreams/testing';
import { batchOf, Reading } from './data-path-parts.js';
import { openPlayground, type Playground, recordOf } from './playground.js';

jest.setTimeout(patience(60_000));
let place: Playground;
let producer: RecordProducer;
beforeAll(() => {
  place = openPlayground();
  producer = openProducer(place.root);
});
afterEach(() => place.closeOpened());
afterAll(async () => {
  await producer.close();
  await place.close();
});

const open = (settings: KafkaSettings = place.root): DataPath => place.closing(openDataPath(settings));

async function identityOf(path: DataPath, topic: string): Promise<TopicIdentity> {
  const found = (await path.describeTopics([topic])).get(topic);
  if (found === undefined || found instanceof KafkaFailure) throw new Error(`no ${topic}: ${found?.message}`);
  return found;
}

async function readingOf(path: DataPath, topic: string, offset = 0): Promise<Reading> {
  const { topicId, partitions } = await identityOf(path, topic);
  return new Reading(topic, topicId, [...Array(partitions).keys()], offset);
}

describe('fetching', () => {
  test('hands over what is there, and what comes', async () => {
    const topic = await place.topic(2);
    await producer.send([recordOf(topic, 0, 'a'), recordOf(topic, 1, 'b')]);
    const path = open();
    const reading = await readingOf(path, topic);
    path.openFetcher(reading);
    await waitUntil('both have come', () => reading.values.length === 2);
    await producer.send([recordOf(topic, 0, 'c')]);
    await waitUntil('the third has come', () => reading.values.length === 3);
    expect(reading.values.toSorted()).toEqual(['a', 'b', 'c']);
    expect(reading.failures).toEqual([]);
  });
});

describe('transactions', () => {
  test('become visible together, with the positions', async () => {
    const [topic, source] = [await place.topic(2), await place.topic(1)];
    const path = open();
    const group = `${place.prefix}positions`;
    const sender = await path.openTransactions({ transactionalId: `${place.prefix}one`, timeoutMs: 30_000 });
    const reading = await readingOf(path, topic);
    path.openFetcher(reading);
    for (let i = 0; i < 20; i++) {
      sender.send(batchOf(topic, 0, [`${i}-0`]));
      sender.send(batchOf(topic, 1, [`${i}-1`]));
      const positions = [{ topic: source, partition: 0, offset: i + 1, metadata: `m${i}` }];
      await sender.commit([{ group, member: null, positions }]);
    }
    sender.send(batchOf(topic, 0, ['aborted']));
    await sender.flush();
    await sender.abort();
    sender.send(batchOf(topic, 0, ['last']));
    await sender.commit([]);
    await waitUntil('all has come', () => reading.values.length >= 41);
    expect(reading.values).not.toContain('aborted');
    expect(reading.values.filter((value) => value.endsWith('-0'))).toEqual([...Array(20).keys()].map((i) => `${i}-0`));
    expect(sender.pendingBytes).toBe(0);
    const committed = await path.committedPositions(group, new Map([[source, [0]]]));
    expect(committed.get(source)?.get(0)).toEqual({ offset: 20, metadata: 'm19' });
  });
});

describe('membership', () => {
  test('gives one member everything, and shares it with a second', async () => {
    const topic = await place.topic(4);
    const groupId = `${place.prefix}members`;
    const assigned: Assignment[][] = [[], []];
    const path = open();
    const member = (i: number) =>
      path.openMember({
        groupId,
        instanceId: `slot-${i}`,
        topics: [topic],
        sessionTimeoutMs: 6_000,
        handler: {
          assigned: (assignment) => void assigned[i]?.push(assignment),
          revoked: () => undefined,
          lost: () => undefined,
          troubled: () => undefined,
        },
      });
    member(0);
    await waitUntil('the first has all', () => assigned[0]?.at(-1)?.partitions.get(topic)?.length === 4);
    const second = member(1);
    await waitUntil('each has two', () => assigned.every((one) => one.at(-1)?.partitions.get(topic)?.length === 2));
    await second.leave();
    await waitUntil('the first has all again', () => assigned[0]?.at(-1)?.partitions.get(topic)?.length === 4);
    expect(assigned[1]).toHaveLength(1);
  });
});

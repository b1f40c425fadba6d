import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type FetchTarget,
  type KafkaSettings,
  openDataPath,
  openProducer,
  type RecordProducer,
} from '@citystreams/kafka';
import type { PartitionReader } from '@citystreams/record-batch';
import { patience, waitUntil } from '@citystreams/testing';
import { BrokerWire } from './broker-wire.js';
import { batchOf, identityOf, Reading } from './data-path-parts.js';
import { testCertificate } from './test-certificate.js';
import { openPlayground, type Playground, recordOf } from './playground.js';

jest.setTimeout(patience(60_000));
const FETCH = 1;
const SASL_HANDSHAKE = 17;
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

const open = (settings: KafkaSettings = place.root) => place.closing(openDataPath(settings));
const publish = (topic: string, ...values: string[]) =>
  producer.send(values.map((value, i) => recordOf(topic, i % 2, value)));
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => String(from + i));
const wireTo = async (settings: KafkaSettings) => {
  const wire = place.closing(await BrokerWire.open(settings.brokers[0]!));
  return { wire, settings: { ...settings, brokers: [wire.address] } };
};

describe('a lane', () => {
  test('hands over what is there, and what comes', async () => {
    const topic = await place.topic(2);
    await publish(topic, 'a', 'b');
    const reading = await Reading.open(open(), topic);
    await waitUntil('both have come', () => reading.values.length === 2);
    await publish(topic, 'c');
    await waitUntil('the third has come', () => reading.values.length === 3);
    expect(reading.values.toSorted()).toEqual(['a', 'b', 'c']);
    expect(reading.failures).toEqual([]);
    expect(reading.endOffsets).toEqual([2, 1]);
  });

  test('begins where it is told, in the midst of a batch too', async () => {
    const topic = await place.topic(1);
    await producer.send(numbers(10).map((value) => recordOf(topic, 0, value)));
    const reading = await Reading.open(open(), topic, 7);
    await waitUntil('the rest has come', () => reading.values.length === 3);
    expect(reading.values).toEqual(['7', '8', '9']);
  });

  test('reads one partition in two lanes at once', async () => {
    const topic = await place.topic(1);
    await publish(topic, 'a');
    const path = open();
    const [one, other] = [await Reading.open(path, topic), await Reading.open(path, topic)];
    await waitUntil('both have it', () => one.values.length === 1 && other.values.length === 1);
  });

  test('tells of an offset that is not there, and goes on when it is moved', async () => {
    const topic = await place.topic(2);
    await publish(topic, 'a', 'b');
    const reading = await Reading.open(open(), topic);
    reading.move(reading.positions[0]!, 77);
    await waitUntil('it has told', () => reading.failures.length > 0);
    expect(reading.failures[0]).toMatchObject({ code: 'OFFSET_OUT_OF_RANGE', topic, partition: 0 });
    await waitUntil('the other partition goes on', () => reading.values.includes('b'));
    reading.move(reading.positions[0]!, 0);
    await waitUntil('this one does too', () => reading.values.includes('a'));
  });

  test('tells of a topic that was deleted and created anew, and reads the others meanwhile', async () => {
    const [topic, other] = [await place.topic(2), await place.topic(1)];
    const path = open();
    const reading = await Reading.open(path, topic);
    const second = new Reading(other, await identityOf(path, other));
    reading.positions.push(...second.positions);
    await publish(topic, 'old');
    await waitUntil('it reads', () => reading.values.includes('old'));
    await place.admin.deleteTopic(topic);
    await place.admin.createTopic({ name: topic, partitions: 2 });
    await place.admin.waitForTopic(topic);
    await publish(topic, 'new');
    await waitUntil('it has told', () => reading.failures.some(({ topic: name }) => name === topic));
    expect(reading.failures[0]).toMatchObject({ code: 'UNKNOWN_TOPIC', retriable: false });
    expect(reading.failures[0]?.message).toContain('anew');
    await producer.send([recordOf(other, 0, 'other')]);
    await waitUntil('the other topic goes on', () => reading.values.includes('other'));
    expect(reading.values).not.toContain('new');
  });

  test('tells of a right that is missing, and goes on when it is there', async () => {
    const topic = await place.topic(1);
    await producer.send([recordOf(topic, 0, 'a')]);
    const account = await place.account('reader');
    const right = await place.allow(account, 'read', topic);
    const reading = await Reading.open(open(account), topic);
    await waitUntil('it reads', () => reading.values.length === 1);
    await place.admin.removeRules([right]);
    await waitUntil('it has told', () => reading.failures.length > 0);
    expect(reading.failures[0]).toMatchObject({ code: 'NOT_AUTHORIZED', topic });
    await producer.send([recordOf(topic, 0, 'b')]);
    await place.admin.allow([right]);
    await waitUntil('it reads again', () => reading.values.length === 2);
  });

  test('gets a batch that is larger than an answer may be', async () => {
    const topic = await place.topic(2, { 'max.message.bytes': String(4 << 20) });
    const large = 'x'.repeat(1_000_000);
    await producer.send([recordOf(topic, 0, 'a'), recordOf(topic, 1, 'b')]);
    await producer.send([recordOf(topic, 0, large), recordOf(topic, 1, large)]);
    const path = open();
    const reading = new Reading(topic, await identityOf(path, topic));
    path.openFetcher(reading, { answerBytes: 2_000, partitionBytes: 1_000 });
    await waitUntil('all has come', () => reading.values.length === 4);
    expect(reading.values.map((value) => value.length).toSorted((a, b) => a - b)).toEqual([1, 1, 1e6, 1e6]);
    expect(reading.failures).toEqual([]);
  });

  test('tells of a batch that is larger than any answer is read, and reads the others', async () => {
    const topic = await place.topic(4);
    await producer.send([recordOf(topic, 2, 'x'.repeat(200_000))]);
    await producer.send([0, 1, 3].map((partition) => recordOf(topic, partition, `p${partition}`)));
    const path = place.closing(openDataPath(place.root, { mostAnswerBytes: 100_000 }));
    const reading = new Reading(topic, await identityOf(path, topic));
    path.openFetcher(reading, { answerBytes: 50_000, partitionBytes: 50_000 });
    await waitUntil('the others have come', () => reading.values.length === 3);
    await waitUntil('it has told', () => reading.failures.length > 0);
    expect(reading.failures[0]).toMatchObject({ code: 'TOO_LARGE' });
    await producer.send([recordOf(topic, 0, 'after')]);
    await waitUntil('the others go on', () => reading.values.includes('after'));
  });

  test('serves all partitions in turn when an answer has room for few', async () => {
    const topics = [await place.topic(8), await place.topic(8)];
    for (const topic of topics) {
      await producer.send(Array.from({ length: 800 }, (_, i) => recordOf(topic, i % 8, 'x'.repeat(500))));
    }
    const path = open();
    const reading = new Reading(topics[0]!, await identityOf(path, topics[0]!));
    reading.positions.push(...new Reading(topics[1]!, await identityOf(path, topics[1]!)).positions);
    const order: string[] = [];
    const take = reading.take.bind(reading);
    reading.take = (target: FetchTarget, records: PartitionReader, end: number) => {
      const before = target.offset;
      take(target, records, end);
      if (target.offset > before) order.push(`${target.topic}-${target.partition}`);
    };
    path.openFetcher(reading, { answerBytes: 10_000, partitionBytes: 10_000 });
    await waitUntil('all has come', () => reading.values.length === 1600);
    expect(new Set(order.slice(0, 20)).size).toBe(16);
  });

  test('goes on with the other partitions when one cannot be taken', async () => {
    const topic = await place.topic(2);
    await publish(topic, 'a', 'b');
    const path = open();
    const reading = new Reading(topic, await identityOf(path, topic));
    const take = reading.take.bind(reading);
    const cause = new Error('not this one');
    reading.take = (target: FetchTarget, records: PartitionReader, end: number) => {
      if (target.partition === 0 && reading.failures.length === 0) throw cause;
      take(target, records, end);
    };
    path.openFetcher(reading);
    await waitUntil('both have come', () => reading.values.length === 2);
    expect(reading.failures).toHaveLength(1);
    expect(reading.failures[0]).toMatchObject({ code: 'OTHER', topic, partition: 0, cause });
  });

  test('drops what comes for a position that was given up meanwhile', async () => {
    const topic = await place.topic(1);
    const { wire, settings } = await wireTo(place.root);
    wire.fate = ({ key }) => (key === FETCH ? 'hold' : 'pass');
    await publish(topic, 'a');
    const path = open(settings);
    const reading = new Reading(topic, await identityOf(path, topic));
    path.openFetcher(reading);
    await waitUntil('a fetch is under way', () => wire.requests.some(({ key }) => key === FETCH));
    const [given] = reading.positions;
    reading.positions = [];
    reading.move(given!, -1);
    wire.fate = () => 'pass';
    wire.release();
    await waitUntil('it is answered', () => reading.answers === 1);
    expect(reading.values).toEqual([]);
  });

  test('loses nothing and repeats nothing when connections are cut, in the midst of an answer too', async () => {
    const topic = await place.topic(2);
    const { wire, settings } = await wireTo(place.root);
    let fetches = 0;
    wire.fate = ({ key }) => {
      if (key !== FETCH || ++fetches % 4 !== 0) return 'pass';
      return fetches % 8 === 0 ? 'cut' : 'cut-inside';
    };
    const reading = await Reading.open(open(settings), topic);
    for (let i = 0; i < 20; i++) {
      await publish(topic, ...numbers(50, i * 50));
      await waitUntil('it goes on', () => reading.values.length > i * 25);
    }
    await waitUntil('all has come', () => reading.values.length >= 1000);
    expect(fetches).toBeGreaterThan(8);
    expect(reading.values.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(1000));
    expect(reading.failures).toEqual([]);
  });

  test('stays on its connection when its token ends', async () => {
    const topic = await place.topic(1);
    const account = await place.account('short-lived', 4);
    await place.allow(account, 'read', topic);
    const { wire, settings } = await wireTo(account);
    const reading = await Reading.open(open(settings), topic);
    await waitUntil('it reads', () => reading.answers > 0);
    const connections = wire.connections;
    const logins = () => wire.requests.filter(({ key }) => key === SASL_HANDSHAKE).length;
    const [first, since] = [logins(), Date.now()];
    let sent = 0;
    await waitUntil(
      'two tokens have ended',
      async () => {
        await producer.send([recordOf(topic, 0, String(sent++))]);
        return Date.now() - since > 9_000;
      },
      { timeoutMs: 20_000, intervalMs: 100 },
    );
    await waitUntil('all has come', () => reading.values.length === sent);
    expect(logins() - first).toBeGreaterThanOrEqual(2);
    expect(wire.connections).toBeLessThanOrEqual(connections);
    expect(reading.values).toEqual(numbers(sent));
    expect(reading.failures).toEqual([]);
  });

  test('hands over nothing after it was closed, and leaves no connection behind', async () => {
    const topic = await place.topic(1);
    const { wire, settings } = await wireTo(place.root);
    const path = openDataPath(settings);
    const reading = await Reading.open(path, topic);
    await waitUntil('it reads', () => reading.answers > 0);
    await path.close();
    await waitUntil('no connection is left', () => wire.connections === 0);
    const { answers } = reading;
    await publish(topic, 'late');
    expect(reading.answers).toBe(answers);
    expect(reading.failures).toEqual([]);
    await expect(path.describeTopics([topic])).rejects.toMatchObject({ code: 'OTHER' });
  });
});

describe('a secured connection', () => {
  const secured = async () => {
    const certificate = testCertificate();
    const wire = place.closing(await BrokerWire.open(place.root.brokers[0]!, certificate));
    const caFile = join(mkdtempSync(join(tmpdir(), 'citystreams-')), 'ca.pem');
    writeFileSync(caFile, certificate.cert);
    const settings = { ...place.root, brokers: [wire.address], securityProtocol: 'SASL_SSL', caFile } as const;
    return { wire, settings };
  };

  test('carries large answers and requests', async () => {
    const topic = await place.topic(1, { 'max.message.bytes': String(8 << 20) });
    const { wire, settings } = await secured();
    const path = open(settings);
    const sender = await path.openTransactions({ transactionalId: `${place.prefix}secured`, timeoutMs: 20_000 });
    const large = numbers(5).map((value) => value.repeat(1_000_000));
    for (const value of large) {
      sender.send(batchOf(topic, 0, [value]));
      await sender.commit([]);
    }
    const reading = await Reading.open(path, topic);
    await waitUntil('all has come', () => reading.values.length === 5);
    expect(reading.values.map((value) => [value.length, value[0]])).toEqual(numbers(5).map((i) => [1_000_000, i]));
    expect(wire.connections).toBeGreaterThan(0);
  });

  test('is not made to a broker that nobody vouches for', async () => {
    const { settings } = await secured();
    const { settings: other } = await secured();
    const failure = await open({ ...settings, caFile: other.caFile })
      .describeTopics(['x'])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'UNREACHABLE', retriable: false });
  });
});

describe('places in a log', () => {
  test('are found by name and by time', async () => {
    const topic = await place.topic(2);
    await publish(topic, 'a', 'b', 'c');
    const path = open();
    const at = (where: Parameters<typeof path.listOffsets>[2]) => path.listOffsets(topic, [0, 1], where);
    expect([...(await at('earliest')).values()]).toEqual([0, 0]);
    expect(await at('latest')).toEqual(
      new Map([
        [0, 2],
        [1, 1],
      ]),
    );
    expect([...(await at({ timestamp: 0 })).values()]).toEqual([0, 0]);
    expect(await at({ timestamp: Date.now() + 60_000 })).toEqual(await at('latest'));
    await expect(path.listOffsets(topic, [5], 'latest')).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', partition: 5 });
  });

  test('of topics that are not there, or not ours to know, say so one by one', async () => {
    const topic = await place.topic(1);
    const account = await place.account('stranger');
    const found = await open(account).describeTopics([topic, `${place.prefix}city.nowhere`]);
    expect(found.get(topic)).toMatchObject({ code: 'NOT_AUTHORIZED', topic });
    const known = await open().describeTopics([topic, `${place.prefix}city.nowhere`]);
    expect(known.get(topic)).toEqual({ topicId: (await place.admin.describeTopic(topic))?.id, partitions: 1 });
    expect(known.get(`${place.prefix}city.nowhere`)).toMatchObject({ code: 'UNKNOWN_TOPIC' });
  });

  test('are asked for in vain with a wrong password, and the answer does not name it', async () => {
    const auth = { kind: 'plain', username: 'internal-broker', password: 'wrong-secret' } as const;
    const failure = await open({ ...place.root, auth })
      .describeTopics(['x'])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TOKEN_REFUSED' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('wrong-secret');
  });
});

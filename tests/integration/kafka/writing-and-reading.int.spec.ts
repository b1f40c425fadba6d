import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type IncomingRecord,
  type KafkaSettings,
  openPartitionReader,
  openProducer,
  openTransactionalWriter,
  partitionOfKey,
} from '@citystreams/kafka';
import { patience, waitUntil } from '@citystreams/testing';
import { openPlayground, type Playground, recordOf } from './playground.js';

jest.setTimeout(patience(60_000));
let place: Playground;
beforeAll(() => {
  place = openPlayground();
});
afterEach(() => place.closeOpened());
afterAll(() => place.close());

/** Everything committed that is in the topic now. */
async function readAll(settings: KafkaSettings, topic: string): Promise<IncomingRecord[]> {
  const reader = place.closing(openPartitionReader(settings, { topic }));
  const positions = await reader.offsetsAt('earliest');
  const ends = await reader.offsetsAt('latest');
  const records: IncomingRecord[] = [];
  while ([...ends].some(([partition, end]) => (positions.get(partition) ?? 0n) < end)) {
    for (const fetched of await reader.fetch(positions, { maxWaitMs: 200 })) {
      records.push(...fetched.records);
      positions.set(fetched.partition, fetched.next);
    }
  }
  return records;
}
const valuesOf = (records: IncomingRecord[]) => records.map(({ value }) => value?.toString());

describe('a record', () => {
  test('arrives as it was sent: null value, null key, repeated headers, time and partition', async () => {
    const topic = await place.topic(3);
    const producer = place.closing(openProducer(place.root));
    const timestamp = BigInt(Date.now() - 5_000);
    const headers: [string, Buffer][] = [
      ['a', Buffer.from('1')],
      ['b', Buffer.alloc(0)],
      ['a', Buffer.from([0xff, 0x00])],
    ];
    await producer.send([
      { topic, partition: 2, key: null, value: null, headers, timestamp },
      { topic, partition: 2, key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [] },
    ]);
    const [first, second] = await readAll(place.root, topic);
    expect(first).toMatchObject({ partition: 2, offset: 0n, key: null, value: null, headers, timestamp });
    expect(second).toMatchObject({ offset: 1n, key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [] });
  });

  test('without a partition goes where its key belongs, in the order of the calls', async () => {
    const topic = await place.topic(3);
    const producer = place.closing(openProducer(place.root));
    const keys = Array.from({ length: 200 }, (_, i) => `k${i % 7}`);
    await Promise.all(
      keys.map((key, i) =>
        producer.send([{ topic, key: Buffer.from(key), value: Buffer.from(String(i)), headers: [] }]),
      ),
    );
    const records = await readAll(place.root, topic);
    expect(records).toHaveLength(200);
    for (const { key, partition } of records) expect(partition).toBe(partitionOfKey(key ?? Buffer.alloc(0), 3));
    for (const key of new Set(keys)) {
      const numbers = records.filter((record) => record.key?.toString() === key).map(({ value }) => Number(value));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
  });

  test('larger than the broker takes is refused, and the next one goes through', async () => {
    const topic = await place.topic(1);
    const producer = place.closing(openProducer(place.root));
    const large = { ...recordOf(topic, 0, ''), value: Buffer.alloc(2_000_000) };
    await expect(producer.send([large])).rejects.toMatchObject({ code: 'TOO_LARGE', retriable: false });
    await producer.send([recordOf(topic, 0, 'small')]);
    expect(valuesOf(await readAll(place.root, topic))).toEqual(['small']);
  });

  test('waits for a topic and for a right that are not there yet, if asked to', async () => {
    const account = await place.account('patient');
    const topic = await place.topic(1);
    const problems: string[] = [];
    const producer = place.closing(
      openProducer(account, { retries: Infinity, retryRefusals: true, onProblem: ({ code }) => problems.push(code) }),
    );
    const sent = producer.send([recordOf(topic, 0, 'late')]);
    const impatient = place.closing(openProducer(account));
    await expect(impatient.send([recordOf(topic, 0, 'never')])).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    await waitUntil('the refusal is told', () => problems.includes('NOT_AUTHORIZED'));
    await place.allow(account, 'write', topic);
    await sent;
    expect(valuesOf(await readAll(place.root, topic))).toEqual(['late']);
  });
});

describe('a partition reader', () => {
  test('begins inside a batch, and finds offsets by time', async () => {
    const topic = await place.topic(1);
    const producer = place.closing(openProducer(place.root));
    const at = (n: number) => BigInt(Date.now() - 60_000 + n * 1_000);
    const times = [0, 1, 2, 3].map(at);
    await producer.send(times.map((timestamp, i) => ({ ...recordOf(topic, 0, `v${i}`), timestamp })));
    const reader = place.closing(openPartitionReader(place.root, { topic }));
    const [fetched] = await reader.fetch(new Map([[0, 2n]]), { maxWaitMs: 200 });
    expect(valuesOf(fetched?.records ?? [])).toEqual(['v2', 'v3']);
    expect(fetched?.next).toBe(4n);
    expect(await reader.offsetsAt({ timestamp: times[1] ?? 0n })).toEqual(new Map([[0, 1n]]));
    expect(await reader.offsetsAt({ timestamp: at(3_600) })).toEqual(new Map([[0, 4n]]));
  });

  test('says which partition has no such offset, and who lacks a right', async () => {
    const topic = await place.topic(2);
    const reader = place.closing(openPartitionReader(place.root, { topic }));
    const beyond = reader.fetch(new Map([[1, 99n]]), { maxWaitMs: 100 });
    await expect(beyond).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE', partition: 1, topic });
    const stranger = place.closing(openPartitionReader(await place.account('stranger'), { topic }));
    const refused = stranger.fetch(new Map([[0, 0n]]), { maxWaitMs: 100 });
    await expect(refused).rejects.toMatchObject({ code: 'NOT_AUTHORIZED', retriable: false });
  });

  test('needs no more than DESCRIBE to know where a topic ends', async () => {
    const topic = await place.topic(2);
    const account = await place.account('describer');
    await place.allow(account, 'describe', topic);
    const reader = place.closing(openPartitionReader(account, { topic }));
    expect(await reader.offsetsAt('latest')).toEqual(
      new Map([
        [0, 0n],
        [1, 0n],
      ]),
    );
    await expect(reader.fetch(new Map([[0, 0n]]), { maxWaitMs: 100 })).rejects.toMatchObject({
      code: 'NOT_AUTHORIZED',
    });
  });

  test('does not go on in a topic that was deleted and created anew', async () => {
    const topic = await place.topic(1);
    const reader = place.closing(openPartitionReader(place.root, { topic }));
    const id = await reader.topicId();
    await place.admin.deleteTopic(topic);
    await place.admin.createTopic({ name: topic, partitions: 1 });
    await place.admin.waitForTopic(topic);
    const read = () => reader.fetch(new Map([[0, 0n]]), { maxWaitMs: 100 });
    await expect(read()).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    await expect(read()).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', retriable: false });
    const another = place.closing(openPartitionReader(place.root, { topic }));
    expect(await another.topicId()).not.toBe(id);
  });
});

describe('a transaction', () => {
  const opened = async (id: string, settings = place.root) => {
    const options = { transactionalId: `${place.prefix}${id}`, groupId: `${place.prefix}${id}-group` };
    const writer = place.closing(openTransactionalWriter(settings, options));
    await writer.open();
    return writer;
  };

  test('carries records and positions together, tombstones too', async () => {
    const [source, view] = [await place.topic(2), await place.topic(2)];
    const writer = await opened('together');
    expect(await writer.committedOffsets(source, [0, 1])).toEqual(
      new Map([
        [0, null],
        [1, null],
      ]),
    );
    const records = [recordOf(view, 0, 'a'), recordOf(view, 1, null), recordOf(view, 0, 'b')];
    await writer.commit({
      topic: source,
      positions: new Map([
        [0, 7n],
        [1, 3n],
      ]),
      records,
    });
    await writer.commit({ topic: source, positions: new Map([[0, 8n]]), records: [] });
    await writer.commit({ topic: source, positions: new Map([[1, 4n]]), records: [recordOf(view, 0, 'c')] });
    expect(await writer.committedOffsets(source, [0, 1])).toEqual(
      new Map([
        [0, 8n],
        [1, 4n],
      ]),
    );
    const read = await readAll(place.root, view);
    expect(valuesOf(read.filter(({ partition }) => partition === 0))).toEqual(['a', 'b', 'c']);
    expect(read.filter(({ partition }) => partition === 1)).toMatchObject([{ value: null }]);
  });

  test('that fails leaves nothing to be seen, however often, and moves no position', async () => {
    const [source, view] = [await place.topic(1), await place.topic(2)];
    for (const round of [1, 2, 3, 4]) {
      const writer = await opened('failing');
      const good = [recordOf(view, 0, `good${round}`)];
      await writer.commit({ topic: source, positions: new Map([[0, BigInt(round)]]), records: good });
      const bad = [recordOf(view, 0, 'aborted'), { ...recordOf(view, 1, ''), value: Buffer.alloc(2_000_000) }];
      const failing = writer.commit({ topic: source, positions: new Map([[0, 99n]]), records: bad });
      await expect(failing).rejects.toMatchObject({ code: 'TOO_LARGE' });
      await expect(writer.commit({ topic: source, positions: new Map([[0, 99n]]), records: [] })).rejects.toMatchObject(
        {
          code: 'TOO_LARGE',
        },
      );
      await writer.close();
    }
    expect(valuesOf(await readAll(place.root, view))).toEqual(['good1', 'good2', 'good3', 'good4']);
    expect(await (await opened('failing')).committedOffsets(source, [0])).toEqual(new Map([[0, 4n]]));
  });

  test('of an older instance is fenced as soon as a newer one opens', async () => {
    const source = await place.topic(1);
    const older = await opened('fenced');
    await older.commit({ topic: source, positions: new Map([[0, 1n]]), records: [] });
    const newer = await opened('fenced');
    const late = older.commit({ topic: source, positions: new Map([[0, 2n]]), records: [] });
    await expect(late).rejects.toMatchObject({ code: 'FENCED', retriable: false });
    await newer.commit({ topic: source, positions: new Map([[0, 3n]]), records: [] });
    expect(await newer.committedOffsets(source, [0])).toEqual(new Map([[0, 3n]]));
  });

  test('needs no right on the cluster: only on its id, its group and its topics', async () => {
    const [source, view] = [await place.topic(1), await place.topic(1)];
    const account = await place.account('router');
    const principal = `User:${account.clientId}`;
    const right = { principal, pattern: 'literal', permission: 'allow' } as const;
    const id = `${place.prefix}rights`;
    const refused = openTransactionalWriter(account, { transactionalId: id, groupId: `${id}-group` });
    await expect(place.closing(refused).open()).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    await place.admin.allow([
      { ...right, resourceType: 'transactional-id', resourceName: id, operation: 'write' },
      { ...right, resourceType: 'group', resourceName: `${id}-group`, operation: 'read' },
      { ...right, resourceType: 'topic', resourceName: source, operation: 'read' },
      { ...right, resourceType: 'topic', resourceName: view, operation: 'write' },
    ]);
    const writer = await opened('rights', account);
    await writer.commit({ topic: source, positions: new Map([[0, 1n]]), records: [recordOf(view, 0, 'a')] });
    expect(valuesOf(await readAll(place.root, view))).toEqual(['a']);
  });
});

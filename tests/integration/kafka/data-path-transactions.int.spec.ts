import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type DataPath,
  type KafkaSettings,
  openDataPath,
  ProduceRefused,
  type TransactionalSender,
} from '@citystreams/kafka';
import { patience, waitUntil } from '@citystreams/testing';
import { BrokerWire } from './broker-wire.js';
import { batchOf, Reading } from './data-path-parts.js';
import { openPlayground, type Playground } from './playground.js';

jest.setTimeout(patience(60_000));
const PRODUCE = 0;
const END_TXN = 26;
/** Error 51 and no base offset, in a Produce answer. */
const CONCURRENT_TRANSACTIONS = Buffer.from('0033ffffffffffffffff', 'hex');
let place: Playground;
let names = 0;
beforeAll(() => {
  place = openPlayground();
});
afterEach(() => place.closeOpened());
afterAll(() => place.close());

const open = (settings: KafkaSettings = place.root) => place.closing(openDataPath(settings));
const freshId = () => `${place.prefix}sender-${names++}`;
const openSender = (path: DataPath, transactionalId = freshId()) =>
  path.openTransactions({ transactionalId, timeoutMs: 20_000 });
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => String(from + i));
const wireTo = async (settings: KafkaSettings) => {
  const wire = place.closing(await BrokerWire.open(settings.brokers[0]!));
  return { wire, path: open({ ...settings, brokers: [wire.address] }) };
};
const commitOne = async (sender: TransactionalSender, topic: string, value: string) => {
  sender.send(batchOf(topic, 0, [value]));
  await sender.commit([]);
};
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a transaction', () => {
  test('becomes visible as a whole, with the positions of its groups', async () => {
    const [topic, source] = [await place.topic(2), await place.topic(2)];
    const path = open();
    const groups = [`${place.prefix}shared`, `${place.prefix}catching-up`];
    const sender = await openSender(path);
    const reading = await Reading.open(path, topic);
    for (let i = 0; i < 20; i++) {
      sender.send(batchOf(topic, 0, [`${i}-0`]));
      sender.send(batchOf(topic, 1, [`${i}-1`]));
      const positions = [{ topic: source, partition: 0, offset: i + 1, metadata: `m${i}` }];
      await sender.commit(groups.map((group) => ({ group, member: null, positions })));
    }
    await waitUntil('all has come', () => reading.values.length >= 40);
    expect(reading.values.filter((value) => value.endsWith('-0'))).toEqual(numbers(20).map((i) => `${i}-0`));
    expect(sender.pendingBytes).toBe(0);
    for (const group of groups) {
      const committed = await path.committedPositions(group, new Map([[source, [0, 1]]]));
      expect(committed.get(source)).toEqual(
        new Map([
          [0, { offset: 20, metadata: 'm19' }],
          [1, null],
        ]),
      );
    }
  });

  test('that is aborted is never seen, and the next one is', async () => {
    const topic = await place.topic(1);
    const path = open();
    const sender = await openSender(path);
    const reading = await Reading.open(path, topic);
    sender.send(batchOf(topic, 0, ['aborted']));
    await sender.flush();
    sender.send(batchOf(topic, 0, ['aborted too']));
    await sender.abort();
    await sender.abort();
    await commitOne(sender, topic, 'kept');
    await waitUntil('it has come', () => reading.values.length > 0);
    expect(reading.values).toEqual(['kept']);
  });

  test('takes what is sent while it ends into the next one', async () => {
    const topic = await place.topic(1);
    const { wire, path } = await wireTo(place.root);
    const sender = await openSender(path);
    const reading = await Reading.open(open(), topic);
    wire.fate = ({ key }) => (key === END_TXN ? 'hold' : 'pass');
    sender.send(batchOf(topic, 0, ['first']));
    const committed = sender.commit([]);
    await waitUntil('it is being ended', () => wire.requests.some(({ key }) => key === END_TXN));
    const produced = wire.requests.filter(({ key }) => key === PRODUCE).length;
    sender.send(batchOf(topic, 0, ['second']));
    await expect(sender.commit([])).rejects.toMatchObject({ code: 'OTHER' });
    expect(sender.pendingBytes).toBeGreaterThan(0);
    expect(wire.requests.filter(({ key }) => key === PRODUCE)).toHaveLength(produced);
    wire.fate = () => 'pass';
    wire.release();
    await committed;
    await sender.flush();
    await waitUntil('the first has come', () => reading.values.length > 0);
    expect(reading.values).toEqual(['first']);
    await sender.commit([]);
    await waitUntil('the second has come', () => reading.values.length === 2);
  });

  test('after the other in haste keeps everything in order, though brokers still end the one before', async () => {
    const [PARTITIONS, TRANSACTIONS, ROUNDS] = [8, 6, 2];
    const { wire, path } = await wireTo(place.root);
    let refusals = 0;
    wire.seen = ({ key }, answer) => {
      if (key === PRODUCE && answer.includes(CONCURRENT_TRANSACTIONS)) refusals++;
    };
    const sender = await openSender(path);
    const topics: string[] = [];
    // A broker makes a log's indexes after the first 4 KiB. Where that is the end of a transaction, ending it takes long.
    const filler = 'x'.repeat(1_070);
    while (topics.length < 4 || (refusals === 0 && topics.length < 32)) {
      const fresh = await Promise.all(Array.from({ length: 4 }, () => place.topic(PARTITIONS)));
      topics.push(...fresh);
      for (let value = 0; value < TRANSACTIONS * ROUNDS; value++) {
        for (const topic of fresh) {
          for (let p = 0; p < PARTITIONS; p++) sender.send(batchOf(topic, p, [`${p} ${value} ${filler}`]));
        }
        // So that the batches of a partition go out in several requests.
        await Promise.resolve();
        if (value % ROUNDS === ROUNDS - 1) await sender.commit([]);
      }
    }
    expect(refusals).toBeGreaterThan(0);
    const readers = open();
    for (const topic of topics) {
      const reading = await Reading.open(readers, topic);
      await waitUntil('all has come', () => reading.values.length >= TRANSACTIONS * ROUNDS * PARTITIONS);
      for (let p = 0; p < PARTITIONS; p++) {
        const mine = reading.values.filter((value) => value.startsWith(`${p} `));
        expect(mine).toEqual(numbers(TRANSACTIONS * ROUNDS).map((i) => `${p} ${i} ${filler}`));
      }
    }
  });

  test.each([
    ['the first batch of all', [0]],
    ['the first of several that are under way', [1]],
    ['every other one', [0, 2, 4, 6, 8]],
    ['the last of several, twice', [3, 4, 5]],
  ])('is whole and in order though a leader moved when it got %s', async (_which, refused) => {
    const topics = [await place.topic(2), await place.topic(2)];
    const { wire, path } = await wireTo(place.root);
    const sender = await openSender(path);
    let produced = 0;
    wire.fate = ({ key }) => (key === PRODUCE && refused.includes(produced++) ? 'not-leader' : 'pass');
    const send = (value: string) => {
      for (const topic of topics) for (const p of [0, 1]) sender.send(batchOf(topic, p, [`${p} ${value}`]));
    };
    for (let transaction = 0; transaction < 2; transaction++) {
      send(`${transaction} first`);
      // From here on several batches of a partition are under way at once.
      await sender.flush();
      for (const value of numbers(6)) {
        send(`${transaction} ${value}`);
        await Promise.resolve();
      }
      await sender.commit([]);
    }
    expect(produced).toBeGreaterThan(refused.length + 1);
    for (const topic of topics) {
      const reading = await Reading.open(open(), topic);
      await waitUntil('all has come', () => reading.values.length >= 28);
      for (const p of [0, 1]) {
        const values = [0, 1].flatMap((i) => ['first', ...numbers(6)].map((value) => `${p} ${i} ${value}`));
        expect(reading.values.filter((value) => value.startsWith(`${p} `))).toEqual(values);
      }
    }
  });

  test('with nothing in it costs no request', async () => {
    const { wire, path } = await wireTo(place.root);
    const sender = await openSender(path);
    const before = wire.requests.length;
    await sender.commit([{ group: 'unused', member: null, positions: [] }]);
    await sender.flush();
    await sender.abort();
    expect(wire.requests).toHaveLength(before);
  });
});

describe('a sender', () => {
  test('is fenced by the next one of its id', async () => {
    const topic = await place.topic(1);
    const path = open();
    const id = freshId();
    const [first, second] = [await openSender(path, id), await openSender(path, id)];
    const reading = await Reading.open(path, topic);
    await commitOne(second, topic, 'second');
    expect(await failureOf(commitOne(first, topic, 'first'))).toMatchObject({ code: 'FENCED' });
    expect(first.failure).toMatchObject({ code: 'FENCED' });
    expect(await failureOf(first.abort())).toMatchObject({ code: 'FENCED' });
    await commitOne(second, topic, 'second again');
    await waitUntil('both have come', () => reading.values.length === 2);
    expect(reading.values).toEqual(['second', 'second again']);
  });

  test('fenced in mid-transaction leaves nothing of it behind', async () => {
    const topic = await place.topic(1);
    const path = open();
    const id = freshId();
    const first = await openSender(path, id);
    first.send(batchOf(topic, 0, ['unfinished']));
    await first.flush();
    const second = await openSender(path, id);
    expect(await failureOf(first.commit([]))).toMatchObject({ code: 'FENCED' });
    const reading = await Reading.open(path, topic);
    await commitOne(second, topic, 'finished');
    await waitUntil('it has come', () => reading.values.length > 0);
    expect(reading.values).toEqual(['finished']);
  });

  test.each([
    ['lost', 'cut'],
    ['cut off', 'cut-inside'],
  ] as const)(
    'is unusable when the answer to its batch was %s, and the next one writes it once',
    async (_how, fate) => {
      const topic = await place.topic(1);
      const { wire, path } = await wireTo(place.root);
      const id = freshId();
      const reading = await Reading.open(open(), topic);
      const sender = await openSender(path, id);
      await commitOne(sender, topic, 'before');
      let cuts = 0;
      wire.fate = ({ key }) => (key === PRODUCE && cuts++ === 0 ? fate : 'pass');
      const failure = await failureOf(commitOne(sender, topic, 'twice?'));
      expect(failure).toMatchObject({ code: 'UNREACHABLE' });
      expect(sender.pendingBytes).toBe(0);
      expect(await failureOf(sender.abort())).toBe(failure);
      await sender.close();
      const next = await openSender(path, id);
      await commitOne(next, topic, 'twice?');
      await waitUntil('it has come', () => reading.values.length >= 2);
      await commitOne(next, topic, 'after');
      await waitUntil('all has come', () => reading.values.includes('after'));
      expect(reading.values).toEqual(['before', 'twice?', 'after']);
    },
  );

  test('whose end of transaction had no answer: what is visible and the positions agree', async () => {
    const [topic, source] = [await place.topic(1), await place.topic(1)];
    const { wire, path } = await wireTo(place.root);
    const [id, group] = [freshId(), `${place.prefix}agree`];
    const sender = await openSender(path, id);
    let ends = 0;
    wire.fate = ({ key }) => (key === END_TXN && ends++ === 0 ? 'cut' : 'pass');
    sender.send(batchOf(topic, 0, ['first']));
    const positions = [{ topic: source, partition: 0, offset: 1, metadata: '' }];
    expect(await failureOf(sender.commit([{ group, member: null, positions }]))).toMatchObject({ code: 'UNREACHABLE' });
    const next = await openSender(path, id);
    const committed = (await path.committedPositions(group, new Map([[source, [0]]]))).get(source)?.get(0);
    await commitOne(next, topic, 'second');
    const reading = await Reading.open(open(), topic);
    await waitUntil('it has come', () => reading.values.includes('second'));
    expect(committed?.offset).toBe(1);
    expect(reading.values).toEqual(['first', 'second']);
  });

  test('says which topic refused it, and goes on without', async () => {
    const [topic, closed] = [await place.topic(2), await place.topic(2)];
    const account = await place.account('writer');
    await place.allow(account, 'write', topic);
    const right = await place.allow(account, 'write', closed);
    const transactionalId = `${account.clientId}.1`;
    await place.admin.allow([
      {
        principal: `User:${account.clientId}`,
        resourceType: 'transactional-id',
        resourceName: transactionalId,
        operation: 'write',
        pattern: 'literal',
        permission: 'allow',
      },
    ]);
    const sender = await openSender(open(account), transactionalId);
    const reading = await Reading.open(open(), topic);
    const send = () => {
      for (const partition of [0, 1]) for (const one of [topic, closed]) sender.send(batchOf(one, partition, ['x']));
    };
    send();
    await sender.commit([]);
    await waitUntil('both have come', () => reading.values.length === 2);
    await place.admin.removeRules([right]);
    await waitUntil('the right is gone', async () => {
      send();
      return (await failureOf(sender.commit([]))) !== undefined;
    });
    const seen = reading.values.length;
    const failure = sender.failure;
    expect(failure).toBeInstanceOf(ProduceRefused);
    expect(failure).toMatchObject({ code: 'NOT_AUTHORIZED', topic: closed });
    expect((failure as ProduceRefused).refusals.map((one) => `${one.topic}-${one.partition}`).toSorted()).toEqual([
      `${closed}-0`,
      `${closed}-1`,
    ]);
    expect(sender.pendingBytes).toBe(0);
    await sender.abort();
    expect(sender.failure).toBeUndefined();
    await commitOne(sender, topic, 'without');
    await waitUntil('it has come', () => reading.values.includes('without'));
    expect(reading.values).toHaveLength(seen + 1);
  });

  test('says which batch is too large', async () => {
    const [topic, small] = [await place.topic(1), await place.topic(1, { 'max.message.bytes': '1000' })];
    const sender = await openSender(open());
    sender.send(batchOf(topic, 0, ['x']));
    sender.send(batchOf(small, 0, ['x'.repeat(2_000)]));
    expect(await failureOf(sender.commit([]))).toMatchObject({ code: 'TOO_LARGE', topic: small, partition: 0 });
    await sender.abort();
    await commitOne(sender, small, 'x');
  });

  test('says that a topic is not there, before the transaction is too old', async () => {
    const [topic, gone] = [await place.topic(1), `${place.prefix}city.gone`];
    const sender = await openSender(open());
    sender.send(batchOf(topic, 0, ['x']));
    sender.send(batchOf(gone, 0, ['x']));
    expect(await failureOf(sender.flush())).toMatchObject({ code: 'UNKNOWN_TOPIC', topic: gone });
    await sender.abort();
    await commitOne(sender, topic, 'x');
  });

  test('is refused positions in the name of a generation that is not there, and goes on after an abort', async () => {
    const [topic, source] = [await place.topic(1), await place.topic(1)];
    const sender = await openSender(open());
    const reading = await Reading.open(open(), topic);
    sender.send(batchOf(topic, 0, ['refused']));
    const member = { memberId: 'nobody', generation: 3, instanceId: 'slot-9' };
    const positions = [{ topic: source, partition: 0, offset: 1, metadata: '' }];
    const failure = await failureOf(sender.commit([{ group: `${place.prefix}nobody`, member, positions }]));
    expect(failure).toMatchObject({ code: 'REBALANCED' });
    await sender.abort();
    await commitOne(sender, topic, 'after');
    await waitUntil('it has come', () => reading.values.length > 0);
    expect(reading.values).toEqual(['after']);
  });

  test('whose transaction grew too old is fenced, and nothing of it is seen', async () => {
    const topic = await place.topic(1);
    const path = open();
    const id = freshId();
    const sender = await path.openTransactions({ transactionalId: id, timeoutMs: 1_000 });
    const reading = await Reading.open(path, topic);
    sender.send(batchOf(topic, 0, ['too old']));
    await sender.flush();
    let failure: unknown;
    await waitUntil(
      'the broker has aborted it',
      async () => {
        sender.send(batchOf(topic, 0, ['too old']));
        failure = await failureOf(sender.flush());
        return failure !== undefined;
      },
      { timeoutMs: 30_000, intervalMs: 200 },
    );
    expect(failure).toMatchObject({ code: 'FENCED' });
    await commitOne(await openSender(path, id), topic, 'new');
    await waitUntil('it has come', () => reading.values.length > 0);
    expect(reading.values).toEqual(['new']);
  });

  test('takes a broker that hung up on it for what it is: nothing was under way', async () => {
    const topic = await place.topic(1);
    const { wire, path } = await wireTo(place.root);
    const sender = await openSender(path);
    await commitOne(sender, topic, 'before');
    wire.cut();
    await waitUntil('no connection is left', () => wire.connections === 0);
    await commitOne(sender, topic, 'after');
  });

  test('gives up everything when it is closed', async () => {
    const topic = await place.topic(1);
    const { wire, path } = await wireTo(place.root);
    const sender = await openSender(path);
    wire.fate = ({ key }) => (key === PRODUCE ? 'hold' : 'pass');
    sender.send(batchOf(topic, 0, ['x']));
    const flushed = failureOf(sender.flush());
    await waitUntil('it is under way', () => wire.requests.some(({ key }) => key === PRODUCE));
    await sender.close();
    expect(await flushed).toMatchObject({ code: 'OTHER' });
    expect(sender.pendingBytes).toBe(0);
    expect(await failureOf(sender.commit([]))).toMatchObject({ code: 'OTHER' });
  });
});

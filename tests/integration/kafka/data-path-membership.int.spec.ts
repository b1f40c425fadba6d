import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Assignment, type DataPath, KafkaFailure, type KafkaSettings, openDataPath } from '@citystreams/kafka';
import { patience, waitUntil } from '@citystreams/testing';
import { addPartitions, batchOf, Membership, Reading } from './data-path-parts.js';
import { BrokerWire } from './broker-wire.js';
import { openPlayground, type Playground } from './playground.js';

jest.setTimeout(patience(60_000));
const HEARTBEAT = 12;
const LEAVE_GROUP = 13;
const OFFSET_FETCH = 9;
const END_TXN = 26;
let place: Playground;
let groups = 0;
beforeAll(() => {
  place = openPlayground();
});
afterEach(() => place.closeOpened());
afterAll(() => place.close());

const open = (settings: KafkaSettings = place.root): DataPath => place.closing(openDataPath(settings));
const freshGroup = () => `${place.prefix}group-${groups++}`;
/** Each in a data path of its own, as in a process of its own. */
const join = (group: string, slot: number, topics: readonly string[], revoked?: () => Promise<void>) =>
  new Membership(open(), group, `slot-${slot}`, topics, revoked);
const isShared = (topic: string, partitions: number, members: readonly Membership[]) => {
  const shares = members.map((member) => member.partitions(topic));
  const sizes = shares.map((share) => share.length);
  return new Set(shares.flat()).size === partitions && Math.max(...sizes) - Math.min(...sizes) <= 1;
};

describe('members', () => {
  test('share the partitions evenly, move few of them, and take over from who leaves', async () => {
    const topic = await place.topic(6);
    const group = freshGroup();
    const first = join(group, 1, [topic]);
    await waitUntil('the first has all', () => first.partitions(topic).length === 6);
    const second = join(group, 2, [topic]);
    await waitUntil('they share', () => isShared(topic, 6, [first, second]));
    const before = [first.partitions(topic), second.partitions(topic)];
    const third = join(group, 3, [topic]);
    await waitUntil('the three share', () => isShared(topic, 6, [first, second, third]));
    expect(before[0]).toEqual(expect.arrayContaining([...first.partitions(topic)]));
    expect(before[1]).toEqual(expect.arrayContaining([...second.partitions(topic)]));
    const generations = [first, second, third].map((member) => member.assignment?.generation);
    expect(new Set(generations).size).toBe(1);
    await third.member.leave();
    await waitUntil('the others have it', () => isShared(topic, 6, [first, second]));
    expect(third.events.filter((event) => event !== 'troubled')).toEqual(['assigned', 'revoked']);
  });

  test('stop for less than three seconds when one comes', async () => {
    const topic = await place.topic(4);
    const group = freshGroup();
    let revokedAt = 0;
    const first = join(group, 1, [topic], async () => {
      revokedAt = performance.now();
    });
    await waitUntil('the first has all', () => first.partitions(topic).length === 4);
    const second = join(group, 2, [topic]);
    await waitUntil('they share', () => isShared(topic, 4, [first, second]));
    expect(revokedAt).toBeGreaterThan(0);
    expect(performance.now() - revokedAt).toBeLessThan(patience(3_000));
  });

  test('that come back have their partitions again, and the others notice nothing', async () => {
    const topic = await place.topic(4);
    const group = freshGroup();
    const [first, second] = [join(group, 1, [topic]), join(group, 2, [topic])];
    await waitUntil('they share', () => isShared(topic, 4, [first, second]));
    for (const [restarted, other, slot] of [
      [first, second, 1],
      [second, first, 2],
    ] as const) {
      const had = restarted.assignment;
      const { length } = other.events;
      await restarted.member.close();
      expect(restarted.events.at(-1)).toBe('assigned');
      const again = join(group, slot, [topic]);
      await waitUntil('it is back', () => again.assignment !== null);
      expect(again.assignment?.partitions).toEqual(had?.partitions);
      expect(again.assignment?.generation).toBe(had?.generation);
      expect(again.assignment?.memberId).not.toBe(had?.memberId);
      expect(other.events).toHaveLength(length);
      await again.member.close();
    }
  });

  test('with other topics after a restart get those', async () => {
    const [topic, more] = [await place.topic(2), await place.topic(2)];
    const group = freshGroup();
    const [first, second] = [join(group, 1, [topic]), join(group, 2, [topic])];
    await waitUntil('they share', () => isShared(topic, 2, [first, second]));
    await second.member.close();
    const again = join(group, 2, [topic, more]);
    await waitUntil('it has all of the other topic', () => again.partitions(more).length === 2);
    await waitUntil('all is read', () => first.partitions(topic).length + again.partitions(topic).length === 2);
    expect(first.partitions(more)).toEqual([]);
  });

  test('get other topics when they ask for them', async () => {
    const [topic, more] = [await place.topic(2), await place.topic(2)];
    const group = freshGroup();
    const [first, second] = [join(group, 1, [topic]), join(group, 2, [topic])];
    await waitUntil('they share', () => isShared(topic, 2, [first, second]));
    second.member.subscribe([more, topic]);
    first.member.subscribe([topic, more]);
    await waitUntil('they share the other topic', () => isShared(more, 2, [first, second]));
    const { length } = first.events;
    first.member.subscribe([more, topic]);
    await waitUntil('they are at rest', () => isShared(topic, 2, [first, second]));
    expect(first.events).toHaveLength(length);
  });

  test('get the partitions that a topic was given later', async () => {
    const topic = await place.topic(2);
    const group = freshGroup();
    const [first, second] = [join(group, 1, [topic]), join(group, 2, [topic])];
    await waitUntil('they share', () => isShared(topic, 2, [first, second]));
    await addPartitions(place.root, topic, 4);
    await waitUntil('they share four', () => isShared(topic, 4, [first, second]), { timeoutMs: 20_000 });
  });

  test('wait for a topic that is not there yet', async () => {
    const topic = `${place.prefix}city.later`;
    const member = join(freshGroup(), 1, [topic]);
    await waitUntil('it has joined', () => member.assignment !== null);
    expect(member.partitions(topic)).toEqual([]);
    await place.admin.createTopic({ name: topic, partitions: 2 });
    await waitUntil('it has the topic', () => member.partitions(topic).length === 2, { timeoutMs: 20_000 });
    await place.admin.deleteTopic(topic);
  });

  test('of one identity: the later one stays, the earlier one is told that it is lost', async () => {
    const topic = await place.topic(2);
    const group = freshGroup();
    const first = join(group, 1, [topic]);
    await waitUntil('the first has all', () => first.partitions(topic).length === 2);
    const twin = join(group, 1, [topic]);
    await waitUntil('the twin has all', () => twin.partitions(topic).length === 2);
    await waitUntil('the first is lost', () => first.events.includes('lost'));
    expect(first.failures.at(-1)).toMatchObject({ code: 'FENCED', kafkaError: 'FENCED_INSTANCE_ID' });
    expect(first.events.at(-1)).toBe('lost');
    expect(twin.events).toEqual(['assigned']);
  });

  test('that the group has forgotten are told so', async () => {
    const topic = await place.topic(1);
    const [group, wire] = [freshGroup(), place.closing(await BrokerWire.open(place.root.brokers[0]!))];
    const member = new Membership(open({ ...place.root, brokers: [wire.address] }), group, 'slot-1', [topic]);
    await waitUntil('it has the partition', () => member.partitions(topic).length === 1);
    wire.fate = ({ key }) => (key === HEARTBEAT ? 'late' : 'pass');
    const other = join(group, 2, [topic]);
    await waitUntil('another one has it', () => other.partitions(topic).length === 1, { timeoutMs: 30_000 });
    wire.fate = () => 'pass';
    wire.release();
    await waitUntil('it is lost', () => member.events.includes('lost'), { timeoutMs: 20_000 });
    expect(member.failures.at(-1)?.kafkaError).toBe('UNKNOWN_MEMBER_ID');
  });

  test('say that they are in trouble and that it is over, and keep what they have', async () => {
    const topic = await place.topic(1);
    const wire = place.closing(await BrokerWire.open(place.root.brokers[0]!));
    const member = new Membership(open({ ...place.root, brokers: [wire.address] }), freshGroup(), 'slot-1', [topic]);
    await waitUntil('it has the partition', () => member.partitions(topic).length === 1);
    wire.fate = ({ key }) => (key === HEARTBEAT ? 'cut' : 'pass');
    await waitUntil('it says so', () => member.events.includes('troubled'));
    wire.fate = () => 'pass';
    await waitUntil('it is well', () => member.events.includes('well'));
    expect(member.assignments).toHaveLength(1);
    expect(member.failures[0]).toMatchObject({ code: 'UNREACHABLE' });
  });

  test('leave only when they are told to', async () => {
    const topic = await place.topic(1);
    const wire = place.closing(await BrokerWire.open(place.root.brokers[0]!));
    const group = freshGroup();
    const leaves = () => wire.requests.filter(({ key }) => key === LEAVE_GROUP).length;
    for (const [ending, expected] of [
      ['close', 0],
      ['leave', 1],
    ] as const) {
      const path = open({ ...place.root, brokers: [wire.address] });
      const member = new Membership(path, group, 'slot-1', [topic]);
      await waitUntil('it has the partition', () => member.partitions(topic).length === 1);
      await member.member[ending]();
      expect(leaves()).toBe(expected);
      await path.close();
    }
  });
});

describe('positions', () => {
  /** Writes its id to the target, together with a position in the source. */
  const sendAs = async (id: string, source: string, target: string, group: string, member: Assignment) => {
    const sender = await open().openTransactions({ transactionalId: id, timeoutMs: 20_000 });
    sender.send(batchOf(target, 0, [id]));
    const positions = [{ topic: source, partition: 0, offset: 1, metadata: id }];
    try {
      await sender.commit([{ group, member, positions }]);
    } catch (error) {
      if (!(error instanceof KafkaFailure && error.code === 'FENCED')) await sender.abort();
      throw error;
    }
  };

  test('are taken from the generation at hand, and from no earlier one', async () => {
    const [source, target] = [await place.topic(2), await place.topic(1)];
    const [path, group] = [open(), freshGroup()];
    const first = join(group, 1, [source]);
    await waitUntil('the first has all', () => first.partitions(source).length === 2);
    const stale = first.assignment!;
    await sendAs(`${group}-good`, source, target, group, stale);
    const second = join(group, 2, [source]);
    await waitUntil('they share', () => isShared(source, 2, [first, second]));
    await expect(sendAs(`${group}-stale`, source, target, group, stale)).rejects.toMatchObject({ code: 'REBALANCED' });
    await sendAs(`${group}-fresh`, source, target, group, first.assignment!);
    const reading = await Reading.open(path, target);
    await waitUntil('both good ones have come', () => reading.values.length >= 2);
    expect(reading.values).toEqual([`${group}-good`, `${group}-fresh`]);
  });

  test('of a twin that was replaced are refused, though its generation still holds', async () => {
    const [source, target] = [await place.topic(1), await place.topic(1)];
    const group = freshGroup();
    const first = join(group, 1, [source]);
    await waitUntil('the first has it', () => first.partitions(source).length === 1);
    const replaced = first.assignment!;
    const twin = join(group, 1, [source]);
    await waitUntil('the twin has it', () => twin.partitions(source).length === 1);
    expect(twin.assignment?.generation).toBe(replaced.generation);
    await expect(sendAs(`${group}-old`, source, target, group, replaced)).rejects.toMatchObject({ code: 'FENCED' });
    await sendAs(`${group}-new`, source, target, group, twin.assignment!);
  });

  test('may still be committed while the group waits for this member', async () => {
    const [source, target] = [await place.topic(2), await place.topic(1)];
    const [path, group] = [open(), freshGroup()];
    const committed: string[] = [];
    const first: Membership = join(group, 1, [source], async () => {
      await sendAs(`${group}-last`, source, target, group, first.assignments.at(-1)!);
      committed.push('in time');
    });
    await waitUntil('the first has all', () => first.partitions(source).length === 2);
    const second = join(group, 2, [source]);
    await waitUntil('they share', () => isShared(source, 2, [first, second]));
    expect(committed).toEqual(['in time']);
    const positions = await path.committedPositions(group, new Map([[source, [0]]]));
    expect(positions.get(source)?.get(0)).toEqual({ offset: 1, metadata: `${group}-last` });
  });

  test('that an open transaction would move are waited for', async () => {
    const [source, target] = [await place.topic(1), await place.topic(1)];
    const group = freshGroup();
    const wire = place.closing(await BrokerWire.open(place.root.brokers[0]!));
    const through = open({ ...place.root, brokers: [wire.address] });
    const sender = await through.openTransactions({ transactionalId: `${group}-slow`, timeoutMs: 20_000 });
    sender.send(batchOf(target, 0, ['x']));
    wire.fate = ({ key }) => (key === END_TXN ? 'late' : 'pass');
    const positions = [{ topic: source, partition: 0, offset: 7, metadata: '' }];
    const ended = sender.commit([{ group, member: null, positions }]);
    await waitUntil('its end is on its way', () => wire.requests.some(({ key }) => key === END_TXN));
    const asking = place.closing(await BrokerWire.open(place.root.brokers[0]!));
    const asked = open({ ...place.root, brokers: [asking.address] }).committedPositions(
      group,
      new Map([[source, [0]]]),
    );
    const isAsked = () => asking.requests.filter(({ key }) => key === OFFSET_FETCH).length > 2;
    await waitUntil('it was asked more than once', isAsked);
    wire.release();
    await ended;
    expect((await asked).get(source)?.get(0)).toEqual({ offset: 7, metadata: '' });
  });
});

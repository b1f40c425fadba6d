import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  openFollower,
  openProducer,
  openResumingFollower,
  openSubscription,
  type RecordProducer,
} from '@citystreams/kafka';
import { patience, waitUntil } from '@citystreams/testing';
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

const publish = (topic: string, ...values: string[]) =>
  producer.send(values.map((value, i) => recordOf(topic, i % 2, value)));

describe('a follower', () => {
  test('has everything that was there when it says that it has caught up, and goes on', async () => {
    const topic = await place.topic();
    await publish(topic, 'a', 'b', 'c');
    const seen: string[] = [];
    const follower = place.closing(
      openFollower(place.root, { topic, onRecord: ({ value }) => void seen.push(String(value)) }),
    );
    await follower.caughtUp();
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
    await publish(topic, 'd');
    await waitUntil('the fourth record has come', () => seen.includes('d'));
    expect(follower.health()).toEqual({ ok: true });
  });

  test('comes back by itself after its right was taken and given again, without a gap', async () => {
    const topic = await place.topic();
    const account = await place.account('follower');
    const right = await place.allow(account, 'read', topic);
    const seen: string[] = [];
    const problems: string[] = [];
    const follower = place.closing(
      openFollower(account, {
        topic,
        onRecord: ({ value }) => void seen.push(String(value)),
        onProblem: ({ code }) => problems.push(code),
      }),
    );
    await follower.caughtUp();
    // An empty topic is caught up with before anything was read from it.
    await waitUntil('it reads', () => follower.health().ok);
    await place.admin.removeRules([right]);
    await waitUntil('it says that something is wrong', () => !follower.health().ok);
    await publish(topic, 'meanwhile', 'meanwhile too');
    await place.admin.allow([right]);
    await waitUntil('it has what was missed', () => seen.length === 2);
    await waitUntil('it is well again', () => follower.health().ok);
    expect(problems).toContain('NOT_AUTHORIZED');
  });

  test('reads a topic from its beginning again when it was deleted and created anew', async () => {
    const topic = await place.topic();
    await publish(topic, 'old', 'old');
    const seen: string[] = [];
    const follower = place.closing(
      openFollower(place.root, { topic, onRecord: ({ value }) => void seen.push(String(value)) }),
    );
    await follower.caughtUp();
    await place.admin.deleteTopic(topic);
    await place.admin.createTopic({ name: topic, partitions: 2 });
    await place.admin.waitForTopic(topic);
    await publish(topic, 'new');
    await waitUntil('the new record has come', () => seen.includes('new'));
    expect(seen).toEqual(['old', 'old', 'new']);
  });

  test('hands a record in again when its handler failed', async () => {
    const topic = await place.topic();
    await publish(topic, 'a');
    let attempts = 0;
    const follower = place.closing(
      openFollower(place.root, {
        topic,
        onRecord: () => {
          attempts += 1;
          if (attempts === 1) throw new Error('not yet');
        },
      }),
    );
    await follower.caughtUp();
    expect(attempts).toBe(2);
  });
});

describe('a follower that goes on where it was', () => {
  /** A read model that outlives its follower. */
  function model() {
    const positions = new Map<number, bigint>();
    const seen: string[] = [];
    const asked: boolean[] = [];
    const open = (topic: string, onBatch?: () => void) =>
      place.closing(
        openResumingFollower(place.root, {
          topic,
          resume: async (_id, isLost) => {
            asked.push(isLost);
            if (isLost) positions.clear();
            return positions;
          },
          onBatch: async ({ partition, records, next }) => {
            onBatch?.();
            seen.push(...records.map(({ value }) => String(value)));
            positions.set(partition, next);
          },
        }),
      );
    return { positions, seen, asked, open };
  }

  test('reads nothing twice after it was closed, and nothing is left out', async () => {
    const topic = await place.topic();
    const { seen, open } = model();
    await publish(topic, 'a', 'b', 'c');
    const first = open(topic);
    await first.caughtUp();
    await first.close();
    await publish(topic, 'd', 'e');
    const second = open(topic);
    await second.caughtUp();
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('gets the same records again when they could not be handled', async () => {
    const topic = await place.topic();
    const { seen, open } = model();
    await publish(topic, 'a', 'b');
    let failures = 2;
    const follower = open(topic, () => {
      if (failures-- > 0) throw new Error('not now');
    });
    await waitUntil('both came', () => seen.length === 2);
    expect(seen.sort()).toEqual(['a', 'b']);
    await follower.close();
  });

  test('is told when its place is not in the topic, and begins anew', async () => {
    const topic = await place.topic();
    const { positions, seen, asked, open } = model();
    await publish(topic, 'a', 'b');
    positions.set(0, 4711n).set(1, 4711n);
    const follower = open(topic);
    await waitUntil('it has everything', () => seen.length === 2);
    expect(asked).toContain(true);
    expect(seen.sort()).toEqual(['a', 'b']);
    await follower.close();
  });
});

describe('a subscription', () => {
  const open = (account: Playground['root'], topic: string, groupId: string, seen: string[], problems: string[] = []) =>
    place.closing(
      openSubscription(account, {
        topics: [topic],
        groupId,
        fallback: 'earliest',
        onRecord: async ({ value }) => void seen.push(String(value)),
        onProblem: ({ code }) => void problems.push(code),
      }),
    );

  test('goes on behind the last record that was handled', async () => {
    const topic = await place.topic();
    const group = `${place.prefix}goes-on`;
    const [first, second]: [string[], string[]] = [[], []];
    await publish(topic, 'a', 'b');
    const subscription = open(place.root, topic, group, first);
    await waitUntil('both records have come', () => first.length === 2);
    await subscription.close();
    await publish(topic, 'c');
    open(place.root, topic, group, second);
    await waitUntil('the third record has come', () => second.length > 0);
    expect(second).toEqual(['c']);
  });

  test('shares the partitions with a second member, and takes them over when that one leaves', async () => {
    const topic = await place.topic();
    const group = `${place.prefix}shared`;
    const [first, second]: [string[], string[]] = [[], []];
    open(place.root, topic, group, first);
    const leaving = open(place.root, topic, group, second);
    await waitUntil('each of them receives', async () => {
      await publish(topic, 'x', 'x');
      return first.length > 0 && second.length > 0;
    });
    await leaving.close();
    const before = first.length;
    await publish(topic, 'last0', 'last1');
    // Among them may be a record that the leaving member had received and not yet committed.
    await waitUntil('the first one receives both partitions', () =>
      ['last0', 'last1'].every((value) => first.slice(before).includes(value)),
    );
    expect(first.slice(before)).toEqual(expect.arrayContaining(['last0', 'last1']));
  });

  test('says so when its right is taken, and comes back by itself', async () => {
    const topic = await place.topic();
    const account = await place.account('consumer');
    const group = `${account.clientId}.main`;
    await place.allowGroup(account, group);
    const right = await place.allow(account, 'read', topic);
    const [seen, problems]: [string[], string[]] = [[], []];
    const subscription = open(account, topic, group, seen, problems);
    await publish(topic, 'a');
    await waitUntil('the first record has come', () => seen.length === 1);
    await place.admin.removeRules([right]);
    await waitUntil('it says that something is wrong', () => !subscription.health().ok);
    await publish(topic, 'b');
    await place.admin.allow([right]);
    await waitUntil('the second record has come', () => seen.includes('b'), { timeoutMs: 20_000 });
    await waitUntil('it is well again', () => subscription.health().ok);
    expect(problems).toContain('NOT_AUTHORIZED');
  });

  test('outlives its token', async () => {
    const topic = await place.topic();
    const account = await place.account('short-lived', 4);
    const group = `${account.clientId}.main`;
    await place.allowGroup(account, group);
    await place.allow(account, 'read', topic);
    const [seen, problems]: [string[], string[]] = [[], []];
    const since = Date.now();
    open(account, topic, group, seen, problems);
    await waitUntil(
      'it still receives when its first token has ended',
      async () => {
        await publish(topic, 'x');
        return Date.now() - since > 6_000 && seen.length > 0;
      },
      { timeoutMs: 20_000, intervalMs: 200 },
    );
    expect(problems).toEqual([]);
  });

  test('hands a record in again when its handler failed, before the next one', async () => {
    const topic = await place.topic(1);
    await producer.send([recordOf(topic, 0, 'a'), recordOf(topic, 0, 'b')]);
    const seen: string[] = [];
    place.closing(
      openSubscription(place.root, {
        topics: [topic],
        groupId: `${place.prefix}failing`,
        fallback: 'earliest',
        onRecord: async ({ value }) => {
          seen.push(String(value));
          if (seen.length === 1) throw new Error('not yet');
        },
      }),
    );
    await waitUntil('all has come', () => seen.length === 3);
    expect(seen).toEqual(['a', 'a', 'b']);
  });
});

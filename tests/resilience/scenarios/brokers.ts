/** What can happen to Kafka itself. */
import { alterPartitionReassignmentsV1 } from '@platformatic/kafka';
import type { Stage } from '../stage/stage.js';
import { assertNone } from '../wire/connections.js';
import type { ApiName } from '../wire/frames.js';
import type { BrokerNode } from '../world/broker-node.js';
import { aMoment, inBook } from './moments.js';
import type { Scenario } from './scenario.js';

const nodeOf = (stage: Stage, id: number): BrokerNode => {
  const found = stage.world.nodes.find((node) => node.id === id);
  if (found === undefined) throw new Error(`there is no broker ${id}`);
  return found;
};

const isGone = (pid: number | null) => (): string | null => {
  try {
    process.kill(pid ?? 0, 0);
    return null;
  } catch {
    return `process ${pid} is gone`;
  }
};

async function killAndRestart(stage: Stage, node: BrokerNode, how: 'kill9' | 'stop', awayMs: number): Promise<void> {
  const { pid } = node;
  await node[how]();
  await stage.effects.expect(`broker ${node.id} is gone (${how})`, isGone(pid));
  await new Promise((resolve) => setTimeout(resolve, awayMs));
  await node.start();
  await stage.world.untilKafkaAnswers();
  await stage.effects.expect(
    'it is back as another process',
    () => (node.pid !== null && node.pid !== pid ? `process ${node.pid}` : null),
    0,
  );
}

export const brokerKilled: Scenario = {
  name: 'broker-killed',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    await killAndRestart(stage, nodeOf(stage, 1), 'kill9', random.between(0, 3_000));
    await stage.untilFlowing(30, stage.views, 120_000);
    return stage.finish();
  },
};

export const brokerRestarted: Scenario = {
  name: 'broker-restarted',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    await killAndRestart(stage, nodeOf(stage, 1), 'stop', random.between(0, 3_000));
    await stage.untilFlowing(30, stage.views, 120_000);
    return stage.finish();
  },
};

/** The broker stands still for longer than its own session, with every connection open. */
export const brokerFrozen: Scenario = {
  name: 'broker-frozen',
  world: 'one broker',
  async play(stage, random) {
    const { proxy } = stage.world;
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const node = nodeOf(stage, 1);
    node.freeze();
    await aMoment(random, 200, 300);
    const since = proxy.book.length;
    await aMoment(random, 4_000, 8_000);
    const answers = proxy.book.slice(since).filter(({ kind }) => kind === 'answer').length;
    node.thaw();
    await stage.effects.expect('it answered nothing meanwhile', () => (answers === 0 ? 'no answer' : null), 0);
    await stage.untilFlowing(30, stage.views, 120_000);
    return stage.finish();
  },
};

/** Of three: the one that leads what the router needs most. */
function leaderKilled(name: string, whose: (stage: Stage) => Promise<number>): Scenario {
  return {
    name,
    world: 'three brokers',
    async play(stage, random) {
      stage.startTraffic();
      await stage.keepRouter();
      await stage.untilFlowing(random.whole(10, 40), stage.views, 120_000);
      for (let n = random.whole(1, 2); n > 0; n -= 1) {
        const id = await whose(stage);
        const node = nodeOf(stage, id);
        const { pid } = node;
        await node.kill9();
        await stage.effects.expect(`broker ${id} is gone`, isGone(pid));
        await stage.effects.expect(
          'another broker has taken over',
          async () => {
            const now = await whose(stage);
            return now !== id && now >= 0 ? `broker ${now}` : null;
          },
          60_000,
        );
        await stage.untilFlowing(random.whole(10, 40), stage.views, 120_000);
        await node.start();
        await stage.world.untilKafkaAnswers();
      }
      await stage.untilFlowing(30, stage.views, 120_000);
      return stage.finish({ timeoutMs: 120_000 });
    },
  };
}

/** NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH. */
const LED_ELSEWHERE: readonly number[] = [6, 74];
const REASSIGN_WITHIN_MS = 30_000;

/** Nobody is gone: of three brokers, another leads each partition of every source and view, again and again. */
export const leadersMoved: Scenario = {
  name: 'leaders-moved',
  world: 'three brokers',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 40), stage.views, 120_000);
    const topics = [...stage.streams.map(({ name }) => name), ...stage.views.map(({ topic }) => topic)];
    const since = stage.world.proxy.book.length;
    for (let n = random.whole(2, 4); n > 0; n -= 1) {
      for (const topic of topics) await moveLeaders(stage, topic);
      await stage.untilFlowing(random.whole(10, 40), stage.views, 120_000);
    }
    for (const api of ['Fetch', 'Produce'] satisfies ApiName[])
      await stage.effects.expect(
        `a broker refuses a ${api}: it does not lead the partition any more`,
        inBook(stage, since, (e) => e.api === api && e.errors.some((code) => LED_ELSEWHERE.includes(code))),
        0,
      );
    return stage.finish({ timeoutMs: 120_000 });
  },
};

/** Each partition goes to the two brokers that do not lead it, while it is written and read. */
async function moveLeaders(stage: Stage, topic: string): Promise<void> {
  const { wire } = stage.world;
  const before = (await wire.topic(topic))?.leaders ?? [];
  const nodes = await wire.nodeIds();
  const partitions = before.map((leader, partitionIndex) => ({
    partitionIndex,
    replicas: nodes.filter((id) => id !== leader),
  }));
  const asked = [{ name: topic, partitions }];
  const { errorCode, responses } = await wire.any(alterPartitionReassignmentsV1.api, REASSIGN_WITHIN_MS, true, asked);
  for (const code of [errorCode, ...responses.flatMap((r) => r.partitions.map((p) => p.errorCode))])
    assertNone(code, `other brokers for ${topic}`);
  await stage.effects.expect(
    `${topic} is led by others`,
    async () => {
      const now = (await wire.topic(topic))?.leaders ?? [];
      const moved = now.every((leader, partition) => leader >= 0 && leader !== before[partition]);
      return moved ? `${before.join()} became ${now.join()}` : null;
    },
    60_000,
  );
}

const transactionalIdOf = (stage: Stage): string => {
  const found = stage.world.proxy.book.findLast((e) => e.transaction?.commits === true)?.transaction?.id;
  if (found === undefined) throw new Error('no router has ended a transaction yet');
  return found;
};

export const transactionCoordinatorKilled = leaderKilled('transaction-coordinator-killed', (stage) =>
  stage.world.wire.coordinatorNode('transaction', transactionalIdOf(stage)),
);

export const groupCoordinatorKilled = leaderKilled('group-coordinator-killed', async (stage) => {
  const [own = ''] = (await stage.routerGroups()).sort();
  return stage.world.wire.coordinatorNode('group', own);
});

export const viewLeaderKilled = leaderKilled('view-leader-killed', async (stage) => {
  const places = await stage.world.wire.topic(stage.views[0]?.topic ?? '');
  return places?.leaders[0] ?? -1;
});

export const sourceLeaderKilled = leaderKilled('source-leader-killed', async (stage) => {
  const places = await stage.world.wire.topic(stage.open.name);
  return places?.leaders[0] ?? -1;
});

/** The broker's disk fills up until it gives up; room is made, and it starts again. */
export const diskFull: Scenario = {
  name: 'disk-full',
  world: 'small disk',
  async play(stage, random) {
    const { disk } = stage.world;
    if (disk === null) throw new Error('this world has no small disk');
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const node = nodeOf(stage, 1);
    const { pid } = node;
    const empty = disk.fill();
    await stage.effects.expect(
      'Kafka finds no room',
      () => /.*No space left.*/.exec(node.log())?.[0].slice(0, 160) ?? null,
      120_000,
    );
    await stage.effects.expect('the broker gives up', isGone(pid), 60_000);
    empty();
    await node.stop();
    await node.start();
    await stage.world.untilKafkaAnswers();
    await stage.untilFlowing(30, stage.views, 120_000);
    return stage.finish({ timeoutMs: 120_000 });
  },
};

/** What can happen to the topics themselves: grown, emptied from below, deleted and made anew. */
import { deleteRecordsV2 } from '@platformatic/kafka';
import { waitUntil } from '@citystreams/testing';
import type { Violation } from '../checker/facts.js';
import type { Random } from '../random.js';
import { readCommitted } from '../stage/log-watcher.js';
import { positionsOfView } from '../stage/positions.js';
import type { Stage } from '../stage/stage.js';
import { newUlid, quarantineOf, type StreamFixture, type ViewFixture } from '../stage/streams.js';
import { assertNone } from '../wire/connections.js';
import { aMoment, inBook } from './moments.js';
import type { Scenario } from './scenario.js';

const OFFSET_OUT_OF_RANGE = 1;
const STILL_MS = 2_000;

const viewsOf = (stage: Stage, stream: StreamFixture): ViewFixture[] => stage.views.filter((v) => v.stream === stream);

/** Nothing may be written for a while to views that have nowhere to go on from. */
async function expectStill(stage: Stage, views: readonly ViewFixture[]): Promise<void> {
  const counts = () => Promise.all(views.map((view) => stage.committedIn(view)));
  const before = await counts();
  await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  const after = await counts();
  const moved = views.flatMap((view, n): Violation[] => {
    const more = (after[n] ?? 0) - (before[n] ?? 0);
    return more === 0 ? [] : [{ kind: 'BEYOND_SPAN', where: view.topic, detail: `${more} records of a lost place` }];
  });
  stage.note(moved);
}

async function orderAnew(
  stage: Stage,
  random: Random,
  stream: StreamFixture,
  partitions: readonly number[],
  at: (partition: number) => bigint,
): Promise<void> {
  for (const partition of partitions) {
    const order = newUlid(random);
    await stage.control.orderNewBeginning(order, stream, partition, at(partition));
  }
}

const partitionsOf = (stream: StreamFixture): number[] =>
  Array.from({ length: stream.message.partitions }, (_, p) => p);

/**
 * A source is deleted and made anew under the same name, with a router running or not. Positions in it mean nothing any
 * more: the router says so and stands, until a person orders it to begin anew; then all of the new topic is routed.
 */
export const sourceRecreated: Scenario = {
  name: 'source-recreated',
  world: 'one broker',
  async play(stage, random) {
    const stream = stage.open;
    const views = viewsOf(stage, stream);
    const whileDown = random.chance(0.5);
    stage.startTraffic();
    let router = await stage.startRouter();
    await stage.untilFlowing(random.whole(20, 60));
    await stage.stopTraffic();
    await waitUntil('the routers are done', async () => (await stage.unfinished()).length === 0, { timeoutMs: 60_000 });
    stage.note((await stage.judge()).violations);
    if (whileDown) await router.drain();

    const before = await stage.world.wire.topic(stream.name);
    await stage.control.recreateTopic(stream.name, { partitions: stream.message.partitions, timestamps: 'CreateTime' });
    const after = await stage.world.wire.topic(stream.name);
    await stage.effects.expect('the topic has another id', () =>
      after !== null && after.id !== before?.id ? `${before?.id} became ${after.id}` : null,
    );
    await stage.evidence.beginEra([...views, quarantineOf(stream)]);
    stage.dropTraffic(stream);
    if (whileDown) router = await stage.startRouter();
    stage.startTraffic({ stream, idPrefix: 'anew' });
    for (const partition of partitionsOf(stream))
      await stage.effects.expect(
        `the router stands at partition ${partition} and says why`,
        () => (stage.control.partition(stream, partition)?.trouble === 'TOPIC_RECREATED' ? 'TOPIC_RECREATED' : null),
        60_000,
      );
    await expectStill(stage, views);
    await orderAnew(stage, random, stream, partitionsOf(stream), () => 0n);
    await stage.untilFlowing(30, views);
    return stage.finish();
  },
};

/** Records go from below a position, by retention or by hand, while no router runs: it stands there until ordered on. */
export const offsetsOutOfRange: Scenario = {
  name: 'offsets-out-of-range',
  world: 'one broker',
  async play(stage, random) {
    const stream = stage.open;
    const views = viewsOf(stage, stream);
    stage.startTraffic();
    const router = await stage.startRouter();
    await stage.untilFlowing(random.whole(20, 60));
    await router.drain();
    const partition = random.whole(0, stream.message.partitions - 1);
    const position = (await positionsOfView(stage.world.wire, views[0]!.message.view, stream.name, partition + 1)).get(
      partition,
    )!;
    const low = position + BigInt(random.whole(5, 40));
    await waitUntil('there is enough behind it', async () => {
      const { ends } = await readCommitted(stage.world.internal, stream.name);
      return (ends.get(partition) ?? 0n) > low;
    });
    await stage.evidence.keepSource(stream);
    await deleteBelow(stage, stream.name, partition, low);
    for (const view of views)
      stage.setSpans(view, partition, (end) => [
        { from: 0n, to: position },
        { from: low, to: end },
      ]);
    stage.setSpans(quarantineOf(stream), partition, (end) => [
      { from: 0n, to: position },
      { from: low, to: end },
    ]);
    const since = stage.world.proxy.book.length;
    await stage.startRouter();
    await stage.effects.expect(
      'Kafka does not have the position any more',
      inBook(stage, since, (e) => e.errors.includes(OFFSET_OUT_OF_RANGE)),
      60_000,
    );
    await stage.effects.expect('the router stands there and says why', () =>
      stage.control.partition(stream, partition)?.trouble === 'OFFSET_OUT_OF_RANGE' ? 'OFFSET_OUT_OF_RANGE' : null,
    );
    await stage.untilFlowing(20);
    await orderAnew(stage, random, stream, [partition], () => low);
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

async function deleteBelow(stage: Stage, topic: string, partition: number, offset: bigint): Promise<void> {
  const { wire } = stage.world;
  const leader = (await wire.topic(topic))?.leaders[partition] ?? -1;
  const answer = await wire.node(
    leader,
    deleteRecordsV2.api,
    [{ name: topic, partitions: [{ partitionIndex: partition, offset }] }],
    10_000,
  );
  assertNone(answer.topics[0]?.partitions[0]?.errorCode ?? -1, `records of ${topic}-${partition}`);
}

/** More partitions, under load. */
export const partitionsAdded: Scenario = {
  name: 'partitions-added',
  world: 'one broker',
  async play(stage, random) {
    const stream = random.pick(stage.streams);
    const before = stream.message.partitions;
    const views = viewsOf(stage, stream);
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 40));
    await stage.control.growStream(stream, views, before + random.whole(1, 3));
    await stage.effects.expect('events lie in a new partition', async () => {
      const { ends } = await readCommitted(stage.world.internal, stream.name);
      const end = ends.get(before) ?? 0n;
      return end > 0n ? `${before}/${end}` : null;
    });
    await stage.effects.expect(
      'every view has events of a new partition',
      async () => {
        for (const view of views) await stage.watcher(view.topic).catchUp();
        const all = views.every((view) =>
          stage
            .watcher(view.topic)
            .records()
            .some((r) => r.partition >= before),
        );
        return all ? `partition ${before}` : null;
      },
      60_000,
    );
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** A view's topic goes; the others go on. Made anew, it gets everything from where the view stood. */
export const viewTopicLost: Scenario = {
  name: 'view-topic-lost',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 40));
    const victim = random.pick(stage.views);
    const { stream } = victim;
    const others = stage.views.filter((view) => view !== victim);
    await stage.control.admin.deleteTopic(victim.topic);
    await stage.effects.expect('the topic is gone', async () =>
      (await stage.world.wire.topic(victim.topic)) === null ? victim.topic : null,
    );
    await stage.effects.expect(
      'the router says that this view stands',
      () =>
        [...stage.control.lastReports(victim.message.view).values()].find((s) => s.state === 'failed')?.error ?? null,
      60_000,
    );
    await aMoment(random, 0, 2_000);
    await stage.untilFlowing(30, others);
    const positions = await positionsOfView(
      stage.world.wire,
      victim.message.view,
      stream.name,
      stream.message.partitions,
    );
    for (const [partition, from] of positions) stage.setSpans(victim, partition, (end) => [{ from, to: end }]);
    stage.evidence.forget(victim.topic);
    await stage.control.recreateTopic(victim.topic, {
      partitions: stream.message.partitions,
      timestamps: stream.level === 'L2' ? 'CreateTime' : 'LogAppendTime',
    });
    await stage.untilFlowing(30, stage.views, 90_000);
    return stage.finish();
  },
};

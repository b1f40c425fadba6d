/** What people decide while events flow: each change takes effect at one offset per partition, and the router says which. */
import type { Random } from '../random.js';
import type { Stage } from '../stage/stage.js';
import type { ViewFixture, ViewOptions } from '../stage/streams.js';
import { aMoment } from './moments.js';
import type { Scenario } from './scenario.js';

const holdersUntil = (view: ViewFixture, until: Date): ViewFixture['message']['holders'] =>
  view.message.holders.map((holder) => ({ ...holder, validTo: until.toISOString() }));

const partitionsOf = (view: ViewFixture): number[] =>
  Array.from({ length: view.message.partitions }, (_, partition) => partition);

/** Waits until every partition reports the view's generation as stopped; what lies behind is not meant for it. */
async function expectStopped(stage: Stage, view: ViewFixture, why: string): Promise<void> {
  const { generation } = view.message;
  await stage.effects.expect(
    `${why}: the router says where it stopped the view`,
    () => {
      const told = stage.control.lastReports(view.message.view);
      const stops = partitionsOf(view).map((partition) => told.get(partition));
      if (!stops.every((s) => s?.state === 'stopped' && s.generation >= generation && s.stoppedAt !== null))
        return null;
      return stops.map((s) => `${s?.partition}/${s?.stoppedAt}`).join(', ');
    },
    30_000,
  );
  for (const [partition, status] of stage.control.lastReports(view.message.view)) {
    const to = BigInt(status.stoppedAt ?? 0);
    const earlier = stage.spansOf(view, partition);
    const open = earlier.at(-1) ?? { from: 0n, to };
    stage.setSpans(view, partition, () => [...earlier.slice(0, -1), { ...open, to }]);
  }
}

/** Waits until every partition reports the view's generation as running, and from which offset on; it is meant to have all from there. */
async function expectBegun(stage: Stage, view: ViewFixture, why: string): Promise<void> {
  const { generation } = view.message;
  const first = (partition: number) =>
    stage.control
      .reports(view.message.view)
      .find((s) => s.partition === partition && s.generation === generation && s.state === 'running');
  await stage.effects.expect(
    `${why}: the router says from where on it writes the view`,
    () => {
      const begun = partitionsOf(view).map(first);
      return begun.every((s) => s?.since !== undefined)
        ? begun.map((s) => `${s?.partition}/${s?.since}`).join(', ')
        : null;
    },
    30_000,
  );
  for (const partition of partitionsOf(view)) {
    const from = BigInt(first(partition)?.since ?? 0);
    const earlier = stage.spansOf(view, partition);
    stage.setSpans(view, partition, (end) => [...earlier, { from, to: end }]);
  }
}

const othersOf = (stage: Stage, view: ViewFixture): ViewFixture[] =>
  stage.views.filter((v) => v !== view && v.message.holders.length > 0);

/** The last entitlement is revoked. */
export const revoked: Scenario = {
  name: 'revoked',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 40));
    const view = random.pick(stage.views);
    await stage.control.changeView(view, { holders: [] });
    await expectStopped(stage, view, 'revoked');
    await stage.untilFlowing(60, othersOf(stage, view));
    return stage.finish();
  },
};

/** Its term ends by itself: nobody announces anything. */
export const expired: Scenario = {
  name: 'expired',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 40));
    const view = random.pick(stage.views);
    const until = new Date(Date.now() + random.whole(1_000, 3_000));
    await stage.control.changeView(view, { holders: holdersUntil(view, until) });
    await expectStopped(stage, view, 'expired');
    await stage.effects.expect('its term is over', () => (new Date() > until ? until.toISOString() : null), 0);
    const others = stage.views.filter((v) => v !== view);
    await stage.untilFlowing(60, others);
    return stage.finish();
  },
};

/** A view with history gets all of it, one without only what comes from a recorded offset on; while others flow. */
export const granted: Scenario = {
  name: 'granted',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(40, 120));
    const withHistory = await stage.addView(stage.open, { fields: ['eventId', 'district'], district: 'harbour' });
    await aMoment(random, 0, 500);
    const fromNow = await stage.addView(random.pick(stage.streams), {
      fields: ['eventId', 'sequence'],
      history: 'from-grant',
    });
    await expectBegun(stage, fromNow, 'granted from now on');
    await stage.untilFlowing(30, [...stage.views]);
    const began = [...partitionsOf(fromNow)].map((p) => stage.spansOf(fromNow, p)[0]?.from ?? 0n);
    await stage.effects.expect(
      'the source was there before',
      () => (began.some((at) => at > 0n) ? began.join(', ') : null),
      0,
    );
    await stage.effects.expect('the other has its history', async () => {
      const first = stage.watcher(withHistory.topic).records()[0];
      return first === undefined ? null : `${stage.watcher(withHistory.topic).records().length} records`;
    });
    return stage.finish();
  },
};

/** Suspended and resumed: a view without history never gets what came in between, one with history does. */
export const suspended: Scenario = {
  name: 'suspended',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    const view = await stage.addView(random.pick(stage.streams), {
      fields: ['eventId', 'sequence'],
      history: 'from-grant',
    });
    await expectBegun(stage, view, 'granted');
    const kept = stage.views[0]!;
    await stage.untilFlowing(random.whole(10, 40));
    const holders = new Map([view, kept].map((v) => [v, v.message.holders]));
    for (const one of [view, kept]) await stage.control.changeView(one, { holders: [] });
    await expectStopped(stage, view, 'suspended');
    await stage.untilFlowing(60, othersOf(stage, view));
    for (const one of [view, kept]) await stage.control.changeView(one, { holders: holders.get(one) ?? [] });
    await expectBegun(stage, view, 'resumed');
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** Narrowed or widened: the old view ends and another begins, each at its offset, with a kill in between or not. */
export const replaced: Scenario = {
  name: 'replaced',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const router = await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 40));
    const old = random.pick(stage.views);
    const next = await replacement(stage, random, old);
    await stage.control.changeView(old, { holders: [] });
    if (random.chance(0.5)) {
      await aMoment(random, 0, 300);
      const { process } = router;
      await process.kill9();
      await stage.effects.expect('the router is killed in the middle of it', () => process.exit?.signal ?? null);
    }
    await expectStopped(stage, old, 'replaced');
    await expectBegun(stage, next, 'its replacement');
    await stage.untilFlowing(60, othersOf(stage, old));
    return stage.finish();
  },
};

function replacement(stage: Stage, random: Random, old: ViewFixture): Promise<ViewFixture> {
  const fields: ViewOptions['fields'] = random.chance(0.5)
    ? ['eventId']
    : ['eventId', 'sequence', 'district', 'reading', 'occurredAt'];
  return stage.addView(old.stream, { fields, history: 'from-grant' });
}

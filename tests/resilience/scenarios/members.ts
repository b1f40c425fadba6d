/** Routers of several slots, and how they share the partitions. */
import { waitUntil } from '@citystreams/testing';
import type { RouterProcess } from '../stage/router-process.js';
import type { Stage } from '../stage/stage.js';
import { watchStops } from '../stage/stop-watch.js';
import { aMoment, gone } from './moments.js';
import type { Scenario } from './scenario.js';

/** Routers of several slots come and go, politely or not. */
export const comingAndGoing: Scenario = {
  name: 'coming-and-going',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const alive = () => stage.routers.filter((r) => r.exit === null);
    await stage.startRouter({ slot: '0' });
    await stage.untilFlowing(10);
    await stage.startRouter({ slot: '1' });
    await stage.effects.expect(
      'two routers share the partitions',
      () => {
        const slots = new Set(stage.control.partitions().map(({ slot }) => slot));
        return slots.size > 1 ? [...slots].join(', ') : null;
      },
      30_000,
    );
    for (let n = random.whole(3, 5); n > 0; n -= 1) {
      await stage.startRouter({ slot: String(stage.routers.length % 3) });
      await stage.untilFlowing(random.whole(1, 30));
      const leaving = random.pick(alive());
      if (alive().length > 1 && random.chance(0.7)) {
        if (random.chance(0.5)) await leaving.kill9();
        else await leaving.drain();
        await stage.effects.expect('a router has left', gone(leaving));
      }
      if (alive().length === 0) await stage.startRouter();
    }
    await waitUntil('somebody is left', () => alive().length > 0);
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

const LONGEST_STOP_MS = 3_000;

/** Routers join, leave and are restarted as planned: measured, how long any partition of any view stands still for it. */
export const plannedRebalance: Scenario = {
  name: 'planned-rebalance',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic({ isPlain: true, pauseMs: 20 });
    const first = await stage.startRouter({ slot: '0' });
    await stage.untilFlowing(random.whole(10, 60));
    const everything = [stage.views[0], stage.views.at(-1)].flatMap((view) => view?.topic ?? []);
    const watches = await Promise.all(everything.map((topic) => watchStops(stage.world.internal, topic)));
    const slots = (): string => [...new Set(stage.control.partitions().map(({ slot }) => slot))].sort().join(' and ');
    const measured = async (what: string, holders: string, change: () => Promise<unknown>): Promise<void> => {
      const from = performance.now();
      await change();
      await stage.effects.expect(`${what}: ${holders} hold the partitions`, () =>
        slots() === holders ? holders : null,
      );
      await stage.untilFlowing(60);
      const ms = Math.max(...watches.map((watch) => watch.longest(from)));
      stage.measures.push({ what, ms });
      await stage.effects.expect(
        `${what}: no partition stands still for ${LONGEST_STOP_MS} ms`,
        () => (ms < LONGEST_STOP_MS ? `${ms.toFixed(0)} ms` : null),
        0,
      );
    };
    try {
      await measured('nothing happens', '0', () => aMoment(random, 1_000, 3_000));
      const join = () => stage.startRouter({ slot: '1' });
      await measured('a second router joins', '0 and 1', join);
      await measured('it leaves', '0', () => stage.routers.at(-1)!.drain());
      await measured('it joins again', '0 and 1', join);
      await measured('the first is restarted', '0 and 1', () => restarted(stage, first));
    } finally {
      await Promise.all(watches.map((watch) => watch.close()));
    }
    return stage.finish();
  },
};

async function restarted(stage: Stage, router: RouterProcess): Promise<void> {
  await router.drain();
  await stage.startRouter({ slot: router.slot });
}

/** What can happen to a router's process. */
import { openTransactions } from '../stage/transactions.js';
import { aMoment, breakSome, endsWithCommit, gone, inBook } from './moments.js';
import type { Scenario } from './scenario.js';

export const calm: Scenario = {
  name: 'calm',
  world: 'one broker',
  async play(stage) {
    await stage.startRouter();
    stage.startTraffic();
    await stage.untilFlowing(100);
    return stage.finish();
  },
};

export const killedAnywhere: Scenario = {
  name: 'killed-anywhere',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    for (let n = random.whole(2, 4); n > 0; n -= 1) {
      const router = await stage.startRouter();
      await stage.untilFlowing(random.whole(1, 60));
      await aMoment(random, 0, 500);
      await router.kill9();
      await stage.effects.expect('kill -9 ends a router', gone(router));
      if (random.chance(0.5)) await stage.autopsy();
    }
    await stage.startRouter();
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** All is produced, nothing is ended: the transaction must not become visible, and its events must come again. */
export const killedBeforeEnd: Scenario = {
  name: 'killed-before-end',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const router = await stage.startRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const killed = breakSome(
      stage,
      { api: 'EndTxn', kind: 'request', count: 1, meant: endsWithCommit },
      () => (void router.kill9(), 'cut'),
    );
    await stage.effects.expect('the end of a transaction never reached Kafka', () =>
      killed() === 1 ? 'EndTxn' : null,
    );
    await stage.effects.expect('the router is gone', gone(router));
    await stage.effects.expect('its transaction is still open', async () => {
      const [open] = await openTransactions(stage.world.wire);
      return open === undefined ? null : `${open.id} ${open.state}`;
    });
    await stage.autopsy();
    await stage.startRouter();
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** The transaction is committed and the router never learns it: nothing may come again. */
export const killedAfterEnd: Scenario = {
  name: 'killed-after-end',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const router = await stage.startRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const since = stage.world.proxy.book.length;
    breakSome(stage, { api: 'EndTxn', kind: 'answer', count: 1 }, () => (void router.kill9(), 'cut'));
    await stage.effects.expect(
      'Kafka ended a transaction and nobody heard it',
      inBook(stage, since, (e) => e.api === 'EndTxn' && e.kind === 'answer' && e.errors[0] === 0),
    );
    await stage.effects.expect('the router is gone', gone(router));
    await stage.autopsy();
    await stage.startRouter();
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** Asked to end under load: it does, soon, with nothing left open and every position just behind its outputs. */
export const drained: Scenario = {
  name: 'drained',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const router = await stage.startRouter();
    await stage.untilFlowing(random.whole(20, 80));
    await aMoment(random, 0, 300);
    const { exit, ms } = await router.drain();
    await stage.effects.expect(
      'it ended well and in time',
      () => (exit.code === 0 && ms < 10_000 ? `code 0 after ${Math.round(ms)} ms` : null),
      0,
    );
    const open = await openTransactions(stage.world.wire);
    await stage.effects.expect('no transaction is left open', () => (open.length === 0 ? 'none' : null), 0);
    await stage.autopsy();
    await stage.startRouter();
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** A tenth of the time on the processor, in slices. */
export const starved: Scenario = {
  name: 'starved',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic({ pauseMs: 160 });
    const { process: router } = await stage.keepRouter();
    await stage.untilFlowing(20);
    const [from, cpuFrom] = [performance.now(), router.cpuMs()];
    const until = from + random.between(5_000, 8_000);
    while (performance.now() < until && router.exit === null) {
      router.freeze();
      await aMoment(random, 150, 900);
      router.thaw();
      await aMoment(random, 10, 60);
    }
    const share = (router.cpuMs() - cpuFrom) / (performance.now() - from);
    await stage.effects.expect(
      'it had little of the processor',
      () => (share < 0.3 ? `${Math.round(share * 100)} %` : null),
      0,
    );
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

const HOUR_MS = 3_600_000;
/** Also past the life of the router's own token (12 h). */
const JUMPS_MS = [HOUR_MS, -HOUR_MS, 13 * HOUR_MS, -13 * HOUR_MS, 40 * 24 * HOUR_MS, -40 * 24 * HOUR_MS];

/** The machine's clock is set, forwards and backwards. */
export const clockJumps: Scenario = {
  name: 'clock-jumps',
  world: 'one broker',
  async play(stage, random) {
    const jumps = Array.from({ length: random.whole(2, 3) }, () => random.pick(JUMPS_MS));
    stage.startTraffic();
    const { process: router } = await stage.keepRouter({
      preload: ['clock-jump'],
      env: { CLOCK_JUMPS_MS: jumps.join(',') },
    });
    await stage.untilFlowing(random.whole(10, 40));
    const reported = () => stage.views.flatMap((v) => [...stage.control.lastReports(v.message.view).values()]);
    let shift = 0;
    for (const jump of jumps) {
      router.signal('SIGUSR2');
      shift += jump;
      await stage.effects.expect(`its clock jumps by ${jump / HOUR_MS} h`, () => {
        const told = reported().find(({ at }) => Math.abs(Date.parse(at) - Date.now() - shift) < HOUR_MS / 2);
        return told === undefined ? null : `it reports ${told.at}`;
      });
      await stage.untilFlowing(random.whole(10, 40));
    }
    return stage.finish();
  },
};

/** What can happen to a router's process. */
import { waitUntil } from '@citystreams/testing';
import { openTransactions } from '../stage/transactions.js';
import { aMoment, breakSome, endsWithCommit, gone, inBook, saysFenced } from './moments.js';
import type { Passing } from '../wire/proxy.js';
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

/** Frozen in mid-transaction, replaced, and thawed: it must find itself fenced, and say nothing more. */
export const frozenAndReplaced: Scenario = {
  name: 'frozen-and-replaced',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const first = await stage.startRouter();
    await stage.untilFlowing(random.whole(10, 60));
    await aMoment(random, 0, 300);
    first.freeze();
    await stage.effects.expect('the router stands still', async () =>
      (await first.ready()) === null && first.exit === null ? `process ${first.pid} does not answer` : null,
    );
    await stage.startRouter();
    await stage.untilFlowing(30);
    const since = stage.world.proxy.book.length;
    first.thaw();
    await stage.effects.expect('Kafka tells it that it was replaced', inBook(stage, since, saysFenced), 60_000);
    await stage.effects.expect('it ends', gone(first), 60_000);
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** Alone, and frozen until Kafka has given up its transaction. Thawed, it or its successor goes on. */
export const frozenPastItsTransaction: Scenario = {
  name: 'frozen-past-its-transaction',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const { process: router } = await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    breakSome(stage, { api: 'EndTxn', kind: 'request', count: 1, meant: endsWithCommit }, () => {
      router.freeze();
      return 'drop';
    });
    await stage.effects.expect('it is frozen with a transaction open', async () => {
      if ((await router.ready()) !== null) return null;
      const [open] = await openTransactions(stage.world.wire);
      return open === undefined ? null : `${open.id} ${open.state}`;
    });
    await stage.effects.expect(
      'Kafka gives up the transaction',
      async () => ((await openTransactions(stage.world.wire)).length === 0 ? 'none is open' : null),
      100_000,
    );
    router.thaw();
    await stage.untilFlowing(30, stage.views, 120_000);
    return stage.finish({ timeoutMs: 120_000 });
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
    stage.startTraffic({ pauseMs: 80 });
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

/** The same slot twice, and nobody is killed: one of them has to go, by itself. */
export const oneIdentityTwice: Scenario = {
  name: 'one-identity-twice',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const first = await stage.startRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const since = stage.world.proxy.book.length;
    const second = await stage.startRouter();
    await stage.effects.expect('Kafka refuses one of them', inBook(stage, since, saysFenced), 60_000);
    await stage.effects.expect('one of them has ended by itself', () => gone(first)() ?? gone(second)(), 60_000);
    await stage.untilFlowing(30);
    await aMoment(random, 500, 2_000);
    const alive = [first, second].filter((r) => r.exit === null);
    await stage.effects.expect('the other goes on', () => (alive.length === 1 ? `process ${alive[0]?.pid}` : null), 0);
    return stage.finish();
  },
};

/** Routers of several slots come and go, politely or not. */
export const comingAndGoing: Scenario = {
  name: 'coming-and-going',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const alive = () => stage.routers.filter((r) => r.exit === null);
    await stage.startRouter({ slot: '0' });
    await stage.untilFlowing(10);
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

/**
 * The end of a transaction is on its way while the connection breaks; the router goes on. It arrives in the middle of a
 * later transaction, and the router is killed there: if Kafka had taken it for the end of that one, outputs would be
 * visible that no position covers.
 */
export const lateEnd: Scenario = {
  name: 'late-end',
  world: 'one broker',
  async play(stage, random) {
    const { proxy } = stage.world;
    const everything = stage.views[0]?.message.view ?? '';
    stage.startTraffic();
    const router = await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const release = Promise.withResolvers<void>();
    let held: Passing | null = null;
    // Of a view that takes every event, where every view has transactions of its own.
    const meant = (p: Passing): boolean =>
      endsWithCommit(p) && (!p.transaction?.id.includes('.view.') || p.transaction.id.includes(everything));
    breakSome(stage, { api: 'EndTxn', kind: 'request', count: 1, meant }, (passing) => {
      held = passing;
      return release.promise;
    });
    const late = (): Passing | null => held;
    await stage.effects.expect('the end of a transaction is held back', () => late()?.transaction?.id ?? null);
    proxy.cutClient(late()?.connection ?? -1);
    await stage.untilFlowing(random.whole(10, 60));

    const since = proxy.book.length;
    const arrived = inBook(
      stage,
      since,
      (e) => e.connection === late()?.connection && e.api === 'EndTxn' && e.kind === 'answer',
    );
    const isSameTransaction = (p: Passing): boolean => p.transaction?.id === late()?.transaction?.id;
    breakSome(stage, { api: 'TxnOffsetCommit', kind: 'request', count: 1, meant: isSameTransaction }, async () => {
      release.resolve();
      await waitUntil('the late end is answered', () => arrived() !== null);
      await router.process.kill9();
    });
    await stage.effects.expect('it arrives in the middle of a later transaction', arrived);
    await stage.effects.expect('the router is killed there', () => (router.ends.length > 0 ? 'SIGKILL' : null));
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

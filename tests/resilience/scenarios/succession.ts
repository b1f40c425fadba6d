/** Routers that replace each other, and those that do not know yet that they were replaced. */
import { waitUntil } from '@citystreams/testing';
import type { RouterProcess } from '../stage/router-process.js';
import type { Stage } from '../stage/stage.js';
import { watchStops } from '../stage/stop-watch.js';
import { openTransactions } from '../stage/transactions.js';
import type { Passing } from '../wire/proxy.js';
import { aMoment, breakSome, endsWithCommit, gone, inBook, saysFenced, saysGone } from './moments.js';
import type { Scenario } from './scenario.js';

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

/** INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, PRODUCER_FENCED. */
const TOO_LATE: readonly number[] = [47, 48, 90];

/**
 * Alone, and frozen in mid-transaction, its end on the way, until Kafka has given up the transaction; half of the times
 * its group has forgotten it too. The end is refused when it arrives. Thawed, it or its successor goes on.
 */
export const frozenPastItsTransaction: Scenario = {
  name: 'frozen-past-its-transaction',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const isForgotten = random.chance(0.5);
    const { process: router } = await stage.keepRouter({
      env: { TRANSACTION_TIMEOUT_MS: '8000', SESSION_TIMEOUT_MS: isForgotten ? '6000' : '45000' },
    });
    await stage.untilFlowing(random.whole(10, 60));
    const release = Promise.withResolvers<void>();
    let held = -1;
    breakSome(stage, { api: 'EndTxn', kind: 'request', count: 1, meant: endsWithCommit }, (passing) => {
      held = passing.connection;
      router.freeze();
      return release.promise;
    });
    await stage.effects.expect('it is frozen with a transaction open', async () => {
      if (held < 0 || (await router.ready()) !== null) return null;
      const [open] = await openTransactions(stage.world.wire);
      return open === undefined ? null : `${open.id} ${open.state}`;
    });
    await stage.effects.expect(
      'Kafka gives up the transaction',
      async () => ((await openTransactions(stage.world.wire)).length === 0 ? 'none is open' : null),
      60_000,
    );
    const since = stage.world.proxy.book.length;
    release.resolve();
    await stage.effects.expect(
      'Kafka refuses the end that comes too late',
      inBook(
        stage,
        since,
        (e) => e.connection === held && e.api === 'EndTxn' && e.errors.some((code) => TOO_LATE.includes(code)),
      ),
    );
    router.thaw();
    if (isForgotten) {
      await stage.effects.expect('its group has forgotten it', inBook(stage, since, saysGone), 30_000);
      await stage.effects.expect('it ends', gone(router), 30_000);
    }
    await stage.untilFlowing(30, stage.views, 120_000);
    return stage.finish({ timeoutMs: 120_000 });
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
    stage.startTraffic();
    const router = await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const release = Promise.withResolvers<void>();
    let held: Passing | null = null;
    breakSome(stage, { api: 'EndTxn', kind: 'request', count: 1, meant: endsWithCommit }, (passing) => {
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
    breakSome(stage, { api: 'TxnOffsetCommit', kind: 'request', count: 1 }, async () => {
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

/**
 * Frozen in mid-transaction for longer than its session, and another router has its partitions. What it asks Kafka for
 * after that, in its own transaction, belongs to an assignment that is over.
 */
export const succeededWhileFrozen: Scenario = {
  name: 'succeeded-while-frozen',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const first = await stage.startRouter({ slot: '0' });
    await stage.untilFlowing(random.whole(10, 60));
    const release = Promise.withResolvers<void>();
    let held = -1;
    breakSome(stage, { api: 'TxnOffsetCommit', kind: 'request', count: 1 }, (passing) => {
      held = passing.connection;
      first.freeze();
      return release.promise;
    });
    await stage.effects.expect('it is frozen in mid-transaction', () => (held < 0 ? null : `connection ${held}`));
    await stage.startRouter({ slot: '1' });
    await stage.untilFlowing(random.whole(1, 10));
    const since = stage.world.proxy.book.length;
    release.resolve();
    await stage.effects.expect(
      'Kafka does not take its positions',
      inBook(stage, since, (e) => e.connection === held && e.api === 'TxnOffsetCommit' && saysGone(e)),
    );
    first.thaw();
    await stage.untilFlowing(random.whole(10, 40));
    return stage.finish();
  },
};

/**
 * The end of a transaction is on its way while its router is frozen and another takes over. That one must not begin from
 * positions which the end, when it arrives, makes old.
 */
export const endAfterSuccession: Scenario = {
  name: 'end-after-succession',
  world: 'one broker',
  async play(stage, random) {
    const { proxy } = stage.world;
    stage.startTraffic();
    const first = await stage.startRouter({ slot: '0' });
    await stage.untilFlowing(random.whole(10, 60));
    const release = Promise.withResolvers<void>();
    let held = -1;
    breakSome(stage, { api: 'EndTxn', kind: 'request', count: 1, meant: endsWithCommit }, (passing) => {
      held = passing.connection;
      first.freeze();
      return release.promise;
    });
    await stage.effects.expect('it is frozen, its end on the way', () => (held < 0 ? null : `connection ${held}`));
    let since = proxy.book.length;
    await stage.startRouter({ slot: '1' });
    await stage.effects.expect(
      'another asks for positions that are still being moved',
      inBook(stage, since, (e) => e.api === 'OffsetFetch' && e.kind === 'answer' && e.connection !== held),
      30_000,
    );
    await aMoment(random, 500, 1_500);
    since = proxy.book.length;
    release.resolve();
    await stage.effects.expect(
      'the end arrives and is taken',
      inBook(stage, since, (e) => e.connection === held && e.api === 'EndTxn' && e.errors[0] === 0),
    );
    await stage.untilFlowing(random.whole(10, 40));
    first.thaw();
    await stage.untilFlowing(random.whole(10, 40));
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

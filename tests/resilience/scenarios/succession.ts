/** Routers that replace each other, and those that do not know yet that they were replaced. */
import { waitUntil } from '@citystreams/testing';
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

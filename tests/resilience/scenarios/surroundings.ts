/** What can happen around a router that has its Kafka: issuer, control plane, rights. */
import { waitUntil } from '@citystreams/testing';
import { routerRule } from '../stage/control.js';
import { nameOfCode } from '../wire/connections.js';
import { aMoment, inBook } from './moments.js';
import type { Scenario } from './scenario.js';

const TOPIC_AUTHORIZATION_FAILED = 29;
const SHORT_TOKEN_SECONDS = 6;
const LONG_TOKEN_SECONDS = 12 * 3600;

/** PostgreSQL and the control services do not exist here at all: a router knows Kafka and the issuer, nobody else. */
export const alone: Scenario = {
  name: 'alone',
  world: 'one broker',
  async play(stage, random) {
    const { issuer, proxy } = stage.world;
    stage.startTraffic();
    const router = await stage.startRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const known = [issuer.url.replace('http://', ''), ...proxy.addresses];
    const peers = new Set(router.peers());
    const strangers = [...peers].filter((peer) => !known.includes(peer));
    await stage.effects.expect(
      'it talks to nobody but Kafka and the issuer',
      () => (peers.size > 0 && strangers.length === 0 ? [...peers].join(', ') : null),
      0,
    );
    await issuer.stop();
    try {
      await stage.effects.expect('the issuer is gone', async () => ((await issuer.answers()) ? null : 'no answer'));
      proxy.cutAll();
      await aMoment(random, 1_000, 3_000);
      await stage.untilFlowing(60);
      await stage.effects.expect('it goes on with Kafka alone', () =>
        router.peers().every((peer) => proxy.addresses.includes(peer)) ? router.peers().join(', ') : null,
      );
    } finally {
      await issuer.start();
    }
    return stage.finish();
  },
};

/** Tokens that live for seconds: every connection has to prove itself again while fetches are under way. */
export const tokensExpire: Scenario = {
  name: 'tokens-expire',
  world: 'one broker',
  async play(stage, random) {
    const { issuer, proxy } = stage.world;
    issuer.setTokenSeconds('citystreams.router', SHORT_TOKEN_SECONDS);
    try {
      stage.startTraffic();
      const since = proxy.book.length;
      await stage.keepRouter();
      await stage.untilFlowing(10);
      await aMoment(random, SHORT_TOKEN_SECONDS * 1_000, SHORT_TOKEN_SECONDS * 2_000);
      await stage.effects.expect(
        'a connection has proved itself again, in mid-stream',
        () => {
          const times = new Map<number, number>();
          for (const e of proxy.book.slice(since))
            if (e.api === 'SaslAuthenticate' && e.kind === 'answer' && e.errors[0] === 0)
              times.set(e.connection, (times.get(e.connection) ?? 0) + 1);
          const most = Math.max(0, ...times.values());
          return most > 1 ? `${most} times on one connection` : null;
        },
        30_000,
      );
      await stage.untilFlowing(30);
      return await stage.finish();
    } finally {
      issuer.setTokenSeconds('citystreams.router', LONG_TOKEN_SECONDS);
    }
  },
};

/** No issuer for longer than a token lives: the router stands, and goes on by itself when there is one again. */
export const issuerDown: Scenario = {
  name: 'issuer-down',
  world: 'one broker',
  async play(stage, random) {
    const { issuer } = stage.world;
    issuer.setTokenSeconds('citystreams.router', SHORT_TOKEN_SECONDS);
    try {
      stage.startTraffic();
      await stage.keepRouter();
      await stage.untilFlowing(10);
      await issuer.stop();
      await stage.effects.expect('the issuer is gone', async () => ((await issuer.answers()) ? null : 'no answer'));
      let before = -1;
      await stage.effects.expect(
        'without tokens nothing is routed',
        async () => {
          const now = (await Promise.all(stage.views.map((v) => stage.committedIn(v)))).reduce((a, b) => a + b, 0);
          await aMoment(random, 1_500, 2_000);
          const stands = now === before;
          before = now;
          return stands ? `${now} records, no more` : null;
        },
        60_000,
      );
      await issuer.start();
      await stage.untilFlowing(30, stage.views, 90_000);
      return await stage.finish();
    } finally {
      issuer.setTokenSeconds('citystreams.router', LONG_TOKEN_SECONDS);
      if (!(await issuer.answers())) await issuer.start();
    }
  },
};

/** The right to write one view goes in mid-transaction: that view stands and says so, the others go on. */
export const rightLost: Scenario = {
  name: 'right-lost',
  world: 'one broker',
  async play(stage, random) {
    const { control } = stage;
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const victim = random.pick(stage.views);
    const others = stage.views.filter((view) => view !== victim);
    const rule = routerRule(victim.topic, 'write', 'deny');
    const since = stage.world.proxy.book.length;
    await control.admin.allow([rule]);
    await stage.effects.expect(
      'Kafka refuses the write',
      inBook(stage, since, (e) => e.errors.includes(TOPIC_AUTHORIZATION_FAILED)),
      30_000,
    );
    await stage.effects.expect(
      `the router says why this view stands (${nameOfCode(TOPIC_AUTHORIZATION_FAILED)})`,
      () => {
        const told = [...control.lastReports(victim.message.view).values()];
        return told.find((s) => s.state === 'failed')?.error ?? null;
      },
      30_000,
    );
    await stage.untilFlowing(30, others);
    await control.admin.removeRules([rule]);
    await stage.untilFlowing(30, stage.views, 90_000);
    await waitUntil('it says that it runs again', () =>
      [...control.lastReports(victim.message.view).values()].every((s) => s.state === 'running'),
    );
    return stage.finish();
  },
};

/** The right to read a source goes: its views stand and lose nothing. */
export const sourceRightLost: Scenario = {
  name: 'source-right-lost',
  world: 'one broker',
  async play(stage, random) {
    const { control } = stage;
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(random.whole(10, 60));
    const rule = routerRule(stage.open.name, 'read', 'deny');
    const since = stage.world.proxy.book.length;
    await control.admin.allow([rule]);
    await stage.effects.expect(
      'Kafka refuses the read',
      inBook(stage, since, (e) => e.api === 'Fetch' && e.errors.includes(TOPIC_AUTHORIZATION_FAILED)),
      30_000,
    );
    await stage.untilFlowing(
      30,
      stage.views.filter((view) => view.stream !== stage.open),
    );
    await aMoment(random, 0, 2_000);
    await control.admin.removeRules([rule]);
    await stage.untilFlowing(30, stage.views, 90_000);
    return stage.finish();
  },
};

/** What can happen between a router and the brokers. */
import { waitUntil } from '@citystreams/testing';
import { nameOfCode } from '../wire/connections.js';
import type { ApiName } from '../wire/frames.js';
import type { Fate, Passing } from '../wire/proxy.js';
import { aMoment, breakSome } from './moments.js';
import type { Scenario } from './scenario.js';

const count = (n: number, what: string): string | null => (n > 0 ? `${n} ${what}` : null);

export const connectionsCut: Scenario = {
  name: 'connections-cut',
  world: 'one broker',
  async play(stage, random) {
    const { proxy } = stage.world;
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(10);
    for (let n = random.whole(3, 6); n > 0; n -= 1) {
      await aMoment(random, 0, 900);
      await waitUntil('the router is connected', () => proxy.openConnections() > 0);
      const cut = proxy.cutAll();
      await stage.effects.expect('connections broke', () => count(cut, 'sockets'), 0);
      await stage.effects.expect('new ones are opened', () => count(proxy.openConnections(), 'open'));
      if (random.chance(0.5)) await stage.untilFlowing(random.whole(1, 20));
    }
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** Every answer comes late, each by another time. */
export const connectionsDelayed: Scenario = {
  name: 'connections-delayed',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(10);
    let late = 0;
    const heal = stage.world.proxy.add(({ kind }) => {
      if (kind !== 'answer' || !random.chance(0.3)) return undefined;
      late += 1;
      return aMoment(random, 20, 700);
    });
    await aMoment(random, 4_000, 7_000);
    heal();
    await stage.effects.expect('answers came late', () => count(late, 'answers'), 0);
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** The brokers' side says that it will send nothing more, and the router's side goes on sending. */
export const halfClosed: Scenario = {
  name: 'half-closed',
  world: 'one broker',
  async play(stage, random) {
    const { proxy } = stage.world;
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(10);
    for (let n = random.whole(2, 4); n > 0; n -= 1) {
      await aMoment(random, 0, 600);
      const before = Math.max(0, ...proxy.book.map((e) => e.connection));
      const closed = proxy.halfCloseAll();
      await stage.effects.expect('connections were half closed', () => count(closed, 'sockets'), 0);
      await stage.effects.expect('the router opens new ones', () => {
        const now = Math.max(0, ...proxy.book.map((e) => e.connection));
        return now > before ? `connection ${now}` : null;
      });
      await stage.untilFlowing(random.whole(1, 20));
    }
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** Nobody listens for a while. */
export const unreachable: Scenario = {
  name: 'unreachable',
  world: 'one broker',
  async play(stage, random) {
    const { proxy } = stage.world;
    stage.startTraffic();
    await stage.keepRouter();
    await stage.untilFlowing(10);
    proxy.refuse(true);
    const cut = proxy.cutAll();
    const since = proxy.book.length;
    await aMoment(random, 2_000, 6_000);
    const passed = proxy.book.length - since;
    await stage.effects.expect(
      'nothing got through',
      () => (cut > 0 && passed === 0 ? `${cut} sockets broke` : null),
      0,
    );
    proxy.refuse(false);
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** The same trouble for one kind of message, several times. */
function broken(
  name: string,
  o: {
    apis: readonly ApiName[];
    kind: Passing['kind'];
    fate: (random: { whole(a: number, b: number): number }) => (p: Passing) => Fate;
  },
): Scenario {
  return {
    name,
    world: 'one broker',
    async play(stage, random) {
      stage.startTraffic();
      await stage.keepRouter();
      await stage.untilFlowing(10);
      for (const api of o.apis) {
        const times = random.whole(1, 3);
        const fate = o.fate(random);
        let codes = '';
        const skip = random.whole(0, 6);
        let seen = 0;
        const done = breakSome(stage, { api, kind: o.kind, count: times, meant: () => seen++ >= skip }, (passing) => {
          codes = passing.errors.map(nameOfCode).join(' ');
          return fate(passing);
        });
        await stage.effects.expect(
          `${api} ${o.kind}s were broken`,
          () => (done() === times ? `${times}; the last said: ${codes || 'nothing readable'}` : null),
          60_000,
        );
        await stage.untilFlowing(random.whole(1, 20));
      }
      await stage.untilFlowing(30);
      return stage.finish();
    },
  };
}

const TRANSACTIONAL = ['Produce', 'TxnOffsetCommit', 'EndTxn'] as const;

/** Some bytes of an answer arrive, then the connection breaks. */
export const cutInsideAnswer = broken('cut-inside-answer', {
  apis: ['Fetch', ...TRANSACTIONAL],
  kind: 'answer',
  fate: (random) => (passing) => ({ cutAfter: random.whole(0, passing.message.length + 3) }),
});

/** Kafka did it, and the connection breaks before it says so. */
export const answersLost = broken('answers-lost', {
  apis: TRANSACTIONAL,
  kind: 'answer',
  fate: () => () => 'cut',
});

/** A router that begins does not learn that Kafka took it for the holder of its transactions. */
export const beginningUnheard: Scenario = {
  name: 'beginning-unheard',
  world: 'one broker',
  async play(stage, random) {
    stage.startTraffic();
    const times = random.whole(1, 4);
    const done = breakSome(stage, { api: 'InitProducerId', kind: 'answer', count: times }, () => 'cut');
    await stage.keepRouter();
    await stage.effects.expect('InitProducerId answers were cut', () => (done() === times ? `${times}` : null));
    await stage.untilFlowing(30);
    return stage.finish();
  },
};

/** Kafka did it, and says so to nobody; the connection stays. */
export const answersSwallowed = broken('answers-swallowed', {
  apis: TRANSACTIONAL,
  kind: 'answer',
  fate: () => () => 'drop',
});

/** The request never arrives, and the connection breaks. */
export const requestsLost = broken('requests-lost', { apis: TRANSACTIONAL, kind: 'request', fate: () => () => 'cut' });

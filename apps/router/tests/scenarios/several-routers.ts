/** Routers share the partitions, take over from each other, and never both hold one; also those of the same name. */
import type { ViewMessage } from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { between } from '../numbers.js';
import { numbersIn } from '../received.js';
import { type RunningRouter, startRouter } from '../running-router.js';
import { MOVEMENT } from '../movements.js';
import type { Scene, TestStream } from '../scene.js';
import { startTraffic, type Traffic } from '../traffic.js';

export function describeSeveralRouters(scene: () => Scene): void {
  describe('while routers come and go', () => {
    let routers: RunningRouter[];
    let stream: TestStream;
    let views: ViewMessage[];
    let traffic: Traffic;

    const start = async (slot: string): Promise<RunningRouter> => {
      const router = await startRouter(slot);
      routers.push(router);
      return router;
    };
    const more = (count: number): Promise<void> => {
      const until = traffic.published() + count;
      return waitUntil(`${count} more events`, () => traffic.published() >= until, { timeoutMs: 30_000 });
    };
    /** Which router last reported each partition of the stream. */
    const slots = (): Set<string | undefined> => new Set([0, 1].map((p) => scene().partition(stream.name, p)?.slot));
    const goesOn = async (): Promise<void> => {
      const position = (p: number) => Number(scene().partition(stream.name, p)?.position);
      const before = [position(0), position(1)];
      await waitUntil('both partitions go on', () => before.every((at, p) => position(p) > at + 50), {
        timeoutMs: 30_000,
      });
    };

    beforeEach(async () => {
      routers = [];
      await start('a');
      stream = await scene().stream();
      await stream.publish(0, 1000);
      views = [await scene().view(stream), await scene().view(stream, { level: 'L3' })];
      traffic = startTraffic(stream, 1000);
      for (const view of views) await scene().until(view, 'running');
    }, 60_000);
    afterEach(async () => {
      const published = await traffic.stop();
      for (const view of views) expect(await numbersIn(view, MOVEMENT, published)).toEqual(between(0, published));
      await Promise.all(routers.map((router) => router.kill()));
    }, 60_000);

    test('two share the partitions, and one that is told to go leaves them to the other at once', async () => {
      const b = await start('b');
      await waitUntil('each has a partition', () => slots().size === 2, { timeoutMs: 20_000 });
      await goesOn();
      expect(await b.stop()).toBe(0);
      await waitUntil('one has both', () => slots().size === 1 && slots().has('a'), { timeoutMs: 20_000 });
      await goesOn();
    }, 90_000);

    test('one that is killed is replaced by the other, and comes back', async () => {
      await start('b');
      await waitUntil('each has a partition', () => slots().size === 2, { timeoutMs: 20_000 });
      await routers[0]?.kill();
      await waitUntil('the other has both', () => slots().size === 1 && slots().has('b'), { timeoutMs: 30_000 });
      await goesOn();
      await start('a');
      await waitUntil('each has a partition again', () => slots().size === 2, { timeoutMs: 20_000 });
      await goesOn();
    }, 120_000);

    test('one that is restarted goes on where it was', async () => {
      for (let round = 0; round < 2; round++) {
        await more(150);
        await routers.pop()?.kill();
        await start('a');
        await goesOn();
      }
      expect(await routers.pop()?.stop()).toBe(0);
      await start('a');
      await goesOn();
    }, 120_000);

    test('of two with the same name the older one ends', async () => {
      const [older] = routers;
      await start('a');
      expect(await older?.exited).toBe(1);
      await goesOn();
    }, 60_000);

    test('one that stood still for longer than its session does no harm when it wakes', async () => {
      await start('b');
      await waitUntil('each has a partition', () => slots().size === 2, { timeoutMs: 20_000 });
      const [still] = routers;
      still?.signal('SIGSTOP');
      await waitUntil('the other has both', () => slots().size === 1 && slots().has('b'), { timeoutMs: 30_000 });
      await more(300);
      still?.signal('SIGCONT');
      await goesOn();
      await more(300);
    }, 120_000);
  });
}

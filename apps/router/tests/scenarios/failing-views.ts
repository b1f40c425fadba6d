/** A view that cannot be written is taken out, shown with its reason, and comes back by itself; the others go on. */
import type { ViewMessage } from '@citystreams/contracts';
import type { AccessRule } from '@citystreams/kafka';
import { waitUntil } from '@citystreams/testing';
import { describe, expect, test } from '@jest/globals';
import { between } from '../numbers.js';
import { numbersIn } from '../received.js';
import type { RunningRouter } from '../running-router.js';
import { MOVEMENT } from '../movements.js';
import type { Scene } from '../scene.js';
import { startTraffic } from '../traffic.js';

export function describeFailingViews(scene: () => Scene, router: () => RunningRouter): void {
  describe('a view that fails for a reason of its own', () => {
    const health = async (): Promise<string> => {
      const { checks } = (await (await fetch(`${router().url}/readyz`)).json()) as {
        checks: { name: string; reason?: string }[];
      };
      return checks.find(({ name }) => name === 'views')?.reason ?? '';
    };
    const denied = (view: ViewMessage): AccessRule => ({
      principal: 'User:citystreams.router',
      resourceType: 'topic',
      resourceName: view.topic,
      pattern: 'literal',
      operation: 'write',
      permission: 'deny',
    });

    test('is ejected where it was committed, tried again alone, and taken back, while the others go on', async () => {
      const stream = await scene().stream();
      const [good, bad] = [await scene().view(stream), await scene().view(stream)];
      const traffic = startTraffic(stream);
      for (const view of [good, bad]) await scene().until(view, 'running', (s) => s.reading === 'shared');
      await scene().admin.allow([denied(bad)]);
      await scene().until(bad, 'failed');
      expect(scene().status(bad.view, 0)?.error).toMatch(/TOPIC_REFUSED.*NOT_AUTHORIZED/);
      expect(await health()).toContain(`${bad.view}: TOPIC_REFUSED`);
      expect((await fetch(`${router().url}/readyz`)).ok).toBe(true);

      const position = () => Number(scene().status(good.view, 0)?.position);
      const [before, stuckAt] = [position(), scene().status(bad.view, 0)?.position];
      await waitUntil('the other view goes on', () => position() > before + 200, { timeoutMs: 20_000 });
      expect(scene().status(bad.view, 0)?.position).toBe(stuckAt);

      await scene().admin.removeRules([denied(bad)]);
      await scene().until(bad, 'running', (s) => s.reading === 'shared');
      const published = await traffic.stop();
      for (const view of [good, bad]) {
        expect(await numbersIn(view, MOVEMENT, published)).toEqual(between(0, published));
      }
      // Views of other specs on the same cluster may have troubles of their own.
      const troubles = await health();
      for (const { view } of [good, bad]) expect(troubles).not.toContain(view);
    }, 90_000);

    test('because its topic is gone, and it has everything once the topic is there again', async () => {
      const stream = await scene().stream();
      const [good, bad] = [await scene().view(stream), await scene().view(stream)];
      for (const view of [good, bad]) await scene().until(view, 'running', (s) => s.reading === 'shared');
      await stream.publish(0, 100);
      expect(await numbersIn(bad, MOVEMENT, 100)).toEqual(between(0, 100));
      await scene().admin.deleteTopic(bad.topic);
      await stream.publish(100, 200);
      await scene().until(bad, 'failed');
      expect(await numbersIn(good, MOVEMENT, 200)).toEqual(between(0, 200));
      await waitUntil('it is shown what is missing', async () =>
        (await health()).includes(`${bad.view}: TOPIC_MISSING`),
      );
      await scene().createTopic(bad.topic, 2);
      await scene().until(bad, 'running', (s) => s.reading === 'shared');
      expect(await numbersIn(bad, MOVEMENT, 100)).toEqual(between(100, 200));
    }, 60_000);

    test('waits for its topic and for its schemas, and then has everything', async () => {
      const stream = await scene().stream();
      await stream.publish(0, 300);
      const early = await scene().view(stream, { isAnnouncedOnly: true });
      await waitUntil('it is shown what is missing', async () =>
        (await health()).includes(`${early.view}: SCHEMA_MISSING`),
      );
      await scene().announceSchemas(early);
      await waitUntil('it is shown what is missing', async () =>
        (await health()).includes(`${early.view}: TOPIC_MISSING`),
      );
      expect(scene().status(early.view, 0)).toBeUndefined();
      await scene().createTopic(early.topic, early.partitions);
      await scene().until(early, 'running');
      expect(await numbersIn(early, MOVEMENT, 300)).toEqual(between(0, 300));
    }, 60_000);

    test('does not go on with what it showed before when what it shall show has no schema yet', async () => {
      const stream = await scene().stream();
      const view = await scene().view(stream);
      await scene().until(view, 'running', (s) => s.reading === 'shared');
      await stream.publish(0, 100);
      expect(await numbersIn(view, MOVEMENT, 100)).toEqual(between(0, 100));
      const narrower = await scene().announce(view, { definition: { ...view.definition, fields: ['n'] } });
      await scene().until({ ...view, generation: 1 }, 'failed');
      await stream.publish(100, 200);
      await waitUntil('the stream is read on', () => Number(scene().partition(stream.name, 0)?.position) >= 100);
      await scene().announceSchemas(narrower);
      await scene().until(narrower, 'running', (s) => s.reading === 'shared' && Number(s.since) === 50);
      const read = () => Number(scene().status(view.view, 0)?.counts.written);
      await waitUntil('it has the rest', () => read() === 100, { timeoutMs: 20_000 });
    }, 60_000);
  });
}

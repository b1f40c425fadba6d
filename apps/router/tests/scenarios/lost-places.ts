/** A partition whose place is lost is not read, says so, and begins anew where somebody orders it. */
import type { PartitionTrouble, RouterOrder, Ulid, ViewMessage } from '@citystreams/contracts';
import { stack, waitUntil } from '@citystreams/testing';
import { describe, expect, test } from '@jest/globals';
import { Admin } from '@platformatic/kafka';
import { between } from '../numbers.js';
import { numbersIn, recordsIn } from '../received.js';
import { MOVEMENT } from '../movements.js';
import type { Scene, TestStream } from '../scene.js';
import { ulid } from '../ulid.js';

/** `restart`: what happens meanwhile, the router knows when it begins to route, whatever order its topics are read in. */
export function describeLostPlaces(scene: () => Scene, restart: <T>(meanwhile: () => Promise<T>) => Promise<T>): void {
  describe('a partition whose place is lost', () => {
    const isStuck = (stream: TestStream, trouble: PartitionTrouble): Promise<void> =>
      waitUntil(
        `both partitions are stuck: ${trouble}`,
        () => [0, 1].every((p) => scene().partition(stream.name, p)?.trouble === trouble),
        { timeoutMs: 30_000 },
      );
    const topicIdOf = async (stream: TestStream): Promise<string> =>
      (await scene().admin.describeTopic(stream.name))?.id ?? '';
    const beginAnew = (stream: TestStream, topicId: string, offset: number): Promise<void[]> =>
      Promise.all([0, 1].map((partition) => scene().order(order(stream, partition, topicId, offset))));
    const order = (
      stream: TestStream,
      partition: number,
      topicId: string,
      offset: number,
      view: Ulid | null = null,
    ): RouterOrder => ({
      format: 1,
      kind: 'begin-anew',
      order: ulid() as Ulid,
      stream: stream.name,
      partition,
      topicId,
      offset: String(offset),
      view,
      requestedBy: 'platform.operator',
      at: new Date().toISOString(),
    });
    const routed = async (stream: TestStream, view: ViewMessage, from: number, to: number): Promise<void> => {
      await stream.publish(from, to);
      await waitUntil('it is read', () => Number(scene().partition(stream.name, 0)?.position) > 0, {
        timeoutMs: 20_000,
      });
      await numbersIn(view, MOVEMENT, to - from);
    };

    test('because its topic was deleted and created anew', async () => {
      const stream = await scene().stream();
      const view = await scene().view(stream);
      await scene().until(view, 'running');
      await routed(stream, view, 0, 100);
      const before = await topicIdOf(stream);
      await scene().admin.deleteTopic(stream.name);
      await scene().createTopic(stream.name, 2);
      await isStuck(stream, 'TOPIC_RECREATED');
      await stream.publish(100, 200);
      // An order for the topic that is gone has no effect.
      await beginAnew(stream, before, 0);
      await beginAnew(stream, await topicIdOf(stream), 10);
      await recordsIn(view.topic, 180);
      const numbers = await numbersIn(view, MOVEMENT, 180);
      const expected = between(0, 100).map((first, p) => [...first, ...(between(120, 200)[p] ?? [])]);
      expect(numbers).toEqual(expected);
      const isRead = (p: number): boolean => scene().partition(stream.name, p)?.trouble === null;
      await waitUntil('it is told that both are read', () => isRead(0) && isRead(1));
    }, 90_000);

    test('because the log does not hold it any more', async () => {
      const stream = await scene().stream();
      const view = await scene().view(stream);
      await scene().until(view, 'running');
      await routed(stream, view, 0, 100);
      await restart(async () => {
        await stream.publish(100, 200);
        await deleteRecords(stream.name, 80);
      });
      await isStuck(stream, 'OFFSET_OUT_OF_RANGE');
      await beginAnew(stream, await topicIdOf(stream), 80);
      const expected = between(0, 100).map((first, p) => [...first, ...(between(160, 200)[p] ?? [])]);
      expect(await numbersIn(view, MOVEMENT, 140)).toEqual(expected);
    }, 90_000);

    test('because its committed position is gone', async () => {
      const [stream, view] = await restart(async () => {
        const known = await scene().stream(2, { isKnown: true });
        return [known, await scene().view(known)] as const;
      });
      await stream.publish(0, 100);
      await isStuck(stream, 'POSITION_LOST');
      const topicId = await topicIdOf(stream);
      await scene().order(order(stream, 0, topicId, 20));
      // The stream is read on from there; what a new view may have of its history, it has.
      await waitUntil('it is read', () => scene().partition(stream.name, 0)?.position === '50', { timeoutMs: 20_000 });
      expect(scene().partition(stream.name, 0)?.counts.read).toBe(30);
      await scene().order(order(stream, 1, topicId, 20));
      expect(await numbersIn(view, MOVEMENT, 100)).toEqual(between(0, 100));
    }, 60_000);

    test('or only that of one view, while the partition goes on', async () => {
      const stream = await scene().stream();
      const other = await scene().view(stream);
      await scene().until(other, 'running');
      const view = await scene().view(stream, { isAnnouncedLater: true });
      await restart(async () => {
        await scene().claimRunning(view);
        await scene().announceAgain(view);
      });
      await stream.publish(0, 100);
      await scene().until(view, 'failed', (s) => s.error?.includes('POSITION_LOST') === true);
      expect(await numbersIn(other, MOVEMENT, 100)).toEqual(between(0, 100));
      const topicId = await topicIdOf(stream);
      await Promise.all([0, 1].map((p) => scene().order(order(stream, p, topicId, 30, view.view))));
      expect(await numbersIn(view, MOVEMENT, 40)).toEqual(between(60, 100));
    }, 60_000);
  });
}

async function deleteRecords(topic: string, before: number): Promise<void> {
  const { brokers, auth } = stack().internalKafka;
  if (auth.kind !== 'plain') throw new Error('the internal listener takes a password');
  const { username, password } = auth;
  const sasl = { mechanism: 'PLAIN' as const, username, password };
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...brokers], sasl });
  try {
    const partitions = [0, 1].map((partition) => ({ partition, offset: BigInt(before) }));
    await admin.deleteRecords({ topics: [{ name: topic, partitions }] });
  } finally {
    await admin.close();
  }
}

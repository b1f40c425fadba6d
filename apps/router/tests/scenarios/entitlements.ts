/** Every change of what a view may have takes effect at one recorded offset per partition, while events flow. */
import type { Ulid, ViewMessage } from '@citystreams/contracts';
import { readFrame } from '@citystreams/avro';
import { waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { atOffsets, between } from '../numbers.js';
import { eventsOf, numbersIn, recordsIn } from '../received.js';
import { MOVEMENT } from '../movements.js';
import type { Scene, TestStream } from '../scene.js';
import { startTraffic, type Traffic } from '../traffic.js';

export function describeEntitlements(scene: () => Scene): void {
  describe('while events flow', () => {
    let stream: TestStream;
    let traffic: Traffic;
    let bystander: ViewMessage;

    beforeAll(async () => {
      stream = await scene().stream();
      await stream.publish(0, 3000);
      bystander = await scene().view(stream);
      traffic = startTraffic(stream, 3000);
      await scene().until(bystander, 'running');
    }, 60_000);
    /** What nobody changed has everything, once and in order. */
    afterAll(async () => {
      const published = await traffic.stop();
      expect(await numbersIn(bystander, MOVEMENT, published)).toEqual(between(0, published));
    }, 60_000);

    /** So many more events, published and routed: a busy machine may be behind its traffic. */
    const more = async (count: number): Promise<void> => {
      const until = traffic.published() + count;
      await waitUntil(`${count} more events`, () => traffic.published() >= until, { timeoutMs: 30_000 });
      const routed = (): number => 2 * Math.min(...reported(bystander, 'position'));
      await waitUntil('the router has read them', () => routed() >= until, { timeoutMs: 30_000 });
    };
    /** Offsets of each partition in a status field. */
    const reported = (view: ViewMessage, field: 'since' | 'stoppedAt' | 'position'): number[] =>
      Array.from({ length: view.partitions }, (_, p) => Number(scene().status(view.view, p)?.[field]));
    const stretch = (from: number[], to: number[]): number[][] =>
      from.map((start, p) => atOffsets(p, start, to[p] ?? 0));
    const size = (numbers: number[][]): number => numbers.flat().length;

    test('a view with history begins at its replay right', async () => {
      const view = await scene().view(stream);
      await scene().until(view, 'running', (s) => s.reading === 'shared');
      await more(200);
      const ended = await scene().end(view);
      await scene().until(ended, 'stopped');
      const expected = stretch([0, 0], reported(ended, 'stoppedAt'));
      expect(await numbersIn(ended, MOVEMENT, size(expected))).toEqual(expected);
    }, 60_000);

    test('a view without history begins at the offset that is reported, and ends at the one that is', async () => {
      const view = await scene().view(stream, { history: 'from-grant', level: 'L3' });
      await scene().until(view, 'running');
      const since = reported(view, 'since');
      expect(Math.min(...since)).toBeGreaterThan(0);
      await more(200);
      const ended = await scene().end(view);
      await scene().until(ended, 'stopped');
      const expected = stretch(since, reported(ended, 'stoppedAt'));
      expect(size(expected)).toBeGreaterThan(100);
      expect(await numbersIn(ended, MOVEMENT, size(expected))).toEqual(expected);
    }, 60_000);

    test.each([
      ['narrowed', ['n', 'person', 'weight'], ['n', 'weight']],
      ['widened', ['n'], ['n', 'person']],
    ])(
      'a view is %s between two events',
      async (_, before, after) => {
        const view = await scene().view(stream, { fields: before, history: 'from-grant' });
        await scene().until(view, 'running');
        const began = reported(view, 'since');
        await more(100);
        const changed: ViewMessage = { ...view, definition: { ...view.definition, fields: after } };
        await scene().announceSchemas(changed);
        const announced = await scene().announce(view, { definition: changed.definition });
        await scene().until(announced, 'running');
        const since = reported(announced, 'since');
        await more(100);
        const ended = await scene().end(announced);
        await scene().until(ended, 'stopped');
        const stopped = reported(ended, 'stoppedAt');

        const expected = stretch(began, stopped);
        const records = await recordsIn(view.topic, size(expected));
        const schemaIds = [...new Set(records.map(({ value }) => readFrame(value ?? Buffer.alloc(0))?.schemaId))];
        expect(schemaIds).toHaveLength(2);
        const under = (id: number | undefined) =>
          records.filter(({ value }) => readFrame(value ?? Buffer.alloc(0))?.schemaId === id);
        const [first, second] = [
          eventsOf(view, MOVEMENT, under(schemaIds[0])),
          eventsOf(announced, MOVEMENT, under(schemaIds[1])),
        ];
        for (const { event } of first) expect(Object.keys(event)).toEqual(before);
        for (const { event } of second) expect(Object.keys(event)).toEqual(after);
        const numbers = (events: typeof first) =>
          [0, 1].map((p) => events.flatMap(({ partition, event }) => (partition === p ? [event['n']] : [])));
        expect(numbers(first)).toEqual(stretch(began, since));
        expect(numbers(second)).toEqual(stretch(since, stopped));
      },
      60_000,
    );

    test('a view stops by itself when its last term is over', async () => {
      const view = await scene().view(stream, { history: 'from-grant' });
      await scene().until(view, 'running');
      const since = reported(view, 'since');
      const validTo = new Date(Date.now() + 1500).toISOString();
      const limited = await scene().announce(view, { holders: view.holders.map((h) => ({ ...h, validTo })) });
      await scene().until(limited, 'stopped');
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(validTo));
      const expected = stretch(since, reported(limited, 'stoppedAt'));
      await more(200);
      expect(await numbersIn(limited, MOVEMENT, size(expected))).toEqual(expected);
    }, 60_000);

    test('another holder of a view changes nothing in it', async () => {
      const view = await scene().view(stream);
      await scene().until(view, 'running', (s) => s.reading === 'shared');
      const holder = { entitlement: '01J00000000000000000000000' as Ulid, validFrom: new Date(0).toISOString() };
      const shared = await scene().announce(view, { holders: [...view.holders, { ...holder, validTo: null }] });
      await scene().until(shared, 'running');
      await more(100);
      const left = await scene().announce(shared, { holders: shared.holders.slice(1) });
      await scene().until(left, 'running');
      const ended = await scene().end(left);
      await scene().until(ended, 'stopped');
      const expected = stretch([0, 0], reported(ended, 'stoppedAt'));
      expect(await numbersIn(ended, MOVEMENT, size(expected))).toEqual(expected);
    }, 60_000);

    test('a suspended view goes on where it stopped if it has history, and where the stream is if it has none', async () => {
      const kept = await scene().view(stream);
      const fresh = await scene().view(stream, { history: 'from-grant' });
      await scene().until(kept, 'running', (s) => s.reading === 'shared');
      await scene().until(fresh, 'running');
      const began = reported(fresh, 'since');
      const suspended = await Promise.all([kept, fresh].map((view) => scene().end(view)));
      for (const view of suspended) await scene().until(view, 'stopped');
      const stopped = reported(suspended[1] as ViewMessage, 'stoppedAt');
      await more(200);
      const resumed = await Promise.all(
        suspended.map((view, i) => scene().announce(view, { holders: [kept, fresh][i]?.holders ?? [] })),
      );
      for (const view of resumed) await scene().until(view, 'running', (s) => s.reading === 'shared');
      const again = reported(resumed[1] as ViewMessage, 'since');
      expect(again.every((offset, p) => offset > (stopped[p] ?? 0))).toBe(true);
      await more(100);
      const ended = await Promise.all(resumed.map((view) => scene().end(view)));
      for (const view of ended) await scene().until(view, 'stopped');

      const whole = stretch([0, 0], reported(ended[0] as ViewMessage, 'stoppedAt'));
      expect(await numbersIn(ended[0] as ViewMessage, MOVEMENT, size(whole))).toEqual(whole);
      const [first, second] = [stretch(began, stopped), stretch(again, reported(ended[1] as ViewMessage, 'stoppedAt'))];
      const both = first.map((numbers, p) => [...numbers, ...(second[p] ?? [])]);
      expect(await numbersIn(ended[1] as ViewMessage, MOVEMENT, size(both))).toEqual(both);
    }, 60_000);
  });
}

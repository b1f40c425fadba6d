/** What is no event goes to quarantine once, and comes back out of it on order. */
import { frameOf } from '@citystreams/avro';
import {
  CONTROL_TOPICS,
  QUARANTINE_HEADERS,
  QuarantineMessage,
  quarantineTopicOf,
  type Ulid,
} from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';
import { describe, expect, test } from '@jest/globals';
import { between } from '../numbers.js';
import { committedRecords, numbersIn, recordsIn } from '../received.js';
import { eventOf, MOVEMENT, movementCodec } from '../movements.js';
import type { Scene, TestStream } from '../scene.js';
import { ulid } from '../ulid.js';

const LONG_AGO_MS = 60_000;

export function describeQuarantine(scene: () => Scene): void {
  describe('a record that is no event', () => {
    const newsOf = async (stream: TestStream): Promise<QuarantineMessage[]> =>
      (await committedRecords(CONTROL_TOPICS.quarantine))
        .map(({ value }) => QuarantineMessage.parse(JSON.parse(String(value))))
        .filter((news) => news.stream === stream.name);
    /** What is told of a record is visible with it, but not in the same instant: two topics, two marks of one commit. */
    const untilNewsOf = async (stream: TestStream, count: number): Promise<QuarantineMessage[]> => {
      await waitUntil(`${count} news of ${stream.name}`, async () => (await newsOf(stream)).length >= count);
      return newsOf(stream);
    };
    const framed = (schemaId: number, n: number): Buffer => frameOf(schemaId, movementCodec.encode(eventOf(n)));

    test('goes there as it was, with reason and place, is told of, and holds nobody up', async () => {
      const stream = await scene().stream();
      const late = await scene().view(stream, { isAnnouncedOnly: true });
      await stream.publish(0, 10);
      const good = framed(stream.schemaId, 0);
      const bad: [string, Buffer | null][] = [
        ['TOMBSTONE', null],
        ['NOT_AVRO', Buffer.from('{"no":"frame"}')],
        ['UNKNOWN_SCHEMA_ID', framed(2_000_000_000, 0)],
        ['UNDECODABLE', good.subarray(0, good.length - 3)],
        ['UNDECODABLE', Buffer.concat([good, Buffer.alloc(2)])],
        ['UNDECODABLE', frameOf(stream.schemaId, Buffer.alloc(64, 0xff))],
      ];
      for (const [, value] of bad) await stream.publishRaw(value, Date.now() - LONG_AGO_MS);
      await stream.publish(10, 20);
      const records = await recordsIn(quarantineTopicOf(stream.name), bad.length);
      const told = records.map(({ value, headers, partition }) => {
        const names = new Map(headers.map(([name, text]) => [name, text.toString()]));
        return {
          value,
          partition,
          reason: names.get(QUARANTINE_HEADERS.reason),
          offset: names.get(QUARANTINE_HEADERS.offset),
        };
      });
      expect(told).toEqual(bad.map(([reason, value], i) => ({ value, partition: 0, reason, offset: String(5 + i) })));
      expect(await untilNewsOf(stream, bad.length)).toMatchObject(
        bad.map(([reason, value], i) => ({
          kind: 'quarantined',
          partition: 0,
          offset: String(5 + i),
          reason,
          size: value?.length ?? 0,
        })),
      );

      // A view that catches up leaves out what lies in quarantine, and puts nothing there again.
      await scene().announceSchemas(late);
      await scene().createTopic(late.topic, 2);
      expect(await numbersIn(late, MOVEMENT, 20)).toEqual(between(0, 20));
      await scene().until(late, 'running', (s) => s.reading === 'shared');
      expect(await committedRecords(quarantineTopicOf(stream.name))).toHaveLength(bad.length);
    }, 60_000);

    test('holds nobody up when its quarantine does not take it: its place is kept, its value stays in the source', async () => {
      const stream = await scene().stream(2, { quarantineBytes: 500_000 });
      const view = await scene().view(stream);
      await scene().until(view, 'running');
      const large = Buffer.alloc(700_000, 1);
      await stream.publish(0, 10);
      await stream.publishRaw(large);
      await stream.publish(10, 20);
      expect(await numbersIn(view, MOVEMENT, 20)).toEqual(between(0, 20));
      const [record] = await recordsIn(quarantineTopicOf(stream.name), 1);
      expect(record?.value).toBeNull();
      const headers = new Map(record?.headers.map(([name, value]) => [name, value.toString()]));
      expect(headers.get(QUARANTINE_HEADERS.leftOut)).toBe('700000');
      const news = await untilNewsOf(stream, 1);
      expect(news).toMatchObject([{ kind: 'quarantined', reason: 'NOT_AVRO', size: 700_000 }]);
    }, 60_000);

    test('waits for its schema as long as that may be late, and its partition alone', async () => {
      const stream = await scene().stream();
      const view = await scene().view(stream);
      await scene().until(view, 'running');
      const next = scene().freshSchemaId();
      await stream.publishRaw(framed(next, 0));
      await stream.publish(1, 11);
      await waitUntil('the partition waits', () => scene().partition(stream.name, 0)?.state === 'waiting');
      await waitUntil('the other one does not', () => scene().partition(stream.name, 1)?.position === '5');
      expect((await committedRecords(view.topic)).filter(({ partition }) => partition === 0)).toEqual([]);
      await scene().announceVersion(stream, next);
      await scene().announceSchemas(view, [stream.schemaId, next]);
      expect(await numbersIn(view, MOVEMENT, 11)).toEqual(between(0, 11));
      expect(await committedRecords(quarantineTopicOf(stream.name))).toEqual([]);
    }, 60_000);

    test('comes to the views that were meant to have it, once, when somebody orders it and it is an event by then', async () => {
      const stream = await scene().stream();
      const view = await scene().view(stream);
      await scene().until(view, 'running');
      const next = scene().freshSchemaId();
      await stream.publishRaw(framed(next, 100), Date.now() - LONG_AGO_MS);
      await stream.publishRaw(Buffer.from('never'), Date.now() - LONG_AGO_MS);
      await stream.publishRaw(framed(next, 102), Date.now() - LONG_AGO_MS);
      await stream.publish(0, 4);
      await recordsIn(quarantineTopicOf(stream.name), 3);
      await scene().announceVersion(stream, next);
      await scene().announceSchemas(view, [stream.schemaId, next]);
      const later = await scene().view(stream, { history: 'from-grant' });
      await scene().announceSchemas(later, [stream.schemaId, next]);
      await scene().until(later, 'running');

      const order = {
        format: 1 as const,
        kind: 'redrive' as const,
        order: ulid() as Ulid,
        stream: stream.name,
        partition: 0,
        from: '0',
        to: '1',
        requestedBy: 'port.steward',
        at: new Date().toISOString(),
      };
      await scene().order(order);
      expect(await numbersIn(view, MOVEMENT, 5)).toEqual([
        [0, 2, 100],
        [1, 3],
      ]);
      await waitUntil('the order is done', async () =>
        (await newsOf(stream)).some((news) => news.kind === 'redrive-done' && news.order === order.order),
      );
      expect((await newsOf(stream)).filter(({ kind }) => kind !== 'quarantined')).toMatchObject([
        { kind: 'redriven', offset: '0', outcome: 'delivered' },
        { kind: 'redriven', offset: '1', outcome: 'refused' },
        { kind: 'redrive-done', delivered: 1, refused: 1 },
      ]);
      // A view that began later was never meant to have it.
      expect(await committedRecords(later.topic)).toEqual([]);

      // The rest by its reason: what the views have already is left out, and what is of another reason is not looked at.
      const rest = { ...order, order: ulid() as Ulid, to: '9', reason: 'UNKNOWN_SCHEMA_ID' as const, except: ['0'] };
      await scene().order(rest);
      await waitUntil('the second order is done', async () =>
        (await newsOf(stream)).some((news) => news.kind === 'redrive-done' && news.order === rest.order),
      );
      expect(
        (await newsOf(stream)).filter((news) => news.kind !== 'quarantined' && news.order === rest.order),
      ).toMatchObject([
        { kind: 'redriven', offset: '2', outcome: 'delivered' },
        { kind: 'redrive-done', delivered: 1, refused: 0 },
      ]);
      expect(await numbersIn(view, MOVEMENT, 6)).toEqual([
        [0, 2, 100, 102],
        [1, 3],
      ]);
    }, 60_000);
  });
}

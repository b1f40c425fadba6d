import { describe, expect, test } from '@jest/globals';
import { BatchBufferPool, HeaderBlock, PartitionAccumulator, type SealedBatch } from '@citystreams/record-batch';
import { KafkaFailure } from '../../failure.js';
import { type Outgoing, PartitionQueue } from './partition.queue.js';

const IDENTITY = { producerId: 4n, epoch: 1 };
const NOW = 1_000;
const refusal = new KafkaFailure('OTHER', 'CONCURRENT_TRANSACTIONS');
const pool = new BatchBufferPool({ bufferBytes: 4096, keep: 8 });
const headers = new HeaderBlock();

function batch(records: number): SealedBatch {
  const sealed: SealedBatch[] = [];
  const to = new PartitionAccumulator({
    topic: 't',
    partition: 0,
    pool,
    sealBytes: 4096,
    codec: 'none',
    onSealed: (one) => sealed.push(one),
  });
  for (let i = 0; i < records; i++) to.end(to.begin(NOW, null, 0, 0, -1, headers, headers.start, headers.end));
  to.seal();
  return sealed[0]!;
}

function queueOf(...sizes: number[]): PartitionQueue {
  const queue = new PartitionQueue('t', 0);
  for (const size of sizes) queue.push(batch(size), 100);
  return queue;
}

const canSend = (queue: PartitionQueue, now = NOW) => queue.sendableFrom(now) === 0;
const takeOne = (queue: PartitionQueue): Outgoing => {
  expect(canSend(queue, NOW + 1_000_000)).toBe(true);
  return queue.take(IDENTITY, 1)!;
};

describe('the batches of a partition', () => {
  test('go out one at a time until one was acknowledged, then up to four', () => {
    const queue = queueOf(1, 1, 1, 1, 1, 1);
    takeOne(queue);
    expect(queue.sendableFrom(NOW)).toBe(Infinity);
    queue.acknowledged();
    for (let i = 0; i < 4; i++) takeOne(queue);
    expect(queue.sendableFrom(NOW)).toBe(Infinity);
    queue.acknowledged();
    expect(canSend(queue)).toBe(true);
  });

  test('are numbered by the records before them', () => {
    const queue = queueOf(3, 5, 2);
    takeOne(queue);
    queue.acknowledged();
    expect([takeOne(queue).sequence, takeOne(queue).sequence]).toEqual([3, 8]);
  });

  test('that were refused come again in order, one at a time, with their numbers, before those that were not sent', () => {
    const queue = queueOf(1, 2, 3, 4, 5);
    takeOne(queue);
    queue.acknowledged();
    const [second, third, fourth] = [takeOne(queue), takeOne(queue), takeOne(queue)];
    queue.refused(second, refusal, NOW);
    expect(queue.isBehindRefused(third)).toBe(true);
    queue.refused(fourth, refusal, NOW);
    queue.refused(third, refusal, NOW);
    for (const expected of [second, third]) {
      expect(takeOne(queue)).toBe(expected);
      expect(queue.sendableFrom(NOW + 1_000_000)).toBe(Infinity);
      queue.acknowledged();
    }
    expect([takeOne(queue), takeOne(queue).sequence]).toEqual([fourth, 10]);
  });

  test('wait for all that are in flight before the first refused one goes again', () => {
    const queue = queueOf(1, 1, 1);
    takeOne(queue);
    queue.acknowledged();
    const [second, third] = [takeOne(queue), takeOne(queue)];
    queue.refused(second, refusal, NOW);
    expect(queue.sendableFrom(NOW + 1_000_000)).toBe(Infinity);
    queue.refused(third, refusal, NOW);
    expect(takeOne(queue)).toBe(second);
  });

  test('wait two milliseconds at first, then longer, and never long', () => {
    const queue = queueOf(1);
    const pauses: number[] = [];
    for (let i = 0; i < 30; i++) {
      queue.refused(takeOne(queue), refusal, NOW);
      pauses.push(queue.sendableFrom(NOW) - NOW);
    }
    expect(pauses[0]).toBe(2);
    expect(pauses[1]).toBeLessThan(4);
    expect(pauses.at(-1)).toBe(100);
    expect(queue.stalledFor(NOW + 7)).toBe(7);
    queue.acknowledged();
    expect(queue.stalledFor(NOW + 7)).toBe(0);
  });

  test('are all given up but those in flight', () => {
    const queue = queueOf(1, 1, 1);
    takeOne(queue);
    queue.acknowledged();
    const inFlight = takeOne(queue);
    expect(queue.drop()).toHaveLength(1);
    expect(queue.isEmpty).toBe(false);
    queue.givenUp();
    inFlight.batch.release();
    expect(queue.isEmpty).toBe(true);
  });
});

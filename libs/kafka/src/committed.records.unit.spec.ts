import { describe, expect, test } from '@jest/globals';
import type { RecordsBatch } from '@platformatic/kafka';
import * as fc from 'fast-check';
import { committedRecords } from './committed.records.js';

const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
const LOG_APPEND_TIME = 1 << 3;
const source = { topic: 'a.b', partition: 2, from: 0n };

function batch(firstOffset: bigint, values: string[], more: Partial<RecordsBatch> = {}): RecordsBatch {
  return {
    firstOffset,
    length: 0,
    partitionLeaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: 0,
    lastOffsetDelta: values.length - 1,
    firstTimestamp: 1_000n,
    maxTimestamp: 1_000n + BigInt(values.length - 1),
    producerId: -1n,
    producerEpoch: -1,
    firstSequence: -1,
    records: values.map((value, delta) => ({
      length: 0,
      attributes: 0,
      timestampDelta: BigInt(delta),
      offsetDelta: delta,
      key: null,
      value: Buffer.from(value),
      headers: [],
    })),
    ...more,
  };
}

function marker(offset: bigint, producerId: bigint, commits: boolean): RecordsBatch {
  const control = batch(offset, ['marker'], { attributes: CONTROL | TRANSACTIONAL, producerId });
  const [record] = control.records;
  if (record !== undefined) record.key = Buffer.from([0, 0, 0, commits ? 1 : 0]);
  return control;
}

const valuesOf = (answer: ReturnType<typeof committedRecords>): (string | undefined)[] =>
  answer.records.map(({ value }) => value?.toString());

describe('what a read_committed reader sees', () => {
  test('begins at the asked offset inside the first batch', () => {
    const answer = committedRecords({ ...source, from: 11n }, [batch(10n, ['a', 'b', 'c'])], null);
    expect(valuesOf(answer)).toEqual(['b', 'c']);
    expect(answer.next).toBe(13n);
  });

  test('passes control batches without showing them', () => {
    const answer = committedRecords(
      source,
      [batch(0n, ['a'], { attributes: TRANSACTIONAL, producerId: 5n }), marker(1n, 5n, true)],
      [],
    );
    expect(valuesOf(answer)).toEqual(['a']);
    expect(answer.next).toBe(2n);
  });

  test('withholds several aborted transactions of one producer, and the open end of the last one', () => {
    const of5 = { attributes: TRANSACTIONAL, producerId: 5n };
    const batches = [
      batch(0n, ['bad'], of5),
      marker(1n, 5n, false),
      batch(2n, ['good'], of5),
      marker(3n, 5n, true),
      batch(4n, ['bad'], of5),
      marker(5n, 5n, false),
      batch(6n, ['bad'], of5),
    ];
    const aborted = [0n, 4n, 6n].map((firstOffset) => ({ producerId: 5n, firstOffset }));
    expect(valuesOf(committedRecords(source, batches, aborted))).toEqual(['good']);
    expect(committedRecords(source, batches, aborted).next).toBe(7n);
  });

  test('stays where it is when nothing came', () => {
    expect(committedRecords({ ...source, from: 7n }, null, null)).toEqual({ records: [], next: 7n });
  });

  test('passes the hole that compaction left at the end of a batch', () => {
    const compacted = batch(0n, ['a'], { lastOffsetDelta: 9 });
    expect(committedRecords(source, [compacted], null).next).toBe(10n);
  });

  test('takes the time of the broker where the topic says so', () => {
    const stamped = batch(0n, ['a', 'b'], { attributes: LOG_APPEND_TIME, maxTimestamp: 77n });
    expect(committedRecords(source, [stamped], null).records.map(({ timestamp }) => timestamp)).toEqual([77n, 77n]);
    const created = batch(0n, ['a', 'b']);
    expect(committedRecords(source, [created], null).records.map(({ timestamp }) => timestamp)).toEqual([1000n, 1001n]);
  });

  test('is every committed record and no aborted one, however transactions interleave and answers are cut', () => {
    const transaction = fc.record({ producer: fc.integer({ min: 1, max: 3 }), commits: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(transaction, { maxLength: 12 }),
        fc.array(fc.nat(2), { maxLength: 40 }),
        fc.nat(30),
        (txns, turns, cut) => {
          const { log, aborted, committed } = interleave(txns, turns);
          const seen: (string | undefined)[] = [];
          let position = 0n;
          for (const part of [log.slice(0, cut), log.slice(cut)]) {
            const last = part.at(-1);
            if (last === undefined) continue;
            // A broker lists the aborted transactions that reach into what it sends.
            const listed = aborted.filter(
              ({ firstOffset, end }) => firstOffset <= last.firstOffset && end >= (part[0]?.firstOffset ?? 0n),
            );
            const answer = committedRecords({ ...source, from: position }, part, listed);
            seen.push(...valuesOf(answer));
            position = answer.next;
          }
          expect(seen).toEqual(committed);
          expect(position).toBe(BigInt(log.length));
        },
      ),
    );
  });
});

/** Each producer runs its transactions one after the other (two batches and a marker); the turns mix the producers. */
function interleave(txns: { producer: number; commits: boolean }[], turns: number[]) {
  const log: RecordsBatch[] = [];
  const aborted: { producerId: bigint; firstOffset: bigint; end: bigint }[] = [];
  const committed: { offset: number; value: string }[] = [];
  const queues = [1, 2, 3].map((producer) =>
    txns
      .filter((txn) => txn.producer === producer)
      .flatMap(({ commits }) => {
        const open = { firstOffset: -1n };
        const write = () => {
          const offset = BigInt(log.length);
          if (open.firstOffset < 0n) open.firstOffset = offset;
          const value = `${producer}:${offset}`;
          log.push(batch(offset, [value], { attributes: TRANSACTIONAL, producerId: BigInt(producer) }));
          if (commits) committed.push({ offset: Number(offset), value });
        };
        const end = () => {
          const offset = BigInt(log.length);
          if (!commits) aborted.push({ producerId: BigInt(producer), firstOffset: open.firstOffset, end: offset });
          log.push(marker(offset, BigInt(producer), commits));
        };
        return [write, write, end];
      }),
  );
  for (const turn of turns) queues[turn]?.shift()?.();
  for (const queue of queues) for (const step of queue) step();
  committed.sort((a, b) => a.offset - b.offset);
  return { log, aborted, committed: committed.map(({ value }) => value) };
}

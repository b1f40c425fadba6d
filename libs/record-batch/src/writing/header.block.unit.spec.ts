import { describe, expect, test } from '@jest/globals';
import { bytesOf } from '../batch-layout.js';
import { plainBatch, plainRecord } from '../hostile/plain.writer.js';
import { HeaderCursor } from '../reading/header.cursor.js';
import { PartitionReader } from '../reading/partition.reader.js';
import { HeaderBlock } from './header.block.js';

const of = (text: string) => bytesOf(Buffer.from(text));
/** What a plain record has for headers: all after the six bytes before them. */
const expected = (headers: [string, string | null][]) => {
  const bytes = headers.map(([name, value]) => [Buffer.from(name), value === null ? null : Buffer.from(value)]);
  const record = plainRecord({ headers: bytes });
  return record.subarray(record.indexOf(Buffer.from([0, 0, 0, 1, 1])) + 5);
};
const written = (block: HeaderBlock) => block.bytes.subarray(block.start, block.end);

describe('a block of headers', () => {
  test('is their count and each of them, whatever region of its bytes a value is', () => {
    const block = new HeaderBlock();
    block.add(of('ce_id'), of('-event 7-'), 1, 8);
    block.addNull(of('none'));
    block.add(of('ce_id'), of('x'), 0, 0);
    expect(written(block)).toEqual(
      expected([
        ['ce_id', 'event 7'],
        ['none', null],
        ['ce_id', ''],
      ]),
    );
  });

  test('begins anew after clear', () => {
    const block = new HeaderBlock();
    expect(written(block)).toEqual(Buffer.from([0]));
    block.add(of('a'), of('b'), 0, 1);
    block.clear();
    expect(written(block)).toEqual(Buffer.from([0]));
  });

  test('takes headers as they are out of a record, or out of another block', () => {
    const headers = ['a', 'b', 'c', 'd'].map((name) => [Buffer.from(name), Buffer.from(`value of ${name}`)]);
    const bytes = plainBatch([{ headers }]);
    const reader = new PartitionReader();
    reader.open(bytes, 0, bytes.length, 0, []);
    expect(reader.nextBatch() && reader.records.next()).toBe(true);
    const cursor = new HeaderCursor();
    cursor.open(reader.records);
    const regions = headers.map(() => cursor.next() && [cursor.start, cursor.end]) as [number, number][];

    const constant = new HeaderBlock();
    constant.add(of('x'), of('1'), 0, 1);
    constant.addNull(of('y'));
    const block = new HeaderBlock();
    block.addRun(cursor, regions[1]![0], regions[2]![1], 2);
    block.addRun(constant, constant.first, constant.end, constant.count);
    expect(written(block)).toEqual(
      expected([
        ['b', 'value of b'],
        ['c', 'value of c'],
        ['x', '1'],
        ['y', null],
      ]),
    );
    expect(block.count).toBe(4);
  });

  test('grows, in bytes and in the size of its count', () => {
    const block = new HeaderBlock();
    const headers = Array.from({ length: 9000 }, (_, i): [string, string] => [`name ${i}`, 'v'.repeat(i % 400)]);
    for (const [name, value] of headers) block.add(of(name), of(value), 0, value.length);
    expect(written(block).equals(expected(headers))).toBe(true);
  });
});

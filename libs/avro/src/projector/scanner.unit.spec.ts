import { describe, expect, test } from '@jest/globals';
import { compileCodec } from '../codec.js';
import { Undecodable } from '../failures.js';
import type { AvroField, AvroRecord, AvroType } from '../schema.js';
import { MalformedEvent } from './malformed.error.js';
import { compileScanner, type EventScanner, scanBody } from './scanner.js';
import { viewOf } from './scratch.js';

const writerOf = (...types: AvroType[]): AvroRecord => ({
  type: 'record',
  name: 'Event',
  fields: types.map((type, i): AvroField => ({ name: `f${i}`, type })),
});
const scannerOf = (...types: AvroType[]): EventScanner => compileScanner(writerOf(...types));
const bytes = (...values: number[]): Buffer => Buffer.from(values);

const scanned = (scanner: EventScanner, body: Uint8Array): string | number[] =>
  scannedFrom(scanner, body, 0, body.length);

/** The code of the refusal, or the positions that were found, counted from the event's own start. */
function scannedFrom(scanner: EventScanner, bytes: Uint8Array, start: number, end: number): string | number[] {
  try {
    scanner.scan(bytes, viewOf(bytes), start, end);
    return [...scanner.event.offsets].map((at) => at - start);
  } catch (error) {
    if (error instanceof MalformedEvent) return error.code;
    throw error;
  }
}

describe('a scanner finds the fields of', () => {
  test('every scalar type, and of records that lie in the event', () => {
    const inner: AvroRecord = { type: 'record', name: 'Inner', fields: writerOf('int', 'string').fields };
    const writer = writerOf('boolean', 'long', 'float', inner, 'double', 'bytes', 'null', 'string');
    const event = { f0: true, f1: -300, f2: 1, f3: { f0: 7, f1: 'ab' }, f4: 2, f5: Buffer.alloc(3), f6: null, f7: '' };
    const body = compileCodec(writer).encode(event);
    expect(scanned(compileScanner(writer), body)).toEqual([0, 1, 3, 7, 8, 11, 19, 23, 23, 24]);
  });

  test('an enum of two hundred symbols and a union of seventy branches', () => {
    const symbols = Array.from({ length: 200 }, (_, i) => `S${i}`);
    const branches = Array.from({ length: 70 }, (_, i) => ({ type: 'fixed', name: `F${i}`, size: i }));
    const scanner = scannerOf({ type: 'enum', name: 'Many', symbols }, branches, 'int');
    expect(scanned(scanner, bytes(0x8e, 0x03, 0x82, 0x01, ...Buffer.alloc(65), 2))).toEqual([0, 2, 69, 70]);
    expect(scanned(scanner, bytes(0x90, 0x03, 0x00, 2))).toBe('SYMBOL');
    expect(scanned(scanner, bytes(0x00, 0x8c, 0x01, 2))).toBe('BRANCH');
  });

  test('a union whose null is not first', () => {
    const scanner = scannerOf(['string', 'null'], 'int');
    expect(scanned(scanner, bytes(2, 9))).toEqual([0, 1, 2]);
    expect(scanned(scanner, bytes(0, 2, 65, 9))).toEqual([0, 3, 4]);
  });

  test('a record that refers to itself', () => {
    const scanner = compileScanner({
      type: 'record',
      name: 'Node',
      fields: [
        { name: 'value', type: 'int' },
        { name: 'next', type: ['null', 'Node'] },
      ],
    });
    expect(scanned(scanner, bytes(2, 2, 4, 2, 6, 0))).toEqual([0, 1, 6]);
  });

  test('four hundred fields', () => {
    const scanner = scannerOf(...Array.from({ length: 400 }, () => 'int'));
    expect(scanned(scanner, Buffer.alloc(400))).toEqual(Array.from({ length: 401 }, (_, i) => i));
  });

  test('lists in blocks, also with sizes, as if they were one block', () => {
    const scanner = scannerOf({ type: 'array', items: 'string' }, 'int');
    const blocks = bytes(2, 2, 65, 3, 8, 2, 66, 2, 67, 0, 9);
    expect(scanned(scanner, blocks)).toEqual([0, 8, 9]);
    expect(Buffer.from(scanner.event.bytes).subarray(0, 9)).toEqual(bytes(6, 2, 65, 2, 66, 2, 67, 0, 9));
  });

  test('numbers that are padded, as if they were in their shortest form', () => {
    const scanner = scannerOf('long', 'string');
    expect(scanned(scanner, bytes(0x82, 0x80, 0x00, 0x82, 0x00, 65))).toEqual([0, 1, 3]);
    expect(Buffer.from(scanner.event.bytes).subarray(0, 3)).toEqual(bytes(2, 2, 65));
  });
});

describe('a scanner refuses', () => {
  test('with an error that callers know as undecodable', () => {
    expect(() => scanBody(scannerOf('int'), bytes())).toThrow(Undecodable);
  });

  test('an event that is cut anywhere, and one with bytes to spare', () => {
    const writer = writerOf('string', { type: 'array', items: 'long' }, ['null', 'double'], {
      type: 'map',
      values: 'int',
    });
    const body = compileCodec(writer).encode({ f0: 'text', f1: [1, 2 ** 40], f2: 3.5, f3: { a: 1 } });
    const scanner = compileScanner(writer);
    for (let end = 0; end < body.length; end += 1)
      expect(typeof scanned(scanner, body.subarray(0, end))).toBe('string');
    expect(scanned(scanner, Buffer.concat([body, bytes(0)]))).toBe('TRAILING');
    expect(typeof scanned(scanner, body)).toBe('object');
  });

  test('numbers of more bits than their type', () => {
    expect(scanned(scannerOf('int'), bytes(0xff, 0xff, 0xff, 0xff, 0x0f))).toEqual([0, 5]);
    expect(scanned(scannerOf('int'), bytes(0xff, 0xff, 0xff, 0xff, 0x1f))).toBe('VARINT');
    expect(scanned(scannerOf('int'), bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x00))).toBe('VARINT');
    const longest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(scanned(scannerOf('long'), bytes(...longest, 0x01))).toEqual([0, 10]);
    expect(scanned(scannerOf('long'), bytes(...longest, 0x02))).toBe('VARINT');
    expect(scanned(scannerOf('long'), Buffer.alloc(1_000_000, 0x80))).toBe('VARINT');
  });

  test('lengths that are negative or point beyond the event', () => {
    for (const type of ['string', 'bytes'] as const) {
      expect(scanned(scannerOf(type), bytes(0x01))).toBe('LENGTH');
      expect(scanned(scannerOf(type), bytes(0x06, 65, 66))).toBe('LENGTH');
      expect(scanned(scannerOf(type), bytes(0xfe, 0xff, 0xff, 0xff, 0x0f, 65))).toBe('LENGTH');
      expect(scanned(scannerOf(type), bytes(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01))).toBe(
        'LENGTH',
      );
    }
  });

  test('more items than bytes, without counting them', () => {
    const huge = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const negative = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    for (const items of ['int', 'null', { type: 'array', items: 'null' }, { type: 'fixed', name: 'F', size: 0 }]) {
      expect(scanned(scannerOf({ type: 'array', items }), bytes(...huge, 0))).toBe('COUNT');
      expect(scanned(scannerOf({ type: 'array', items }), bytes(...negative, 0, 0))).toBe('COUNT');
    }
    expect(scanned(scannerOf({ type: 'map', values: 'null' }), bytes(...huge, 0))).toBe('COUNT');
  });

  test('more items without a byte than an event may have in all', () => {
    const items = (count: number): number[] => [
      ((count * 2) & 127) | 128,
      (((count * 2) >> 7) & 127) | 128,
      count >> 13,
      0,
    ];
    const scanner = scannerOf({ type: 'array', items: { type: 'array', items: 'null' } });
    expect(scanned(scanner, bytes(8, ...Array.from({ length: 4 }, () => items(16_384)).flat(), 0))).toEqual([0, 18]);
    expect(scanned(scanner, bytes(10, ...Array.from({ length: 5 }, () => items(16_384)).flat(), 0))).toBe('COUNT');
    expect(scanned(scanner, bytes(2, ...items(16_384), 0))).toEqual([0, 6]);
  });

  test('a block that does not have the size it announces', () => {
    const scanner = scannerOf({ type: 'array', items: 'int' });
    expect(scanned(scanner, bytes(3, 4, 1, 2, 0))).toEqual([0, 4]);
    expect(scanned(scanner, bytes(3, 2, 1, 2, 0))).toBe('BLOCK_SIZE');
    expect(scanned(scanner, bytes(3, 1, 1, 2, 0))).toBe('BLOCK_SIZE');
  });

  test('booleans that are neither true nor false, and branches and symbols that do not exist', () => {
    expect(scanned(scannerOf('boolean'), bytes(2))).toBe('BOOLEAN');
    expect(scanned(scannerOf(['null', 'int']), bytes(4, 0))).toBe('BRANCH');
    expect(scanned(scannerOf(['null', 'int']), bytes(1))).toBe('BRANCH');
    expect(scanned(scannerOf({ type: 'enum', name: 'E', symbols: ['A'] }), bytes(2))).toBe('SYMBOL');
  });

  test('text that is not UTF-8, short or long', () => {
    const wrong = [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe6, 0xb7], [0x80], [0xff]];
    const right = ['é', '深圳', '😀', '\u{10ffff}', '\ud7ff', '\ue000'];
    for (const padding of ['', 'abc', 'x'.repeat(100)]) {
      const textOf = (text: Uint8Array): Buffer => {
        const length = padding.length + text.length;
        const size = length < 64 ? [length * 2] : [((length * 2) & 127) | 128, length >> 6];
        return Buffer.concat([bytes(...size), Buffer.from(padding), text]);
      };
      for (const text of wrong) expect(scanned(scannerOf('string'), textOf(bytes(...text)))).toBe('TEXT');
      for (const text of right) expect(typeof scanned(scannerOf('string'), textOf(Buffer.from(text)))).toBe('object');
    }
  });

  test('nesting without end', () => {
    const writer: AvroRecord = {
      type: 'record',
      name: 'N',
      fields: [{ name: 'inner', type: { type: 'array', items: 'N' } }],
    };
    const nested = (depth: number): Buffer => Buffer.concat([Buffer.alloc(depth, 2), Buffer.alloc(depth + 1, 0)]);
    expect(typeof scanned(compileScanner(writer), nested(100))).toBe('object');
    expect(scanned(compileScanner(writer), nested(1_000_000))).toBe('DEPTH');
  });

  test('an event of ten megabytes at sight, or what is wrong in it where such are allowed', () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 2);
    expect(scanned(scannerOf({ type: 'array', items: 'boolean' }), body)).toBe('TOO_LARGE');
    const patient = compileScanner(writerOf({ type: 'array', items: 'boolean' }), { mostBytes: 16 * 1024 * 1024 });
    expect(scanned(patient, body)).toBe('BOOLEAN');
  });

  test('schemas whose values could not end', () => {
    expect(() => compileScanner({ type: 'record', name: 'R', fields: [{ name: 'r', type: 'R' }] })).toThrow(RangeError);
  });
});

describe('a scanner', () => {
  test('reads the event and nothing around it', () => {
    const writer = writerOf('string', 'long', { type: 'array', items: ['null', 'string'] });
    const body = compileCodec(writer).encode({ f0: 'some text', f1: 2 ** 50, f2: [null, 'a', 'longer than eight'] });
    const scanner = compileScanner(writer);
    for (const around of [0x00, 0xff, 0x02]) {
      for (let end = body.length; end >= 0; end -= 1) {
        const buffer = Buffer.alloc(body.length + 40, around);
        body.copy(buffer, 20);
        const answer = scanned(scanner, body.subarray(0, end));
        expect(scannedFrom(scanner, buffer, 20, 20 + end)).toEqual(answer);
      }
    }
  });
});

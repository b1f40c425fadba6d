import { describe, expect, test } from '@jest/globals';
import { Reader, Writer } from '@platformatic/kafka';
import fc from 'fast-check';
import { AnswerReader, uuidBytes } from './answer.reader.js';
import { RequestWriter } from './request.writer.js';

const text = fc.string({ unit: 'binary', maxLength: 300 }).map((s) => s.toWellFormed());
const whole = (to: RequestWriter) => Buffer.concat(to.finish());
const readerOf = (bytes: Buffer) => new AnswerReader().open(bytes, 0, bytes.length);

describe('what a request writer writes', () => {
  test('another client reads', () => {
    const values = fc.record({
      int8: fc.integer({ min: -128, max: 127 }),
      int16: fc.integer({ min: -32_768, max: 32_767 }),
      int32: fc.integer(),
      int64: fc.maxSafeInteger(),
      bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      varint: fc.nat(),
      string: fc.option(text),
      bytes: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(values, (v) => {
        const to = new RequestWriter(8).int8(v.int8).int16(v.int16).int32(v.int32).int64(v.int64).int64(v.bigint);
        to.unsignedVarint(v.varint).string(v.string).compactString(v.string).compactBytes(v.bytes).reference(v.bytes);
        to.int32(v.int32);
        expect(to.length).toBe(whole(to).length);
        const from = Reader.from(whole(to));
        expect([from.readInt8(), from.readInt16(), from.readInt32()]).toEqual([v.int8, v.int16, v.int32]);
        expect([from.readInt64(), from.readInt64()]).toEqual([BigInt(v.int64), v.bigint]);
        expect(from.readUnsignedVarInt()).toBe(v.varint);
        expect(from.readNullableString(false)).toBe(v.string);
        expect(from.readNullableString()).toBe(v.string);
        expect([from.readBytes(), from.readBytes()]).toEqual([v.bytes, v.bytes]);
        expect(from.readInt32()).toBe(v.int32);
      }),
      { numRuns: 200 },
    );
  });

  test('is not copied where it is a reference', () => {
    const payload = Buffer.from('payload');
    const parts = new RequestWriter().int32(1).reference(payload).int32(2).finish();
    expect(parts).toHaveLength(3);
    expect(parts[1]).toBe(payload);
  });
});

describe('an answer reader', () => {
  test('reads what another client writes', () => {
    const values = fc.record({ int64: fc.maxSafeInteger(), varint: fc.nat(), string: fc.option(text) });
    fc.assert(
      fc.property(values, ({ int64, varint, string }) => {
        const to = Writer.create().appendInt64(BigInt(int64)).appendUnsignedVarInt(varint);
        to.appendString(string).appendString(string, false);
        const from = readerOf(to.buffer);
        expect([from.int64(), from.unsignedVarint(), from.compactString(), from.string()]).toEqual([
          int64,
          varint,
          string,
          string,
        ]);
        expect(from.at).toBe(from.end);
      }),
    );
  });

  test.each([
    ['a number beyond 2^53', (from: AnswerReader) => from.int64(), '0020000000000000'],
    ['a varint without an end', (from: AnswerReader) => from.unsignedVarint(), 'ffffffffffff'],
    ['more items than bytes', (from: AnswerReader) => from.count(), 'ff0f00'],
    ['a text longer than the answer', (from: AnswerReader) => from.compactString(), '20414243'],
    ['null where a text must be', (from: AnswerReader) => from.compactText(), '00'],
    ['tags without an end', (from: AnswerReader) => from.skipTags(), '0163'],
  ])('refuses %s', (_what, read, hex) => {
    expect(() => read(readerOf(Buffer.from(hex, 'hex')))).toThrow(/malformed/);
  });

  test('writes UUIDs as they are usually spelled', () => {
    const id = 'f0f1f2f3-f4f5-4677-a8f9-fafbfcfdfeff';
    expect(readerOf(uuidBytes(id)).uuid()).toBe(id);
    expect(() => uuidBytes('f0f1')).toThrow(RangeError);
  });
});

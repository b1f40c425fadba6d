import { describe, expect, test } from '@jest/globals';
import { endTxnV4, Writer } from '@platformatic/kafka';
import fc from 'fast-check';
import { errorsIn, framed, FrameSplitter, type RequestHead, requestHead, transactionOf } from './frames.js';

const head = (api: RequestHead['api'], version: number): RequestHead => ({ api, version, correlation: 7 });
/** An answer with a flexible header; `body` follows it. */
const answer = (...body: readonly (Buffer | number[])[]): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 7, 0]), ...body.map((part) => Buffer.from(part))]);
const int16 = (value: number): number[] => [value >> 8, value & 0xff];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const text = (value: string): number[] => [value.length + 1, ...Buffer.from(value)];

describe('bytes in pieces', () => {
  test('become the messages that went in, however they were cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 60 })), (sent, cuts) => {
        let rest = Buffer.concat(sent.map((bytes) => framed(Buffer.from(bytes))));
        const splitter = new FrameSplitter();
        const received: Buffer[] = [];
        for (const cut of [...cuts, rest.length]) {
          received.push(...splitter.push(rest.subarray(0, cut)));
          rest = rest.subarray(cut);
        }
        received.push(...splitter.push(rest));
        expect(received.map((bytes) => [...bytes])).toEqual(sent.map((bytes) => [...bytes]));
      }),
    );
  });
});

describe('a request', () => {
  test('says which api it asks, and an unknown one its number', () => {
    expect(requestHead(Buffer.from([0, 26, 0, 4, 0, 0, 0, 9]))).toEqual({ api: 'EndTxn', version: 4, correlation: 9 });
    expect(requestHead(Buffer.from([0, 77, 0, 1, 0, 0, 0, 9])).api).toBe('api 77');
  });

  test.each([true, false])('to end a transaction says which and how (%s)', (commits) => {
    const body = endTxnV4.createRequest('router.0', 5n, 3, commits).buffer;
    const clientId = Writer.create().appendString('client', false).appendUnsignedVarInt(0).buffer;
    const request = Buffer.concat([Buffer.from([0, 26, 0, 4, 0, 0, 0, 9]), clientId, body]);
    expect(transactionOf(request)).toEqual({ id: 'router.0', commits });
  });

  test('about nothing else has no transaction', () => {
    expect(transactionOf(Buffer.from([0, 1, 0, 17, 0, 0, 0, 9]))).toBeNull();
  });
});

describe('the error codes of an answer', () => {
  test('to the end of a transaction', () => {
    expect(errorsIn(head('EndTxn', 5), answer(zeros(4), int16(47), zeros(11)))).toEqual([47]);
  });

  test('to positions, one for each partition', () => {
    const partitions = [3, ...zeros(4), ...int16(22), 0, ...zeros(4), ...int16(0), 0];
    const message = answer(zeros(4), [2], text('a.b'), partitions, [0, 0]);
    expect(errorsIn(head('TxnOffsetCommit', 5), message)).toEqual([22, 0]);
  });

  test('to a produce request', () => {
    const partition = [...zeros(4), ...int16(29), ...zeros(24), 1, 0, 0];
    const message = answer([2], text('a.b'), [2, ...partition], [0], zeros(4), [0]);
    expect(errorsIn(head('Produce', 12), message)).toEqual([29]);
  });

  test('to a fetch: of the whole, and of each partition', () => {
    const aborted = [2, ...zeros(16), 0];
    const partition = [...zeros(4), ...int16(1), ...zeros(24), ...aborted, ...zeros(4), 4, 9, 9, 9, 0];
    const message = answer(zeros(4), int16(0), zeros(4), [2, ...zeros(16), 2, ...partition, 0], [0]);
    expect(errorsIn(head('Fetch', 17), message)).toEqual([0, 1]);
  });

  test('are not looked for where nothing is known of the answer', () => {
    expect(errorsIn(head('Metadata', 12), answer([]))).toEqual([]);
  });
});

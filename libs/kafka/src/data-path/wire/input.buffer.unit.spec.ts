import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputBuffer } from './input.buffer.js';

const LIMITS = { mostAnswerBytes: 1024 * 1024, keepBytes: 64 * 1024 };

function framed(answers: readonly Buffer[]): Buffer {
  return Buffer.concat(
    answers.flatMap((answer) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(answer.length);
      return [length, answer];
    }),
  );
}

/** Gives the bytes in pieces of at most these sizes, as a socket would. */
function feed(input: InputBuffer, bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const answers: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const free = input.free();
    expect(free.length).toBeGreaterThan(0);
    const size = Math.min(sizes[i % sizes.length]!, free.length, bytes.length - at);
    bytes.copy(free, 0, at, at + size);
    at += size;
    input.received(size, (buffer, start, end) => answers.push(Buffer.from(buffer.subarray(start, end))));
  }
  return answers;
}

describe('the input buffer', () => {
  test('gives every answer back whole and in order, in whatever pieces it came', () => {
    const answers = fc.array(fc.integer({ min: 4, max: 200_000 }), { minLength: 1, maxLength: 6 });
    const sizes = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(answers, sizes, (lengths, pieces) => {
        const sent = lengths.map((length, i) => Buffer.alloc(length, i + 1));
        // Single bytes alone would take a second for each run.
        const received = feed(new InputBuffer(LIMITS), framed(sent), [...pieces, 5_000]);
        expect(received.map((one) => [one.length, one[0], one.at(-1)])).toEqual(
          sent.map((one) => [one.length, one[0], one.at(-1)]),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('grows to the answer at hand, and is small again after it', () => {
    const input = new InputBuffer(LIMITS);
    const large = framed([Buffer.alloc(900_000)]);
    feed(input, large.subarray(0, 800_000), [16_384]);
    expect(input.capacity).toBeGreaterThanOrEqual(900_004);
    expect(feed(input, large.subarray(800_000), [50_000])).toHaveLength(1);
    expect(input.capacity).toBe(LIMITS.keepBytes);
  });

  test('needs no more room than there is for many small answers', () => {
    const input = new InputBuffer(LIMITS);
    const before = input.capacity;
    for (let i = 0; i < 100; i++) feed(input, framed([Buffer.alloc(500), Buffer.alloc(700)]), [333]);
    expect(input.capacity).toBe(before);
  });

  test.each([
    [-1, 'OTHER'],
    [0, 'OTHER'],
    [3, 'OTHER'],
    [LIMITS.mostAnswerBytes + 1, 'TOO_LARGE'],
    [0x7fffffff, 'TOO_LARGE'],
  ])('refuses a length of %d', (length, code) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(length);
    expect(() => feed(new InputBuffer(LIMITS), bytes, [4])).toThrow(expect.objectContaining({ code }));
  });
});

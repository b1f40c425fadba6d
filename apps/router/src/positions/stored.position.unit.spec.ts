import { expect, test } from '@jest/globals';
import { withRefused } from '../seats/partition.ledger.js';
import { redriveMark, seatMark, sharedMark, UnreadableMark } from './stored.position.js';

test('what is committed with a position is read back as it was', () => {
  const seat = { state: 'ejected', position: 9, from: 4, generation: 3, since: 7 } as const;
  expect(seatMark.parse(seatMark.text(seat, 't'), 9)).toEqual({ seat, topicId: 't' });
  const shared = { topicId: 't', refused: { '12': 5 }, order: 8 };
  expect(sharedMark.parse(sharedMark.text(shared))).toEqual({ v: 1, ...shared });
  const redrive = { order: 4, done: true, delivered: 2, refused: 1 };
  expect(redriveMark.parse(redriveMark.text(redrive))).toEqual({ v: 1, ...redrive });
});

test('nothing is concluded from metadata of another form', () => {
  for (const text of ['', '{}', '{"v":2,"topicId":"t"}', 'adopted']) {
    expect(() => sharedMark.parse(text)).toThrow(UnreadableMark);
    expect(() => seatMark.parse(text, 0)).toThrow(UnreadableMark);
  }
});

test('a partition remembers the refused ids it met last, in less than a broker takes', () => {
  let refused: Record<string, number> = {};
  for (let id = 0; id < 500; id++) refused = withRefused(refused, 2_000_000_000 + id, 9_000_000_000_000 + id);
  expect(refused[String(2_000_000_499)]).toBe(9_000_000_000_499);
  expect(refused['2000000000']).toBeUndefined();
  const text = sharedMark.text({ topicId: '00000000-0000-0000-0000-000000000000', refused, order: 1e9 });
  expect(text.length).toBeLessThan(4096);
});

import { describe, expect, test } from '@jest/globals';
import { openingOf, type PartitionFacts, seatAnew, type SeatFacts, seatOf } from './opening.js';
import type { Seat } from './seat.js';

const partition = (over: Partial<PartitionFacts> = {}) =>
  openingOf({
    topicId: 't1',
    stored: { offset: 50, topicId: 't1', refused: { '9': 3 }, order: 2 },
    reported: { topicId: 't1', trouble: null },
    firstRouter: null,
    earliest: 7,
    ...over,
  });
const seat: Seat = { state: 'adopted', position: 40, from: 30, generation: 2, since: 30 };
const facts = (over: Partial<SeatFacts> = {}): SeatFacts => ({
  topicId: 't1',
  stored: { seat, topicId: 't1' },
  reported: { stoppedAt: null },
  firstRouter: null,
  generation: 5,
  ...over,
});

describe('taking up a partition', () => {
  test('goes on where it was committed', () => {
    const state = { shared: 50, refused: { '9': 3 }, order: 2, seats: new Map() };
    expect(partition()).toEqual({ kind: 'open', state, isStored: true });
  });

  test('begins at the beginning what nobody has ever read', () => {
    expect(partition({ stored: null, reported: null })).toMatchObject({ state: { shared: 7 }, isStored: false });
  });

  test('never begins anew by itself what was read before', () => {
    expect(partition({ stored: null })).toEqual({ kind: 'stuck', trouble: 'POSITION_LOST' });
    expect(partition({ topicId: 't2' })).toEqual({ kind: 'stuck', trouble: 'TOPIC_RECREATED' });
  });

  test('says that the topic is another one also when Kafka forgot the position with the old one, and goes on saying so', () => {
    const recreated = { kind: 'stuck', trouble: 'TOPIC_RECREATED' };
    expect(partition({ stored: null, topicId: 't2' })).toEqual(recreated);
    const told = { topicId: 't2', trouble: 'TOPIC_RECREATED' as const };
    expect(partition({ stored: null, topicId: 't2', reported: told })).toEqual(recreated);
  });

  test('takes over the position of the first router', () => {
    const opening = partition({ stored: null, reported: null, firstRouter: 60 });
    expect(opening).toMatchObject({ state: { shared: 60 }, isStored: false });
  });
});

describe('taking up a view on it', () => {
  test('goes on with the seat that is committed', () => {
    expect(seatOf(facts())).toEqual(seat);
  });

  test('is new where nobody has reported it', () => {
    expect(seatOf(facts({ stored: null, reported: null }))).toBe('new');
  });

  test('never begins anew by itself what was written before', () => {
    expect(seatOf(facts({ stored: null }))).toBe('lost');
    expect(seatOf(facts({ topicId: 't2' }))).toBe('lost');
    expect(seatOf(facts({ stored: null, reported: { stoppedAt: 12, topicId: 't0' } }))).toBe('lost');
  });

  test('goes on from where it was reported to have stopped, when nothing is committed any more', () => {
    expect(seatOf(facts({ stored: null, reported: { stoppedAt: 12 } }))).toMatchObject({
      state: 'stopped',
      position: 12,
    });
  });

  test('catches up from where the first router was', () => {
    expect(seatOf(facts({ stored: null, firstRouter: 55 }))).toEqual({
      state: 'catching-up',
      position: 55,
      from: 55,
      generation: 5,
      since: 55,
    });
  });

  test('begins anew where it was ordered, unless it was stopped or never there', () => {
    expect(seatAnew(facts({ topicId: 't2' }), 3)).toMatchObject({ state: 'adopted', position: 3, generation: 2 });
    expect(seatAnew(facts({ stored: null }), 3)).toMatchObject({ state: 'adopted', position: 3, generation: 5 });
    const stopped: Seat = { ...seat, state: 'stopped' };
    expect(seatAnew(facts({ stored: { seat: stopped, topicId: 't0' } }), 3)).toMatchObject({ state: 'stopped' });
    expect(seatAnew(facts({ stored: null, reported: null }), 3)).toBeNull();
    const ended = facts({ stored: null, reported: { stoppedAt: 9 } });
    expect(seatAnew(ended, 3)).toMatchObject({ state: 'stopped' });
  });
});

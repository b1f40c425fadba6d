import type { StreamName } from '@citystreams/contracts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ViewProgram } from '../projection/view.program.js';
import { Outputs } from '../transactions/outputs.js';
import { OwnReadings } from './own.readings.js';
import { type Judge, Reading } from './reading.js';
import { Slot } from './slot.js';
import { streamProgram, viewOf } from './walk.sample.js';

const judge: Judge = { planFor: () => 'WAIT', poisoned: () => undefined, unreadable: () => undefined };
const outputs = new Outputs({ openBytes: 1 << 20, inFlightBytes: 1 << 20, codec: 'none' }, () => undefined);
const slot = (id: string): Slot => {
  const view = viewOf(id, { fields: ['claimId'] });
  return new Slot(new ViewProgram(view, streamProgram(), undefined, Buffer.alloc(32)), outputs.open(id, 0));
};
const [a, b, c] = [slot('A'), slot('B'), slot('C')];

describe('views that are not with the shared reading', () => {
  let own: OwnReadings;
  beforeEach(() => {
    own = new OwnReadings((kind, offset) => new Reading(kind, 'a.b' as StreamName, 't', 0, offset, judge));
  });

  test('have one reading when they are at the same offset', () => {
    own.open('catch-up', 5, a);
    own.open('catch-up', 5, b);
    own.open('catch-up', 9, c);
    expect(own.of(a.view)).toBe(own.of(b.view));
    expect([...own.all()]).toHaveLength(2);
  });

  test('become one where the one behind meets the one ahead', () => {
    own.open('catch-up', 5, a);
    own.open('catch-up', 9, b);
    const [behind, ahead] = [own.of(a.view) as Reading, own.of(b.view) as Reading];
    expect(own.nextAhead(behind, 20)).toBe(9);
    expect(own.nextAhead(ahead, 20)).toBe(20);
    behind.offset = 9;
    own.merge(behind);
    expect(own.of(a.view)).toBe(ahead);
    expect(ahead.slots.map(({ view }) => view)).toEqual([b.view, a.view]);
    expect(behind.hasEnded).toBe(true);
  });

  test('read alone, and rest, when they were ejected', () => {
    own.open('catch-up', 5, a);
    own.open('ejected', 5, b);
    own.open('ejected', 5, c);
    expect([...own.all()]).toHaveLength(3);
    expect(own.of(b.view)?.restsUntil).toBe(Infinity);
    own.merge(own.of(b.view) as Reading);
    expect([...own.all()]).toHaveLength(3);
  });

  test('leave no reading behind', () => {
    own.open('catch-up', 5, a);
    own.open('catch-up', 5, b);
    const reading = own.of(a.view) as Reading;
    own.close(a.view);
    expect(reading.hasEnded).toBe(false);
    own.close(b.view);
    expect([reading.hasEnded, own.areNone]).toEqual([true, true]);
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CalendarData } from '@citystreams/contracts';
import fc from 'fast-check';
import { calendarOf } from './calendar.js';
import { daysPassed, instantAfter } from './working-time.js';
import { dueOf, fire, goOn, marksDue, newWait, nextMarkAt, pause, type Wait } from './wait.js';

/** National Day and Mid-autumn of 2026, with the Sunday and the Saturday that are worked for them; New Year of 2027 is not out. */
const DATA: CalendarData = {
  utcOffsetMinutes: 480,
  years: {
    2026: {
      holidays: Object.fromEntries(
        ['09-25', '10-01', '10-02', '10-05', '10-06', '10-07'].map((day) => [`2026-${day}`, 'a holiday']),
      ),
      workdays: { '2026-09-20': 'National Day', '2026-10-10': 'National Day' },
    },
  },
};
const calendar = calendarOf(DATA);
const SEED = Date.now() % 2_147_483_647;
beforeAll(() => void process.stdout.write(`seed ${SEED}\n`));

/** By the city's clock. */
const at = (text: string): Date => new Date(`${text}+08:00`);
const dueText = (wait: Wait): string => {
  const due = dueOf(calendar, wait);
  return due.known ? new Date(due.at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16) : `unknown: ${due.year}`;
};

describe('working days', () => {
  test.each([
    ['2026-09-18', 'a Friday', true],
    ['2026-09-19', 'a Saturday', false],
    ['2026-09-20', 'a Sunday that makes up for National Day', true],
    ['2026-09-25', 'Mid-autumn', false],
    ['2026-10-01', 'National Day', false],
    ['2026-10-10', 'a Saturday that makes up', true],
    ['2027-01-04', 'a Monday of a year that is not published', null],
  ])('%s, %s: %s', (day, _, worked) => {
    expect(calendar.isWorkingDay(calendar.dayOf(at(`${day}T12:00:00`)))).toBe(worked);
  });

  test('a day begins at midnight in the city', () => {
    expect(calendar.dayOf(at('2026-09-18T00:00:00'))).toBe(calendar.dayOf(at('2026-09-18T23:59:59.999')));
    expect(calendar.startOf(calendar.dayOf(at('2026-09-18T15:00:00')))).toEqual(at('2026-09-18T00:00:00'));
  });

  test('a day listed under another year, or that is none, is refused', () => {
    const listed = (day: string) => () =>
      calendarOf({ ...DATA, years: { 2026: { holidays: { [day]: 'x' }, workdays: {} } } });
    expect(listed('2025-10-01')).toThrow(RangeError);
    expect(listed('2026-13-01')).toThrow(RangeError);
    expect(listed('2026-10-1')).toThrow(RangeError);
  });
});

describe('a term', () => {
  test.each([
    ['over a weekend', '2026-09-10T10:00:00', 5, '2026-09-17T16:00'],
    ['from a Saturday', '2026-09-12T10:00:00', 1, '2026-09-14T16:00'],
    ['over a Sunday that is worked', '2026-09-18T10:00:00', 2, '2026-09-21T16:00'],
    ['over National Day', '2026-09-30T23:59:00', 3, '2026-10-10T16:00'],
    ['that is not whole: noon', '2026-09-14T10:00:00', 2.5, '2026-09-17T04:00'],
  ])('%s ends with its last working day', (_, since, days, end) => {
    const utc = new Date(`${end}:00Z`);
    expect(instantAfter(calendar, at(since), days)).toEqual({ known: true, at: utc });
  });

  test('that reaches into a year that is not published says so, and not before when', () => {
    expect(instantAfter(calendar, at('2026-12-28T09:00:00'), 5)).toEqual({
      known: false,
      year: 2027,
      notBefore: at('2027-01-01T00:00:00'),
    });
  });

  test('ends when so many working days have passed, and not a millisecond earlier, whatever the term', () => {
    const instants = fc.date({ min: at('2026-01-02T00:00:00'), max: at('2026-11-30T00:00:00'), noInvalidDate: true });
    const property = fc.property(instants, fc.integer({ min: 1, max: 20 }), (since, days) => {
      const end = instantAfter(calendar, since, days);
      if (!end.known) return;
      expect(daysPassed(calendar, { from: since, to: end.at }).days).toBe(days);
      expect(daysPassed(calendar, { from: since, to: new Date(end.at.getTime() - 1) }).days).toBe(days - 1);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });
});

describe('a wait', () => {
  const wait = newWait(5, at('2026-09-10T10:00:00'));

  test('reminds at half and at four fifths of its time, and ends', () => {
    const due = (text: string) => marksDue(calendar, wait, at(text));
    expect(due('2026-09-15T11:59:00')).toEqual([]);
    expect(due('2026-09-15T12:00:00')).toEqual(['half']);
    expect(due('2026-09-17T00:00:00')).toEqual(['half', 'most']);
    expect(due('2026-09-18T00:00:00')).toEqual(['half', 'most', 'deadline']);
    expect(marksDue(calendar, { ...wait, spent: true }, at('2026-09-18T00:00:00'))).toEqual([]);
  });

  test('is due later by the days of a pause', () => {
    expect(dueText(wait)).toBe('2026-09-18T00:00');
    const paused = goOn(pause(wait, at('2026-09-14T09:00:00')), at('2026-09-16T09:00:00'));
    // One whole working day had passed (the 11th); four are left after the 16th: 17, 18, 20 (worked), 21.
    expect(dueText(paused)).toBe('2026-09-22T00:00');
  });

  test('knows no end while days of it are not published, before or after a pause', () => {
    const late = newWait(5, at('2026-12-28T10:00:00'));
    expect(dueText(late)).toBe('unknown: 2027');
    const resumed = goOn(pause(late, at('2027-01-05T10:00:00')), at('2027-01-06T10:00:00'));
    expect(dueText(resumed)).toBe('unknown: 2027');
    expect(marksDue(calendar, late, at('2027-06-01T00:00:00'))).toEqual(['half']);
    expect(nextMarkAt(calendar, fire(late, 'half'))).toBeNull();
  });

  test('however the clock jumps, each mark fires once, and none is lost', () => {
    const minutes = fc.integer({ min: -20_000, max: 25_000 });
    const property = fc.property(fc.array(minutes, { minLength: 1, maxLength: 60 }), (jumps) => {
      let now = wait.since.getTime();
      let latest = now;
      let running: Wait = wait;
      const fired: string[] = [];
      for (const jump of jumps) {
        now += jump * 60_000;
        latest = Math.max(latest, now);
        for (const mark of marksDue(calendar, running, new Date(now))) {
          running = fire(running, mark);
          fired.push(mark);
        }
      }
      // What the clock ever showed has fired: each mark once, in order.
      expect(fired).toEqual(marksDue(calendar, wait, new Date(latest)));
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('wakes whoever looks after it at its next mark', () => {
    expect(nextMarkAt(calendar, wait)).toEqual(at('2026-09-15T12:00:00'));
    expect(nextMarkAt(calendar, fire(wait, 'half'))).toEqual(at('2026-09-17T00:00:00'));
    expect(nextMarkAt(calendar, { ...wait, spent: true })).toBeNull();
  });
});

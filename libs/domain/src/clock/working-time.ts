/**
 * Counting working days. As the law counts, the day on which something begins is not counted, and a term of n days ends
 * with the nth working day after it.
 */
import { DAY_MS } from '@citystreams/contracts';
import type { CityCalendar } from './calendar.js';

/** An instant that may lie beyond the published calendar. */
export type Moment =
  | { known: true; at: Date }
  /** The term reaches into a year whose holidays are not published: it ends in it, or later, but not before it. */
  | { known: false; year: number; notBefore: Date };

/** Something that went on from one instant to another. */
export interface Span {
  from: Date;
  to: Date;
}

/**
 * The instant at which so many working days have passed since the end of the day of `since`. Half a day is noon. Zero
 * or less is the instant itself.
 */
export function instantAfter(calendar: CityCalendar, since: Date, days: number): Moment {
  if (days <= 0) return { known: true, at: since };
  const whole = Math.ceil(days) - 1;
  let left = whole;
  for (let day = calendar.dayOf(since) + 1; ; day += 1) {
    const worked = calendar.isWorkingDay(day);
    if (worked === null) return { known: false, year: calendar.yearOf(day), notBefore: calendar.startOf(day) };
    if (!worked) continue;
    if (left === 0) {
      return { known: true, at: new Date(calendar.startOf(day).getTime() + Math.round((days - whole) * DAY_MS)) };
    }
    left -= 1;
  }
}

/** Working days that passed whole between two instants; `complete` is false where some of them are not published. */
export function daysPassed(calendar: CityCalendar, { from, to }: Span): { days: number; complete: boolean } {
  const end = calendar.dayOf(to);
  let days = 0;
  let complete = true;
  for (let day = calendar.dayOf(from) + 1; day < end; day += 1) {
    const worked = calendar.isWorkingDay(day);
    if (worked === null) complete = false;
    else if (worked) days += 1;
  }
  return { days, complete };
}

/** Of several spans together. */
export function daysPassedIn(calendar: CityCalendar, spans: readonly Span[]): { days: number; complete: boolean } {
  const each = spans.map((span) => daysPassed(calendar, span));
  return { days: each.reduce((sum, one) => sum + one.days, 0), complete: each.every((one) => one.complete) };
}

/**
 * A clock that runs while somebody is waited for: at half of its time and at four fifths a person is reminded, at its end
 * something happens. Each of the three fires once, however the machine's clock jumps: what has fired is kept with the wait.
 */
import type { CityCalendar } from './calendar.js';
import { daysPassed, daysPassedIn, instantAfter, type Moment, type Span } from './working-time.js';

export const MARKS = ['half', 'most', 'deadline'] as const;
export type Mark = (typeof MARKS)[number];

/** Which part of the time has passed at each mark. */
const SHARE: Readonly<Record<Mark, number>> = { half: 0.5, most: 0.8, deadline: 1 };

export interface Wait {
  /** In working days. */
  limitDays: number;
  /** When it ran before it was paused, oldest first. */
  ranBefore: readonly Span[];
  /** Since when it runs now. */
  since: Date;
  /** What has happened already. */
  fired: readonly Mark[];
  /** Ends without effect: reminds nobody and has no deadline any more. */
  spent: boolean;
}

export const newWait = (limitDays: number, since: Date): Wait => ({
  limitDays,
  ranBefore: [],
  since,
  fired: [],
  spent: false,
});

/** The end of its time. */
export const dueOf = (calendar: CityCalendar, wait: Wait): Moment => markedAt(calendar, wait, 'deadline');

/** The instant of a mark. What of the time before a pause is not published leaves it unknown. */
function markedAt(calendar: CityCalendar, wait: Wait, mark: Mark): Moment {
  const before = daysPassedIn(calendar, wait.ranBefore);
  const moment = instantAfter(calendar, wait.since, wait.limitDays * SHARE[mark] - before.days);
  if (before.complete) return moment;
  const last = wait.ranBefore.findLast((span) => !daysPassed(calendar, span).complete) as Span;
  return { known: false, year: calendar.yearOf(calendar.dayOf(last.to)), notBefore: wait.since };
}

/** Marks whose instant has come and that have not fired, in order. */
export function marksDue(calendar: CityCalendar, wait: Wait, now: Date): Mark[] {
  return MARKS.filter((mark) => {
    if (wait.spent || wait.fired.includes(mark)) return false;
    const moment = markedAt(calendar, wait, mark);
    return moment.known && moment.at <= now;
  });
}

export const isOver = (calendar: CityCalendar, wait: Wait, now: Date): boolean => {
  const due = dueOf(calendar, wait);
  return due.known && due.at <= now;
};

/** When the next mark comes; null: there is none, or its year is not published. */
export function nextMarkAt(calendar: CityCalendar, wait: Wait): Date | null {
  const next = MARKS.find((mark) => !wait.fired.includes(mark));
  if (next === undefined || wait.spent) return null;
  const moment = markedAt(calendar, wait, next);
  return moment.known ? moment.at : null;
}

export const fire = <W extends Wait>(wait: W, mark: Mark): W => ({ ...wait, fired: [...wait.fired, mark] });

/** The clock stops; what it ran counts when it goes on. */
export const pause = <W extends Wait>(wait: W, now: Date): W => ({
  ...wait,
  ranBefore: [...wait.ranBefore, { from: wait.since, to: now }],
});

export const goOn = <W extends Wait>(wait: W, now: Date): W => ({ ...wait, since: now });

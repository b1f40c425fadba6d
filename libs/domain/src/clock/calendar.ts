/** Days of the city's calendar, and which of them are worked. Days are counted from 1970-01-01 by the city's own clock. */
import { type CalendarData, DAY_MS } from '@citystreams/contracts';

/** A day of the city, as a number: the day after is one more. */
export type CityDay = number;

export interface CityCalendar {
  /** The day that an instant falls on. */
  dayOf(at: Date): CityDay;
  /** The instant at which a day begins. */
  startOf(day: CityDay): Date;
  /** null: the holidays of that day's year are not published. */
  isWorkingDay(day: CityDay): boolean | null;
  yearOf(day: CityDay): number;
}

const MINUTE_MS = 60_000;
/** 1970-01-01 was a Thursday; Monday is 0. */
const FIRST_WEEKDAY = 3;
const SATURDAY = 5;

/** @throws RangeError for a day that is none, or one that lies in another year than it is listed under */
export function calendarOf(data: CalendarData): CityCalendar {
  const offset = data.utcOffsetMinutes * MINUTE_MS;
  const published = new Set(Object.keys(data.years).map(Number));
  const exceptions = new Map<CityDay, boolean>();
  for (const [year, { holidays, workdays }] of Object.entries(data.years)) {
    for (const day of Object.keys(holidays)) exceptions.set(dayCalled(day, year), false);
    for (const day of Object.keys(workdays)) exceptions.set(dayCalled(day, year), true);
  }
  const yearOf = (day: CityDay): number => new Date(day * DAY_MS).getUTCFullYear();
  return {
    dayOf: (at) => Math.floor((at.getTime() + offset) / DAY_MS),
    startOf: (day) => new Date(day * DAY_MS - offset),
    isWorkingDay: (day) => (published.has(yearOf(day)) ? (exceptions.get(day) ?? isWeekday(day)) : null),
    yearOf,
  };
}

const isWeekday = (day: CityDay): boolean => (((day + FIRST_WEEKDAY) % 7) + 7) % 7 < SATURDAY;

function dayCalled(text: string, year: string): CityDay {
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(ms) || !text.startsWith(`${year}-`)) {
    throw new RangeError(`${text} is no day of ${year}`);
  }
  return ms / DAY_MS;
}

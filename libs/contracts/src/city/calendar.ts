/**
 * The working days of the city as data (`policy/calendar/days.yaml`). Only years whose holidays are published are in it:
 * what falls into another year is not guessed.
 */

/** Days are `2026-02-16`, by the city's own clock. */
export interface YearOfDays {
  /** Monday to Friday, and nobody works, with the holiday's name. */
  holidays: Readonly<Record<string, string>>;
  /** Saturday or Sunday, and everybody works, with the holiday that it makes up for. */
  workdays: Readonly<Record<string, string>>;
}

export interface CalendarData {
  /** How far the city's clock is ahead of UTC, in minutes; the city has no daylight saving time. */
  utcOffsetMinutes: number;
  years: Readonly<Record<string, YearOfDays>>;
}

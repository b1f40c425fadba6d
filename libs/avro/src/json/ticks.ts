/**
 * Moments, days and times of day as ISO 8601 text, exact to their unit, for the years 0000 to 9999. Text is only made of
 * numbers in that range and only read into numbers that the unit can hold exactly; anything else is null.
 */
import type { TickDigits } from './node.js';

const DAY_SECONDS = 86_400n;
const FIRST_DAY = -719_528n; // 0000-01-01
const LAST_DAY = 2_932_896n; // 9999-12-31
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const STAMP = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|z|[+-]\d\d:\d\d)?$/;

export function dateText(days: bigint): string | null {
  if (days < FIRST_DAY || days > LAST_DAY) return null;
  return new Date(Number(days * DAY_SECONDS * 1000n)).toISOString().slice(0, 10);
}

export function dateDays(text: string): bigint | null {
  const parts = DATE.exec(text);
  if (parts === null) return null;
  const ms = new Date(`${text}T00:00:00Z`).getTime();
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return null;
  return BigInt(ms) / 1000n / DAY_SECONDS;
}

/** Of a day; null outside of one. */
export function timeText(ticks: bigint, digits: TickDigits): string | null {
  const unit = 10n ** BigInt(digits);
  if (ticks < 0n || ticks >= DAY_SECONDS * unit) return null;
  const seconds = ticks / unit;
  const two = (n: bigint): string => String(n).padStart(2, '0');
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${clock}.${String(ticks % unit).padStart(digits, '0')}`;
}

export function timeTicks(text: string, digits: TickDigits): bigint | null {
  const parts = TIME.exec(text);
  if (parts === null) return null;
  const [, hours = '', minutes = '', seconds = '0', fraction = ''] = parts;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  // More digits than the unit has would be lost, unless they are zeros.
  if (/[^0]/.test(fraction.slice(digits))) return null;
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return whole * 10n ** BigInt(digits) + BigInt(fraction.slice(0, digits).padEnd(digits, '0'));
}

export function stampText(ticks: bigint, digits: TickDigits, local: boolean): string | null {
  const day = DAY_SECONDS * 10n ** BigInt(digits);
  const inDay = ((ticks % day) + day) % day;
  const date = dateText((ticks - inDay) / day);
  return date === null ? null : `${date}T${timeText(inDay, digits)}${local ? '' : 'Z'}`;
}

/** A moment needs its offset, a local one has none. */
export function stampTicks(text: string, digits: TickDigits, local: boolean): bigint | null {
  const parts = STAMP.exec(text);
  if (parts === null) return null;
  const [, date = '', time = '', offset] = parts;
  if ((offset === undefined) !== local) return null;
  const days = dateDays(date);
  const ticks = timeTicks(time, digits);
  const minutes = offsetMinutes(offset ?? 'Z');
  if (days === null || ticks === null || minutes === null) return null;
  const unit = 10n ** BigInt(digits);
  return days * DAY_SECONDS * unit + ticks - minutes * 60n * unit;
}

function offsetMinutes(offset: string): bigint | null {
  if (offset === 'Z' || offset === 'z') return 0n;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4, 6))];
  if (hours > 23 || minutes > 59) return null;
  return BigInt(offset.startsWith('-') ? -(hours * 60 + minutes) : hours * 60 + minutes);
}

/** Times as people write them, exactly to and from the counts that events hold. Proleptic Gregorian, no leap seconds. */
import type { TimeUnit } from './field.kind.js';

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const OFFSET = /(Z|[+-]\d\d:\d\d)$/;
const DAY_SECONDS = 86_400n;
const DAY_MS = 86_400_000;

/** Days since 1970, or null when there is no such day. */
export function daysOf(text: string): bigint | null {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return at.toISOString().slice(0, 10) === text ? BigInt(at.getTime() / DAY_MS) : null;
}

/** Units since midnight; null: no time of day, or finer than the unit. */
export function clockOf(text: string, unit: TimeUnit): bigint | null {
  const [, hour, minute, second = '0', fraction = ''] = CLOCK.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const nanos = BigInt(fraction.padEnd(9, '0'));
  const finest = 1_000_000_000n / unit;
  if (nanos % finest !== 0n) return null;
  return (BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second)) * unit + nanos / finest;
}

/** `2026-11-23T08:00:00`: units since 1970 on that clock. */
export function localOf(text: string, unit: TimeUnit): bigint | null {
  const [date = '', clock = '', ...more] = text.split('T');
  const [days, time] = [daysOf(date), clockOf(clock, unit)];
  return days === null || time === null || more.length > 0 ? null : days * DAY_SECONDS * unit + time;
}

/** RFC 3339, `2026-11-23T08:00:00+08:00`: units since 1970 in UTC. */
export function instantOf(text: string, unit: TimeUnit): bigint | null {
  const offset = OFFSET.exec(text)?.[1];
  if (offset === undefined) return null;
  const local = localOf(text.slice(0, -offset.length), unit);
  const ahead = offset === 'Z' ? 0n : minutesOf(offset);
  return local === null || ahead === null ? null : local - ahead * 60n * unit;
}

function minutesOf(offset: string): bigint | null {
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (hours > 23 || minutes > 59) return null;
  return BigInt((hours * 60 + minutes) * (offset.startsWith('-') ? -1 : 1));
}

/** Null where no text says it: a year before 0 or after 9999. */
export function dateText(days: bigint): string | null {
  const at = new Date(Number(days) * DAY_MS);
  const text = Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10);
  return daysOf(text) === days ? text : null;
}

export function clockText(count: bigint, unit: TimeUnit): string | null {
  if (count < 0n || count >= DAY_SECONDS * unit) return null;
  const seconds = count / unit;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((n) => String(n).padStart(2, '0'));
  const fraction = String(count % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return parts.join(':') + (fraction && `.${fraction}`);
}

export function localText(count: bigint, unit: TimeUnit): string | null {
  const day = DAY_SECONDS * unit;
  const over = ((count % day) + day) % day;
  const date = dateText((count - over) / day);
  return date === null ? null : `${date}T${clockText(over, unit)}`;
}

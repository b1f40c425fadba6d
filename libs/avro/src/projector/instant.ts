/** Bytes of an instant as text. */
export const INSTANT_BYTES = 24;

const DAY_MS = 86_400_000;
/** Days of 400 years, and from 1 March of year 0 to 1970: years counted from March have their odd day at the end. */
const ERA_DAYS = 146_097;
const DAYS_TO_1970 = 719_468;
/** What four digits of a year can say: 0000-01-01 to 9999-12-31. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

/**
 * Writes an instant, in ms since the epoch, at `at` of `target` as RFC 3339 in UTC, `2026-01-31T08:00:00.000Z`, and
 * returns the position after it; -1, and nothing is written, beyond the years 0 to 9999 or for what is no whole number.
 */
export function writeInstant(ms: number, target: Uint8Array, at: number): number {
  if (!(ms >= FIRST_MS && ms <= LAST_MS) || ms % 1 !== 0) return -1;
  const days = Math.floor(ms / DAY_MS);
  const time = ms - days * DAY_MS;
  const since = days + DAYS_TO_1970;
  const era = Math.floor(since / ERA_DAYS);
  const dayOfEra = since - era * ERA_DAYS;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1_460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const fromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * fromMarch + 2) / 5) | 0) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const seconds = (time / 1_000) | 0;

  two(target, at, (year / 100) | 0);
  two(target, at + 2, year % 100);
  target[at + 4] = DASH;
  two(target, at + 5, month);
  target[at + 7] = DASH;
  two(target, at + 8, day);
  target[at + 10] = 0x54;
  two(target, at + 11, (seconds / 3_600) | 0);
  target[at + 13] = COLON;
  two(target, at + 14, ((seconds / 60) | 0) % 60);
  target[at + 16] = COLON;
  two(target, at + 17, seconds % 60);
  target[at + 19] = 0x2e;
  const thousandths = time % 1_000;
  target[at + 20] = ZERO + ((thousandths / 100) | 0);
  two(target, at + 21, thousandths % 100);
  target[at + 23] = 0x5a;
  return at + INSTANT_BYTES;
}

const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;

function two(target: Uint8Array, at: number, value: number): void {
  target[at] = ZERO + ((value / 10) | 0);
  target[at + 1] = ZERO + (value % 10);
}

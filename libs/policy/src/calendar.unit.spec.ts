import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadCalendar } from './calendar.js';
import { PolicyInvalid } from './problems.js';

const CITY = join(import.meta.dirname, '../../../policy');
const folder = mkdtempSync(join(tmpdir(), 'calendar-'));
mkdirSync(join(folder, 'calendar'));
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(text: string): string[] {
  writeFileSync(join(folder, 'calendar', 'days.yaml'), text);
  try {
    loadCalendar(folder);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems.map(({ path }) => path);
    throw error;
  }
}

test("the city's calendar holds what was published: Spring Festival 2026, and the Saturdays worked for it", () => {
  const { years, utcOffsetMinutes } = loadCalendar(CITY);
  expect(utcOffsetMinutes).toBe(480);
  expect(Object.keys(years)).toEqual(expect.arrayContaining(['2025', '2026']));
  const festival = ['16', '17', '18', '19', '20', '23'].map((day) => `2026-02-${day}`);
  expect(Object.keys(years['2026']?.holidays ?? {}).filter((day) => day.startsWith('2026-02'))).toEqual(festival);
  expect(years['2026']?.workdays).toMatchObject({
    '2026-02-14': 'Spring Festival 春节',
    '2026-02-28': expect.any(String),
  });
});

test('every problem of the file is reported at once', () => {
  const text =
    'utcOffsetMinutes: 480\nyears:\n  "2026":\n    holidays: { "2025-10-01": a, "2026-02-30": b }\n    workdays: {}\n';
  expect(problemsOf(text)).toEqual(expect.arrayContaining([expect.stringContaining('2026-02-30')]));
  expect(
    problemsOf('utcOffsetMinutes: 480\nyears: { "2026": { holidays: { "2025-10-01": a }, workdays: {} } }'),
  ).toEqual(['years.2026.holidays.2025-10-01']);
  expect(
    problemsOf('utcOffsetMinutes: "480"\nyears: { "26": { holidays: {}, workdays: {}, more: 1 } }').length,
  ).toBeGreaterThan(1);
});

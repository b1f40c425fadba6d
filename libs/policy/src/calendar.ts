import { join } from 'node:path';
import type { CalendarData, YearOfDays } from '@citystreams/contracts';
import { z } from 'zod';
import { orInvalid, type PolicyProblem } from './problems.js';
import { readYaml } from './yaml-file.js';

const Day = z.iso.date();
const Days = z.record(Day, z.string().min(1));

const CalendarShape = z
  .strictObject({
    utcOffsetMinutes: z.number().int().min(-840).max(840),
    years: z.record(
      z.string().regex(/^\d{4}$/, 'expected a year'),
      z.strictObject({ holidays: Days, workdays: Days }) satisfies z.ZodType<YearOfDays>,
    ),
  })
  .superRefine(({ years }, context) => {
    for (const [year, days] of Object.entries(years)) {
      for (const kind of ['holidays', 'workdays'] as const) {
        for (const day of Object.keys(days[kind])) {
          if (day.startsWith(`${year}-`)) continue;
          context.addIssue({ code: 'custom', path: ['years', year, kind, day], message: `this day is not in ${year}` });
        }
      }
    }
  }) satisfies z.ZodType<CalendarData>;

/**
 * Reads the working days of the city from `calendar/days.yaml` of the policy folder `dir`.
 * @throws PolicyInvalid with every problem
 */
export function loadCalendar(dir: string): CalendarData {
  const problems: PolicyProblem[] = [];
  const calendar = readYaml<CalendarData>(join(dir, 'calendar', 'days.yaml'), CalendarShape, problems);
  return orInvalid(calendar as CalendarData, problems);
}

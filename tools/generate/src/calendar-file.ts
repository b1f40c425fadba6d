/** The city's working days as policy data, from the library that collects what the State Council publishes each year. */
import days from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import library from 'chinese-days/package.json' with { type: 'json' };

/** Requests before the platform are of no interest. */
const FIRST_YEAR = '2025';
const HEADER = `# Generated from chinese-days ${library.version} by \`npm run generate\`. Do not edit.
#
# holidays  Mondays to Fridays on which nobody works
# workdays  Saturdays and Sundays on which everybody works, for the holiday named
# A year that is not here is not published yet: terms that reach into it have no known end.
utcOffsetMinutes: 480
years:
`;

/** By day: its name in English, in Chinese, and a number, with commas between. */
type Days = Readonly<Record<string, string>>;

/** The whole of `policy/calendar/days.yaml`. */
export function calendarFile(holidays: Days = days.holidays, workdays: Days = days.workdays): string {
  const years = [...new Set(Object.keys(holidays).map((day) => day.slice(0, 4)))].filter((y) => y >= FIRST_YEAR);
  const blocks = years.toSorted().map((year) => {
    const off = entriesOf(holidays, year).filter(([day]) => !isWeekend(day));
    return `  "${year}":\n    holidays:\n${linesOf(off)}    workdays:\n${linesOf(entriesOf(workdays, year))}`;
  });
  return HEADER + blocks.join('');
}

const entriesOf = (all: Days, year: string): [string, string][] =>
  Object.entries(all)
    .filter(([day]) => day.startsWith(`${year}-`))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

const linesOf = (entries: readonly [string, string][]): string =>
  entries.map(([day, name]) => `      "${day}": ${name.split(',').slice(0, 2).join(' ')}\n`).join('');

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());

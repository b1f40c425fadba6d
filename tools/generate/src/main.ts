// Writes what is generated from schemas/ and from the published holidays; with --check it only compares, and ends with 1 when something is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { calendarFile } from './calendar-file.js';
import { readCityRules, readSchemas, SchemasInvalid } from '@citystreams/schemas';
import { type Event, eventsFile, namesOf } from './events-file.js';

const ROOT = join(import.meta.dirname, '../../..');
const TARGET = 'libs/contracts/src/generated/events.ts';
const INDEX = 'libs/contracts/src/index.ts';
const CALENDAR = 'policy/calendar/days.yaml';

/** Of the newest version of each stream. */
const events = (): Event[] =>
  readSchemas(join(ROOT, 'schemas'), readCityRules(join(ROOT, 'policy'))).flatMap(({ stream, versions }) => {
    const record = versions.at(-1)?.contract.record;
    return record === undefined ? [] : [{ stream, record }];
  });

function stale(all: readonly Event[]): string[] {
  const file = join(ROOT, TARGET);
  const calendar = join(ROOT, CALENDAR);
  const fresh = (path: string, text: string) => existsSync(path) && readFileSync(path, 'utf8') === text;
  const index = readFileSync(join(ROOT, INDEX), 'utf8');
  const hidden = namesOf(all).filter((name) => !new RegExp(`\\b${name},`).test(index));
  return [
    ...(fresh(file, eventsFile(all)) ? [] : [`${TARGET} is not what schemas/ say: run npm run generate`]),
    ...(fresh(calendar, calendarFile()) ? [] : [`${CALENDAR} is not what was published: run npm run generate`]),
    ...hidden.map((name) => `${INDEX} does not export ${name} of ${TARGET}`),
  ];
}

try {
  const all = events();
  if (process.argv.includes('--check')) {
    for (const problem of stale(all)) {
      process.stderr.write(`${problem}\n`);
      process.exitCode = 1;
    }
  } else {
    const file = join(ROOT, TARGET);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, eventsFile(all));
    mkdirSync(dirname(join(ROOT, CALENDAR)), { recursive: true });
    writeFileSync(join(ROOT, CALENDAR), calendarFile());
  }
} catch (error) {
  if (!(error instanceof SchemasInvalid)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

// The city's residence register: synthetic registrations, because real ones are personal.
import { readFileSync } from 'node:fs';
import { jsonLines, readServiceSettings, runFeed, stopSignal } from '@citystreams/sdk';
import { registration } from './registrations.js';

const CONTRACT = new URL('../../../../schemas/public-security/residence-registered/v1.avsc', import.meta.url);
/** The same seed makes the same city: it decides what row 17 says, also after a restart. */
const SEED = 20_260_101;

const lines = jsonLines();

await runFeed({
  ...readServiceSettings(process.env, 'stateDir'),
  stream: 'public-security.residence-registered',
  contract: JSON.parse(readFileSync(CONTRACT, 'utf8')),
  eventOf: (row) => ({ id: String(row), data: registration(SEED, row) }),
  onPublished: lines.published,
  onProblem: lines.problem,
  signal: stopSignal(),
});

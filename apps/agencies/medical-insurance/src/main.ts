// The settlement office of the medical insurance: synthetic claims, because real ones are sensitive.
import { readFileSync } from 'node:fs';
import { jsonLines, readServiceSettings, runFeed, stopSignal } from '@citystreams/sdk';
import { claim } from './claims.js';

const CONTRACT = new URL('../../../../schemas/medical-insurance/claim-settled/v1.avsc', import.meta.url);
/** The same seed makes the same city: it decides what row 17 says, also after a restart. */
const SEED = 20_260_101;

const lines = jsonLines();

await runFeed({
  ...readServiceSettings(process.env, 'stateDir'),
  stream: 'medical-insurance.claim-settled',
  contract: JSON.parse(readFileSync(CONTRACT, 'utf8')),
  eventOf: (row) => ({ id: String(row), data: claim(SEED, row) }),
  onPublished: lines.published,
  onProblem: lines.problem,
  signal: stopSignal(),
});

// The city's seismic desk: real earthquake reports, published as an agency's service would publish them.
import { readFileSync } from 'node:fs';
import { jsonLines, readServiceSettings, runFeed, stopSignal } from '@citystreams/sdk';
import { parseReports } from './reports.js';

const CONTRACT = new URL('../../../../schemas/planning-natural-resources/earthquake-report/v1.avsc', import.meta.url);
const DATA = new URL('../data/earthquakes.json', import.meta.resolve('vega-datasets'));

const lines = jsonLines();
const reports = parseReports(readFileSync(DATA, 'utf8'));

await runFeed({
  ...readServiceSettings(process.env, 'stateDir'),
  stream: 'planning-natural-resources.earthquake-report',
  contract: JSON.parse(readFileSync(CONTRACT, 'utf8')),
  eventOf: (row) => ({ id: String(row), data: reports[row % reports.length]! }),
  onPublished: lines.published,
  onProblem: lines.problem,
  signal: stopSignal(),
});

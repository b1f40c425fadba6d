// The weather stations of the city: real observations, published as an agency's service would publish them.
import { readFileSync } from 'node:fs';
import { jsonLines, readServiceSettings, runFeed, stopSignal } from '@citystreams/sdk';
import { parseObservations } from './observations.js';

const CONTRACT = new URL('../../../../schemas/meteorology/weather-observation/v1.avsc', import.meta.url);
const DATA = new URL('../data/weather.csv', import.meta.resolve('vega-datasets'));

const lines = jsonLines();
const observations = parseObservations(readFileSync(DATA, 'utf8'));

await runFeed({
  ...readServiceSettings(process.env, 'stateDir'),
  stream: 'meteorology.weather-observation',
  contract: JSON.parse(readFileSync(CONTRACT, 'utf8')),
  eventOf: (row) => ({ id: String(row), data: observations[row % observations.length]! }),
  onPublished: lines.published,
  onProblem: lines.problem,
  signal: stopSignal(),
});

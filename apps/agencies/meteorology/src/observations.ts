import type { WeatherObservation } from '@citystreams/contracts';

const CONDITIONS: readonly string[] = ['drizzle', 'fog', 'rain', 'snow', 'sun'];

/** The rows of `weather.csv`, in the order of their days. A row that says something impossible is an error. */
export function parseObservations(csv: string): WeatherObservation[] {
  const [header = '', ...lines] = csv.trim().split('\n');
  const columns = header.trim().split(',');
  const observations = lines.map((line, i) => {
    const cells = line.trim().split(',');
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const number = (name: string): number => finite(Number(cell(name)), `row ${i + 1}: ${name}`);
    return {
      station: cell('location'),
      observedAt: finite(Date.parse(`${cell('date')}T00:00:00Z`), `row ${i + 1}: date`),
      precipitation: number('precipitation'),
      temperatureMax: number('temp_max'),
      temperatureMin: number('temp_min'),
      wind: number('wind'),
      condition: conditionOf(cell('weather'), i + 1),
    };
  });
  return observations.toSorted((a, b) => a.observedAt - b.observedAt || a.station.localeCompare(b.station, 'en'));
}

function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) throw new RangeError(`${what} is not a number or a date`);
  return value;
}

function conditionOf(word: string, row: number): WeatherObservation['condition'] {
  if (!CONDITIONS.includes(word))
    throw new RangeError(`row ${row}: weather is ${word}, expected ${CONDITIONS.join(', ')}`);
  return word as WeatherObservation['condition'];
}

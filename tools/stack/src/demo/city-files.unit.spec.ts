import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CityInvalid } from './city-invalid.js';
import { readCity } from './found-city.js';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..');
const FLIGHTS = 'schemas/bao-an/flight-movement';
const DEMO = 'tools/stack/demo-city.yaml';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'city-'));
  cpSync(join(REPOSITORY, 'schemas'), join(root, 'schemas'), { recursive: true });
  cpSync(join(REPOSITORY, DEMO), join(root, DEMO));
});
afterEach(() => rmSync(root, { recursive: true }));

const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(root, file), change(readFileSync(join(root, file), 'utf8')));

function problems(): string {
  try {
    readCity(root);
  } catch (cause) {
    if (cause instanceof CityInvalid) return cause.problems.join('\n');
    throw cause;
  }
  return '';
}

describe('the files of the demonstration city', () => {
  test('can be used as they are', () => {
    const { streams, demo } = readCity(root);
    expect(streams.map(({ manifest }) => manifest.stream)).toContain('bao-an.flight-movement');
    expect(demo.grants[0]).toMatchObject({ consumer: 'futian.operations', fields: ['flightId', 'delay', 'origin'] });
  });

  test('are refused together, each with its file, the place and why', () => {
    edit(`${FLIGHTS}/v1.avsc`, (text) => text.slice(0, 200));
    edit('schemas/meteorology/weather-observation/v1.avsc', (text) => text.replace('"classification"', '"classed"'));
    edit('schemas/public-security/residence-registered/stream.yaml', (text) => text.replace('retentionDays', 'days'));
    const told = problems();
    expect(told).toMatch(/bao-an\/flight-movement\/v1\.avsc: .*JSON/);
    expect(told).toMatch(/weather-observation\/v1\.avsc: \$\.fields\[0\]\.classification: .*not classified/);
    expect(told).toMatch(/residence-registered\/stream\.yaml: \$\.retentionDays: /);
  });

  test('a contract whose versions have a gap is refused', () => {
    renameSync(join(root, FLIGHTS, 'v1.avsc'), join(root, FLIGHTS, 'v2.avsc'));
    expect(problems()).toMatch(/flight-movement\/v2\.avsc: this is no version of the contract; versions are v1\.avsc/);
  });

  test('a stream under the name of another folder is refused', () => {
    edit(`${FLIGHTS}/stream.yaml`, (text) => text.replace('bao-an.flight-movement', 'bao-an.flight'));
    expect(problems()).toContain('the manifest is of bao-an.flight, its folder of bao-an.flight-movement');
  });

  test('a grant of a field or a stream that is not there is refused', () => {
    edit(DEMO, (text) =>
      text.replace('[flightId, delay, origin]', '[flightId, pilot]').replace('field: origin', 'field: gate'),
    );
    expect(problems()).toMatch(/grants\.0: bao-an\.flight-movement has no field pilot\n.*no field gate/);
  });
});

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ContractFilesInvalid, newestContracts } from './contract-files.js';

const CITY = join(import.meta.dirname, '../../../schemas');
const WEATHER = 'meteorology/weather-observation/v1.avsc';
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'citystreams-schemas-'));
  cpSync(CITY, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function problems(): string[] {
  try {
    newestContracts(dir);
    return [];
  } catch (error) {
    if (!(error instanceof ContractFilesInvalid)) throw error;
    return error.problems.map((problem) => problem.slice(dir.length + 1));
  }
}

describe('contract files', () => {
  test('are at least five, each with a key and every field classified', () => {
    const contracts = newestContracts(CITY);
    expect(contracts.length).toBeGreaterThanOrEqual(5);
    expect(problems()).toEqual([]);
  });

  test('with a syntax error or an unclassified field are all named at once, with the path and the reason', () => {
    const flight = join(dir, 'bao-an/flight-movement/v1.avsc');
    writeFileSync(flight, `${readFileSync(flight, 'utf8')}}`);
    const weather = JSON.parse(readFileSync(join(dir, WEATHER), 'utf8'));
    delete weather.fields[2].classification;
    writeFileSync(join(dir, WEATHER), JSON.stringify(weather));
    expect(problems()).toEqual([
      expect.stringMatching(/^bao-an\/flight-movement\/v1\.avsc: .*JSON/),
      expect.stringMatching(/^meteorology\/.*v1\.avsc: \$\.fields\[2\]\.classification: .*"precipitation"/),
    ]);
  });

  test('lie in a folder that is a stream name', () => {
    mkdirSync(join(dir, 'meteorology/Storm_Warning'));
    cpSync(join(dir, WEATHER), join(dir, 'meteorology/Storm_Warning/v1.avsc'));
    expect(problems()).toEqual([expect.stringMatching(/^meteorology\/Storm_Warning: a stream is <agency>\.<event>/)]);
  });

  test('speak with their newest version', () => {
    const weather = JSON.parse(readFileSync(join(dir, WEATHER), 'utf8'));
    weather.doc = 'Newer.';
    writeFileSync(join(dir, WEATHER.replace('v1', 'v2')), JSON.stringify(weather));
    const found = newestContracts(dir).find(({ stream }) => stream === 'meteorology.weather-observation');
    expect(found?.contract.record.doc).toBe('Newer.');
  });
});

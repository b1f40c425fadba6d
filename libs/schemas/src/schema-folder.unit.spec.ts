import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkSchemas, checkStream, readCityRules, readSchemas, SchemasInvalid } from './index.js';

const ROOT = join(import.meta.dirname, '../../..');
const WEATHER = 'meteorology/weather-observation';
let dir = '';
let policy = '';

beforeEach(() => {
  const city = mkdtempSync(join(tmpdir(), 'citystreams-schemas-'));
  dir = join(city, 'schemas');
  policy = join(city, 'policy');
  cpSync(join(ROOT, 'schemas'), dir, { recursive: true });
  cpSync(join(ROOT, 'policy'), policy, { recursive: true });
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

/** `<file>: <path>: <message>`, files from the folder of schemas. */
const problems = (): string[] =>
  checkSchemas(dir, readCityRules(policy)).problems.map(({ file, path, message }) =>
    [file.slice(dir.length + 1), path, message].filter((part) => part !== '').join(': '),
  );

interface Json {
  fields: Record<string, unknown>[];
  [name: string]: unknown;
}
const read = (file: string): Json => JSON.parse(readFileSync(join(dir, file), 'utf8')) as Json;
const write = (file: string, json: unknown): void => writeFileSync(join(dir, file), JSON.stringify(json));
const addVersion = (change: (contract: Json) => void): void => {
  const next = read(`${WEATHER}/v1.avsc`);
  change(next);
  write(`${WEATHER}/v2.avsc`, next);
};

describe("the city's own schemas", () => {
  test('have no problem, and are at least five', () => {
    const streams = readSchemas(join(ROOT, 'schemas'), readCityRules(join(ROOT, 'policy')));
    expect(streams.length).toBeGreaterThanOrEqual(5);
    for (const { versions, manifest } of streams) {
      expect(versions.length).toBeGreaterThan(0);
      expect(manifest.publishers.length).toBeGreaterThan(0);
    }
  });
});

describe('every problem of every file is found at once', () => {
  test('syntax, a missing doc and an unclassified field, each with file, path and fix', () => {
    const flight = join(dir, 'bao-an/flight-movement/v1.avsc');
    writeFileSync(flight, `${readFileSync(flight, 'utf8')}}`);
    const weather = read(`${WEATHER}/v1.avsc`);
    delete weather.fields[2]?.classification;
    weather.fields[3] = { ...weather.fields[3], doc: ' ' };
    delete weather['key'];
    write(`${WEATHER}/v1.avsc`, weather);
    expect(problems()).toEqual([
      expect.stringMatching(/^bao-an\/flight-movement\/v1\.avsc: line \d+, column \d+: not valid JSON/),
      `${WEATHER}/v1.avsc: $.fields[2].classification: field "precipitation" is not classified`,
      `${WEATHER}/v1.avsc: $.fields[3].doc: field "temperatureMax" has no doc`,
      `${WEATHER}/v1.avsc: $.key: "key" must name a field of the record: the contract names none`,
    ]);
    for (const { fix } of checkSchemas(dir, readCityRules(policy)).problems) expect(fix).not.toBe('');
    expect(() => readSchemas(dir, readCityRules(policy))).toThrow(SchemasInvalid);
  });

  test('an unclassified field inside a record', () => {
    const quake = read('planning-natural-resources/earthquake-report/v1.avsc');
    const inner = quake.fields.find(({ name }) => name === 'epicentre')?.['type'] as Json;
    delete inner.fields[1]?.classification;
    write('planning-natural-resources/earthquake-report/v1.avsc', quake);
    expect(problems()).toEqual([
      expect.stringMatching(/\$\.fields\[\d\]\.type\.fields\[1\]\.classification: field "epicentre\.longitude" is not/),
    ]);
  });

  test('a manifest that is wrong, of another stream, or in somebody else’s name', () => {
    const file = join(dir, WEATHER, 'stream.yaml');
    const manifest = readFileSync(file, 'utf8');
    const after = (from: string | RegExp, to: string): string[] => {
      writeFileSync(file, manifest.replace(from, to));
      return problems();
    };
    expect(after(/retentionDays: \d+/, 'retentionDays: 0')[0]).toMatch(/stream\.yaml: \$\.retentionDays: /);
    expect(after('stream: meteorology', 'stream: futian')[0]).toMatch(/\$\.stream: the manifest is of futian/);
    expect(after('- meteorology.weather-station', '- futian.operations')).toEqual([
      `${WEATHER}/stream.yaml: $.publishers[0]: futian.operations is a service account of another agency`,
    ]);
    expect(after('- meteorology.weather-station', '- meteorology.ghost')).toEqual([
      `${WEATHER}/stream.yaml: $.publishers[0]: meteorology has no service account meteorology.ghost`,
    ]);
    expect(after('title:', 'title: {')[0]).toMatch(/stream\.yaml: line \d+, column \d+: not valid YAML/);
  });

  test('retention and sharing beyond what the level allows', () => {
    const file = join(dir, 'public-security/residence-registered/stream.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('retentionDays: 90', 'retentionDays: 91')
        .replace('conditional', 'unconditional'),
    );
    expect(problems().map((problem) => problem.split(': ').slice(1).join(': '))).toEqual([
      '$.retentionDays: a stream of L3 keeps its events for at most 90 days',
      '$.sharing: a stream of L3 is not shared without conditions',
    ]);
  });

  test('files that are no version, a gap between versions, a missing README', () => {
    addVersion((contract) => contract);
    cpSync(join(dir, WEATHER, 'v2.avsc'), join(dir, WEATHER, 'v4.avsc'));
    rmSync(join(dir, WEATHER, 'README.md'));
    expect(problems()).toEqual([
      `${WEATHER}/README.md: the stream has no README`,
      `${WEATHER}/v4.avsc: this is no version of the contract`,
    ]);
  });

  test('a folder that is no stream name, and a folder without streams', () => {
    mkdirSync(join(dir, 'meteorology/Storm_Warning'));
    expect(problems()).toEqual([expect.stringMatching(/^meteorology\/Storm_Warning: a stream is <agency>\.<event>/)]);
    expect(checkSchemas(join(dir, 'nowhere'), readCityRules(policy)).problems).toHaveLength(1);
    mkdirSync(join(dir, 'empty'));
    expect(checkSchemas(join(dir, 'empty'), readCityRules(policy)).problems[0]?.message).toBe(
      'there is no stream in this folder',
    );
  });

  test('of one stream alone, where its own folder is named', () => {
    const other = read('bao-an/flight-movement/v1.avsc');
    delete other['key'];
    write('bao-an/flight-movement/v1.avsc', other);
    const rules = readCityRules(policy);
    expect(checkStream(join(dir, WEATHER), rules)).toEqual({
      streams: [expect.objectContaining({ stream: 'meteorology.weather-observation' })],
      problems: [],
    });
    expect(checkStream(join(dir, 'bao-an/flight-movement'), rules).problems).toEqual([
      expect.objectContaining({ path: '$.key' }),
    ]);
  });

  test('a concept that the city has no word for', () => {
    const weather = read(`${WEATHER}/v1.avsc`);
    weather.fields[2] = { ...weather.fields[2], concept: 'rain-fall' };
    write(`${WEATHER}/v1.avsc`, weather);
    expect(problems()).toEqual([
      expect.stringMatching(/\$\.fields\[2\]\.concept: field "precipitation" means "rain-fall"/),
    ]);
  });
});

describe('a second version', () => {
  test('may add a field with a default', () => {
    addVersion((contract) => {
      contract.fields.push({ ...contract.fields[2], name: 'snow', default: 0 });
    });
    expect(problems()).toEqual([]);
  });

  test('is compatible with the first, has no alias and the same key', () => {
    addVersion((contract) => {
      contract.fields.push({ ...contract.fields[2], name: 'snow' });
      contract['key'] = 'snow';
      contract.fields[1] = { ...contract.fields[1], aliases: ['seenAt'] };
    });
    expect(problems()).toEqual([
      expect.stringMatching(
        /v2\.avsc: \$\.fields\[1\]\.aliases: field "observedAt" has an alias: a rename is a new field/,
      ),
      expect.stringMatching(/v2\.avsc: \$\.key: the key field "snow" is neither/),
      expect.stringMatching(/v2\.avsc: \$\.key: against version 1: the key field changed from station to snow/),
      expect.stringMatching(/v2\.avsc: \$\.fields\[\d+\].*: against version 1: .*snow/),
    ]);
    addVersion((contract) => {
      contract.fields.push({ ...contract.fields[2], name: 'snow' });
      contract.fields[3] = { ...contract.fields[3], type: 'string' };
    });
    const found = problems();
    expect(found.length).toBeGreaterThanOrEqual(2);
    for (const problem of found) expect(problem).toMatch(/v2\.avsc: \$\.fields\[\d\].*against version 1/);
  });

  test('is held against the first also where either has a problem of its own', () => {
    const first = read(`${WEATHER}/v1.avsc`);
    delete first.fields[2]?.['doc'];
    write(`${WEATHER}/v1.avsc`, first);
    addVersion((contract) => {
      delete contract.fields[2]?.classification;
      contract.fields[3] = { ...contract.fields[3], type: 'string' };
    });
    writeFileSync(
      join(dir, WEATHER, 'stream.yaml'),
      readFileSync(join(dir, WEATHER, 'stream.yaml'), 'utf8').replace('- meteorology.', '- futian.'),
    );
    expect(problems()).toEqual([
      expect.stringMatching(/v1\.avsc: \$\.fields\[2\]\.doc: /),
      expect.stringMatching(/v2\.avsc: \$\.fields\[2\]\.doc: /),
      expect.stringMatching(/v2\.avsc: \$\.fields\[2\]\.classification: /),
      expect.stringMatching(/v2\.avsc: \$\.fields\[3\].*: against version 1: /),
      expect.stringMatching(/stream\.yaml: \$\.publishers\[0\]: /),
    ]);
  });

  test('lowers a level only where somebody is named who decided it', () => {
    const before = read('bao-an/flight-movement/v1.avsc');
    before.fields[4] = { ...before.fields[4], classification: { level: 'L1', category: 'location' } };
    write('bao-an/flight-movement/v2.avsc', before);
    expect(problems()).toEqual([
      'bao-an/flight-movement/v2.avsc: $.fields[4].classification.level: field "origin" is L1 and was L2: nobody is named who decided that',
    ]);
    const entry =
      '- {stream: bao-an.flight-movement, field: origin, from: L2, to: L1, date: 2026-11-23, reason: public';
    const file = join(policy, 'reclassifications.yaml');
    writeFileSync(file, `${entry}, decider: Zhong Lihua}`);
    expect(problems()).toEqual([]);
    writeFileSync(file, `${entry}}`);
    expect(() => problems()).toThrow(/reclassifications\.yaml:1: \[0\]\.decider/);
    writeFileSync(file, `${entry}, decider: Zhong Lihua}`.replace('2026-11-23', 'soon'));
    expect(() => problems()).toThrow(/reclassifications\.yaml:1: \[0\]\.date: expected the day/);
  });
});

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../program.js';

const ROOT = join(import.meta.dirname, '../../../..');
let city = '';

beforeEach(() => {
  city = mkdtempSync(join(tmpdir(), 'citystreams-cli-check-'));
  cpSync(join(ROOT, 'schemas'), join(city, 'schemas'), { recursive: true });
  cpSync(join(ROOT, 'policy'), join(city, 'policy'), { recursive: true });
});
afterEach(() => rmSync(city, { recursive: true, force: true }));

async function run(line: string) {
  const out: string[] = [];
  const errors: string[] = [];
  const context = {
    env: {},
    cwd: city,
    home: city,
    now: () => new Date(0),
    pause: async () => undefined,
    out: (text: string) => void out.push(text),
    askSecret: null,
  };
  const code = await runCommand(line.split(' '), context, (text) => void errors.push(text));
  return { code, out: out.join('\n'), errors: errors.join('') };
}

function breakWeather(): void {
  const file = join(city, 'schemas/meteorology/weather-observation/v1.avsc');
  const contract = JSON.parse(readFileSync(file, 'utf8')) as { key?: string; fields: Record<string, unknown>[] };
  delete contract.key;
  delete contract.fields[2]?.['doc'];
  writeFileSync(file, JSON.stringify(contract));
}

describe('citystreams streams check', () => {
  test('finds nothing in what is right, without platform or session', async () => {
    expect(await run('streams check schemas')).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+ streams with \d+ versions: no problem$/),
      errors: '',
    });
  });

  test('names every problem with file, path and fix, and fails', async () => {
    breakWeather();
    const { code, out, errors } = await run('streams check schemas');
    expect(code).toBe(1);
    expect(errors).toBe('error: 2 problems in 1 file\n');
    expect(out.split('\n')).toEqual([
      'schemas/meteorology/weather-observation/v1.avsc',
      '  $.fields[2].doc: field "precipitation" has no doc',
      '      add "doc": what its value means, with its unit',
      '  $.key: "key" must name a field of the record: the contract names none',
      expect.stringContaining('"key" is one of: station, observedAt'),
    ]);
  });

  test('looks at one stream alone where its folder is named, by the same policy', async () => {
    breakWeather();
    expect((await run('streams check schemas/bao-an/flight-movement')).out).toBe('1 stream with 1 version: no problem');
    const { code, out } = await run('streams check schemas/meteorology/weather-observation');
    expect([code, out]).toEqual([1, expect.stringContaining('$.fields[2].doc')]);
    const manifest = join(city, 'schemas/bao-an/flight-movement/stream.yaml');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('- bao-an.', '- bao-an.ghost-'));
    expect((await run('streams check schemas/bao-an/flight-movement')).out).toContain('has no service account');
  });

  test('as JSON for scripts', async () => {
    breakWeather();
    const { code, out } = await run('--json streams check schemas');
    const { streams, problems } = JSON.parse(out) as { streams: string[]; problems: { file: string; path: string }[] };
    expect(code).toBe(1);
    expect(streams).not.toContain('meteorology.weather-observation');
    expect(problems.map(({ path }) => path)).toEqual(['$.fields[2].doc', '$.key']);
  });

  test('says so when there is no folder, also of the policy, and when the policy is wrong', async () => {
    expect((await run('streams check nowhere')).code).toBe(1);
    expect((await run('streams check schemas --policy nowhere')).code).toBe(2);
    expect((await run('streams check')).code).toBe(2);
    writeFileSync(join(city, 'policy/reclassifications.yaml'), '- {stream: x}');
    const { code, out } = await run('streams check schemas');
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('[0].decider') });
  });
});

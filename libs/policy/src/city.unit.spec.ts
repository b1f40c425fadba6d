import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { highest, isAtLeast, Level, ownerOf, StreamManifest } from '@citystreams/contracts';
import { parse } from 'yaml';
import { loadOffices, loadPolicy } from './index.js';

const ROOT = join(import.meta.dirname, '../../..');
const offices = new Map(loadOffices(join(ROOT, 'policy')).map((office) => [String(office.agency), office]));
const { levels } = loadPolicy(join(ROOT, 'policy')).matrix;

const streams = globSync('schemas/*/*/stream.yaml', { cwd: ROOT })
  .toSorted()
  .map((file): [string, StreamManifest] => [
    dirname(file).split('/').slice(1).join('.'),
    StreamManifest.parse(parse(readFileSync(join(ROOT, file), 'utf8'))),
  ]);

/** The highest level that any field of any version of a stream's contract names. */
function levelOf(stream: string): Level {
  const files = globSync(`schemas/${stream.replace('.', '/')}/v*.avsc`, { cwd: ROOT });
  const named = files.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(/(?<="level": ")L\d/g) ?? []);
  expect(named.length).toBeGreaterThan(0);
  return highest(named.map((level) => Level.parse(level)));
}

describe.each(streams)('the stream %s', (name, manifest) => {
  test('is named as its folder and belongs to an office of the city', () => {
    expect(manifest.stream).toBe(name);
    expect([...offices.keys()]).toContain(ownerOf(manifest.stream));
  });

  test('is published by service accounts of its owner', () => {
    const owner = offices.get(ownerOf(manifest.stream));
    const accounts = owner?.services.map(({ service }) => `${owner.agency}.${service}`);
    expect(accounts).toEqual(expect.arrayContaining([...manifest.publishers]));
  });

  test('is kept no longer than its level allows', () => {
    expect(manifest.retentionDays).toBeLessThanOrEqual(levels[levelOf(name)].sourceRetentionDays ?? Infinity);
  });

  test('is shared no more freely than its level allows', () => {
    if (manifest.sharing !== 'unconditional') return;
    expect(levels[levelOf(name)].sharing).toBe('unconditional');
  });

  test('tells people what it means', () => {
    const text = readFileSync(join(ROOT, 'schemas', name.replace('.', '/'), 'README.md'), 'utf8');
    for (const word of ['Owner', 'Sensitivity', 'Key', 'Time', 'Origin']) expect(text).toContain(word);
  });
});

test('streams of people are synthetic', () => {
  for (const [name] of streams.filter(([stream]) => isAtLeast(levelOf(stream), 'L3'))) {
    const contract = JSON.parse(readFileSync(join(ROOT, 'schemas', name.replace('.', '/'), 'v1.avsc'), 'utf8'));
    expect(contract.fields.map((field: { name: string }) => field.name)).toContain('synthetic');
    expect(contract.doc).toMatch(/^SYNTHETIC/);
  }
});

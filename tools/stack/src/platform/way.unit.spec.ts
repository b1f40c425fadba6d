import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAddress, chooseWay, keepWay, keptWay, type WayCandidate } from './way.js';

const told: string[] = [];
const candidates = (docker: string | null, local: string | null): WayCandidate[] => [
  { way: 'docker', title: 'Docker', obstacle: async () => docker },
  { way: 'local', title: 'our own jars', obstacle: async () => local },
];
const choose = (docker: string | null, local: string | null, more: Partial<Parameters<typeof chooseWay>[0]> = {}) =>
  chooseWay({
    part: 'Kafka',
    address: 'KAFKA_BROKERS',
    candidates: candidates(docker, local),
    progress: (line) => told.push(line),
    ...more,
  });

describe('the way a part is run', () => {
  test('is the first that nothing stands against', async () => {
    await expect(choose(null, null)).resolves.toBe('docker');
  });

  test('is the next one, with the reason told in one line', async () => {
    told.length = 0;
    await expect(choose('no engine answers', null)).resolves.toBe('local');
    expect(told).toEqual(['Kafka: not by Docker (no engine answers)']);
  });

  test('is an error that names all three ways when none is open', async () => {
    const refusal = choose('no engine answers', 'no Java');
    await expect(refusal).rejects.toMatchObject({ code: 'NO_WAY' });
    await expect(refusal).rejects.toThrow(/Docker: no engine answers[^]*our own jars: no Java[^]*KAFKA_BROKERS/);
  });

  test('stays what it was: the data live there', async () => {
    await expect(choose(null, null, { kept: 'local' })).resolves.toBe('local');
    await expect(choose('no engine answers', null, { kept: 'docker' })).rejects.toThrow(/npm run reset/);
  });

  test('cannot be forced away from the data', async () => {
    await expect(choose(null, null, { kept: 'local', forced: 'docker' })).rejects.toMatchObject({ code: 'NO_WAY' });
  });

  test('is never our own where the data were with somebody else, nor the other way round', async () => {
    await expect(choose(null, null, { kept: 'address' })).rejects.toThrow(/KAFKA_BROKERS, which is not set/);
    expect(() => chooseAddress({ part: 'Kafka', kept: 'local' })).toThrow(expect.objectContaining({ code: 'NO_WAY' }));
    expect(() => chooseAddress({ part: 'Kafka', kept: 'address' })).not.toThrow();
  });

  test('does not look at what is not asked for', async () => {
    const never: WayCandidate = { way: 'docker', title: 'Docker', obstacle: () => Promise.reject(new Error('asked')) };
    const [, local] = candidates(null, null) as [WayCandidate, WayCandidate];
    await expect(choose(null, null, { forced: 'local', candidates: [never, local] })).resolves.toBe('local');
  });
});

describe('the file that keeps the way', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'way-')), 'kafka', 'way.json');

  test('is not there before the first start, and says afterwards what was taken', () => {
    expect(keptWay(file)).toBeUndefined();
    keepWay(file, 'docker');
    expect(keptWay(file)).toBe('docker');
  });

  test('is not guessed when it is damaged', () => {
    writeFileSync(file, '{"way":');
    expect(() => keptWay(file)).toThrow(/npm run reset/);
  });
});

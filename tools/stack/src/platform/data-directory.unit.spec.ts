import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataDirectory, identityOf, secretFileOf, secretOf, writeFileAtomically } from './data-directory.js';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'data-directory-'));
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe('a secret', () => {
  test('is made once, and readable by its owner alone', () => {
    const directory = fresh();
    const secret = secretOf(directory, 'kafka-internal');
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(secretOf(directory, 'kafka-internal')).toBe(secret);
    expect(modeOf(secretFileOf(directory, 'kafka-internal'))).toBe('600');
    expect(modeOf(join(directory, 'secrets'))).toBe('700');
  });

  test('is another one in another directory', () => {
    expect(secretOf(fresh(), 'kafka-internal')).not.toBe(secretOf(fresh(), 'kafka-internal'));
  });
});

test('a file written atomically leaves nothing else behind', () => {
  const directory = fresh();
  writeFileAtomically(join(directory, 'a.json'), '1');
  writeFileAtomically(join(directory, 'a.json'), '2');
  expect(readFileSync(join(directory, 'a.json'), 'utf8')).toBe('2');
  expect(readdirSync(directory)).toEqual(['a.json']);
});

describe('a data directory', () => {
  test('belongs to one stack at a time', () => {
    const directory = fresh();
    const claim = claimDataDirectory(directory);
    expect(() => claimDataDirectory(directory)).toThrow(expect.objectContaining({ code: 'DATA_DIRECTORY_IN_USE' }));
    claim.release();
    claimDataDirectory(directory).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is free again when its stack died', () => {
    const directory = fresh();
    const dead = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(join(directory, 'stack.pid'), dead);
    claimDataDirectory(directory);
    expect(readFileSync(join(directory, 'stack.pid'), 'utf8')).toBe(identityOf(process.pid));
  });

  test('is free again when its stack died and another process has the number now', () => {
    const directory = fresh();
    writeFileSync(join(directory, 'stack.pid'), `${process.pid} 1`);
    claimDataDirectory(directory);
    expect(readdirSync(directory)).toEqual(['stack.pid']);
  });
});

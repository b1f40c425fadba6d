import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseConfig } from './read-config.js';
import { serviceSettings } from './service-settings.js';

const shape = z.object({ ...serviceSettings.http, DATABASE_URL: z.string(), SLOT: z.string().min(3) });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('reading the configuration', () => {
  test('takes a value from the file that X_FILE names, without its line end', () => {
    const read = parseConfig(shape, { PORT: '8081', DATABASE_URL_FILE: file('url', 'postgres://x\n'), SLOT: 'one' });
    expect(read).toEqual({
      ok: true,
      config: { HOST: '127.0.0.1', PORT: 8081, LOG_LEVEL: 'info', DATABASE_URL: 'postgres://x', SLOT: 'one' },
    });
  });

  test('reports everything that is wrong at once, and no value', () => {
    const read = parseConfig(shape, {
      PORT: 'eighty',
      SLOT: 'x',
      LOG_LEVEL: 'loud',
      DATABASE_URL_FILE: join(folder, 'absent'),
    });
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.problems.map((problem) => problem.variable).sort()).toEqual([
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
      'SLOT',
    ]);
    expect(read.problems.find(({ variable }) => variable === 'DATABASE_URL')?.message).toContain('ENOENT');
    expect(JSON.stringify(read.problems)).not.toMatch(/eighty|loud/);
  });

  test('counts an empty variable as absent, and says so', () => {
    const read = parseConfig(shape, { PORT: '1', SLOT: 'one', DATABASE_URL: '' });
    expect(read).toMatchObject({
      problems: [{ variable: 'DATABASE_URL', message: 'is not set, and it has no default' }],
    });
  });

  test('refuses a value given both ways', () => {
    const read = parseConfig(shape, { PORT: '1', SLOT: 'one', DATABASE_URL: 'a', DATABASE_URL_FILE: file('b', 'b') });
    expect(read).toMatchObject({ ok: false, problems: [{ variable: 'DATABASE_URL' }] });
  });

  test('leaves a variable alone whose own name ends in _FILE', () => {
    const named = z.object({ MASK_KEY_FILE: z.string() });
    expect(parseConfig(named, { MASK_KEY_FILE: '/there' })).toEqual({ ok: true, config: { MASK_KEY_FILE: '/there' } });
  });

  test('cannot be changed afterwards', () => {
    const read = parseConfig(z.object({ A: z.string() }), { A: 'x' });
    expect(read.ok && Object.isFrozen(read.config)).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInitialised } from './local-postgres.js';

function cluster(version?: string, control = true): string {
  const data = mkdtempSync(join(tmpdir(), 'postgres-data-'));
  if (version !== undefined) writeFileSync(join(data, 'PG_VERSION'), version);
  mkdirSync(join(data, 'global'));
  if (control) writeFileSync(join(data, 'global', 'pg_control'), '');
  return data;
}

describe('the data of our PostgreSQL', () => {
  test('are made when there are none', () => {
    expect(isInitialised(join(tmpdir(), 'no-such-cluster'))).toBe(false);
  });

  test('are kept when initdb finished them', () => {
    expect(isInitialised(cluster('18\n'))).toBe(true);
  });

  test.each([
    ['of another major version', cluster('17\n')],
    ['without a version', cluster()],
    ['without their control file', cluster('18\n', false)],
  ])('are damaged, not made anew, %s', (_what, data) => {
    expect(() => isInitialised(data)).toThrow(expect.objectContaining({ code: 'DAMAGED_DATA', directory: data }));
  });
});

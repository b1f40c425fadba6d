import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { tailLog } from './log-tail.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tail-'));
  file = join(folder, 'x.log');
  writeFileSync(file, 'before\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('tells whole lines written from now on, also one written in pieces, also across characters of several bytes', async () => {
  const lines: string[] = [];
  const tail = await tailLog(file, (line) => void lines.push(line));
  appendFileSync(file, 'first\nsec');
  appendFileSync(file, Buffer.from('ond 福\n').subarray(0, 5));
  appendFileSync(file, Buffer.from('ond 福\n').subarray(5));
  appendFileSync(file, 'unfinished');
  await tail.close();
  expect(lines).toEqual(['first', 'second 福']);
});

test('starts over when somebody empties the file', async () => {
  const lines: string[] = [];
  const tail = await tailLog(file, (line) => void lines.push(line));
  truncateSync(file);
  await tail.close();
  const again = await tailLog(file, (line) => void lines.push(line));
  appendFileSync(file, 'after\n');
  await again.close();
  expect(lines).toEqual(['after']);
});

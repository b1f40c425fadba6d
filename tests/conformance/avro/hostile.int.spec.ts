/** Whatever somebody sends as a schema is answered in seconds, and within the memory that any service has. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { HostileAnswer } from './hostile.main.js';
import { HOSTILE } from './hostile-texts.js';

const MEGABYTES = 300;
/** For reading one and doing everything with it; ten times what the slowest takes on a free machine. */
const MILLISECONDS = 20_000;

describe('hostile schemas', () => {
  test(`are read or refused within ${MEGABYTES} MB`, () => {
    const answers = askAll();
    process.stdout.write(`${answers.map(inWords).join('\n')}\n`);
    expect(answers.map(({ name }) => name)).toEqual(Object.keys(HOSTILE));
    expect(answers.filter(({ milliseconds }) => milliseconds > MILLISECONDS)).toEqual([]);
  }, 300_000);
});

/** A process of its own, because only a process can be given so much memory and no more. */
function askAll(): HostileAnswer[] {
  const main = join(import.meta.dirname, '..', 'dist', 'avro', 'hostile.main.js');
  const options = { encoding: 'utf8', timeout: 280_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [`--max-old-space-size=${MEGABYTES}`, main], options);
  if (status !== 0) throw new Error(`ended with ${status} after: ${stdout.slice(-500)}\n${stderr.slice(-2000)}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as HostileAnswer);
}

const inWords = ({ name, refusal, milliseconds }: HostileAnswer): string =>
  `${String(milliseconds).padStart(6)} ms  ${name}: ${refusal ?? 'taken'}`;

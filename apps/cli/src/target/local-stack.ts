import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StackFile } from '@citystreams/contracts';
import type { Environment } from '../context.js';
import { CommandFailure } from '../failure.js';

const FILE = 'stack.json';
const FOLDER = '.citystreams';

/**
 * The local stack that runs: the one of CITYSTREAMS_DATA, else of the nearest `.citystreams` from here upwards.
 * Null: none runs.
 *
 * @throws CommandFailure for a file that cannot be read
 */
export function findLocalStack(env: Environment, cwd: string): StackFile | null {
  const data = env['CITYSTREAMS_DATA'];
  if (data) return readStackFile(join(resolve(cwd, data), FILE));
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const stack = readStackFile(join(folder, FOLDER, FILE));
    if (stack !== null || folder === dirname(folder)) return stack;
  }
}

function readStackFile(file: string): StackFile | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new CommandFailure('failed', `${file} cannot be read (${code})`, 'it belongs to whoever started the stack');
  }
  try {
    return StackFile.parse(JSON.parse(text));
  } catch {
    // The cause would show parts of the file, and the file holds secrets.
    throw new CommandFailure('failed', `${file} is not what a stack writes`, 'stop the stack and start it again');
  }
}

/** An account's secret and whether there is such an account at all. */
export const secretInStack = (stack: StackFile, account: string): string | undefined =>
  stack.people[account]?.clientSecret ?? stack.clients[account]?.secret;

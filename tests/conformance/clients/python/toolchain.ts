/** Python with its packages in a virtual environment of their own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cachedFolder } from '../harness/cached-folder.js';
import { run } from '../harness/command.js';
import { type Report, reportOf } from '../harness/report.js';
import type { Toolchain } from '../harness/toolchain.js';

const OLDEST = [3, 10] as const;
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const FETCHING_MS = 240_000;
const LONGEST_MS = 120_000;
/** Prints the version; fails where Debian's `python3-venv` or the like is missing. */
const PROBE = 'import ensurepip, platform, venv; print(platform.python_version())';

export interface Python {
  /** Runs one of the programs of this folder. */
  report(program: string, env: Readonly<Record<string, string>>, args?: readonly string[]): Promise<Report>;
}

export function findPython(): Toolchain<Python> {
  const { status, stdout } = spawnSync('python3', ['-c', PROBE], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return { here: false, why: `Python ${OLDEST.join('.')} with venv is needed, and was not found` };
  const version = stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1]) {
    return { here: false, why: `Python ${OLDEST.join('.')} or newer is needed, and this is ${version}` };
  }
  return {
    here: true,
    tools: {
      report: async (program, env, args = []) => {
        const folder = await packages(`${major}.${minor}`);
        const file = join(import.meta.dirname, program);
        return reportOf(join(folder, 'bin', 'python'), ['-B', file, ...args], { env, timeoutMs: LONGEST_MS });
      },
    },
  };
}

/** Wheels belong to one version of Python. */
const packages = (version: string): Promise<string> =>
  cachedFolder('python', { files: [REQUIREMENTS], also: `${version} ${process.arch}` }, async (folder) => {
    await run('python3', ['-m', 'venv', folder], { timeoutMs: FETCHING_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '-r', REQUIREMENTS];
    await run(join(folder, 'bin', 'python'), pip, { timeoutMs: FETCHING_MS });
  });

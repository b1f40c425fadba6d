/** Node and npm are what runs the tests, so they are here; the clients' packages are fetched by their own lockfile. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../harness/cached-folder.js';
import { run } from '../harness/command.js';
import { type Report, reportOf } from '../harness/report.js';

const LIBRARIES = join(import.meta.dirname, 'libraries');
const MANIFESTS = ['package.json', 'package-lock.json'];
const FETCHING_MS = 300_000;
const LONGEST_MS = 120_000;

/** Runs one of the programs of this folder. */
export async function nodeReport(
  program: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Report> {
  const file = join(import.meta.dirname, program);
  const told = { ...env, LIBRARIES: await libraries() };
  return reportOf(process.execPath, [file, ...args], { env: told, timeoutMs: LONGEST_MS });
}

const libraries = (): Promise<string> =>
  cachedFolder('npm', { files: MANIFESTS.map((name) => join(LIBRARIES, name)) }, async (folder) => {
    for (const name of MANIFESTS) copyFileSync(join(LIBRARIES, name), join(folder, name));
    // The npm that runs the tests, if one does.
    const cli = process.env['npm_execpath'];
    const [command, first] = cli === undefined ? ['npm', []] : [process.execPath, [cli]];
    const args = ['ci', '--prefix', folder, '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run(command, [...first, ...args], { cwd: folder, timeoutMs: FETCHING_MS });
  });

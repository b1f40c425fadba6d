/** Go, with the modules of go.sum. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../harness/cached-folder.js';
import { run } from '../harness/command.js';
import { type Report, reportOf } from '../harness/report.js';
import type { Toolchain } from '../harness/toolchain.js';

const HERE = import.meta.dirname;
const BUILDING_MS = 300_000;
const LONGEST_MS = 120_000;

export interface Go {
  report(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Report>;
}

export function findGo(): Toolchain<Go> {
  const needed = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(HERE, 'go.mod'), 'utf8'));
  const [, major = '0', minor = '0'] = needed ?? [];
  const oldest = `${major}.${minor}`;
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { cwd: HERE, encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return { here: false, why: `Go ${oldest} or newer is needed, and was not found` };
  const version = stdout.trim();
  const [, foundMajor, foundMinor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (foundMajor !== major || Number(foundMinor) < Number(minor)) {
    return { here: false, why: `Go ${oldest} or newer is needed, and this is ${version}` };
  }
  return {
    here: true,
    tools: {
      report: async (args, env) =>
        reportOf(join(await program(version), 'client'), args, { env, timeoutMs: LONGEST_MS }),
    },
  };
}

function program(version: string): Promise<string> {
  const names = readdirSync(HERE).filter((name) => /\.(?:go|mod|sum)$/.test(name));
  const files = names.toSorted().map((name) => join(HERE, name));
  return cachedFolder('go', { files, also: `${version} ${process.arch}` }, async (folder) => {
    const build = ['build', '-mod=readonly', '-trimpath', '-o', join(folder, 'client'), '.'];
    await run('go', build, { cwd: HERE, timeoutMs: BUILDING_MS });
  });
}

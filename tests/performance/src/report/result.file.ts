/** Results as JSON, with what must be known to read them later. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';

export interface ResultHead {
  readonly experiment: string;
  readonly at: string;
  readonly commit: string;
  readonly machine: { cpus: number; model: string; memoryGiB: number; kernel: string; node: string; java: string };
  /** 1, 5 and 15 minutes, when the file was written. */
  readonly load: readonly number[];
}

const said = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** Nothing without a file. Written anew after each step, so that an interrupted run leaves what it has. */
export function writeResult(file: string | undefined, experiment: string, body: object): void {
  if (file === undefined) return;
  const head: ResultHead = {
    experiment,
    at: new Date().toISOString(),
    commit: said('git', ['rev-parse', '--short', 'HEAD']),
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model ?? '',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      node: process.version,
      java: said('java', ['--version']).split('\n')[0] ?? '',
    },
    load: loadavg(),
  };
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...head, ...body }, null, 1)}\n`);
}

/** The catalogue as the process it is, started by path: tests go through public interfaces. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stack, waitUntil } from '@citystreams/testing';

const MAIN = join(import.meta.dirname, '..', '..', '..', '..', 'apps', 'catalogue', 'dist', 'main.js');

export interface OpenRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** A registry without a city's rules, on a database of its own. Resolves when it is ready. */
export async function openRegistry(): Promise<OpenRegistry> {
  if (!existsSync(MAIN)) throw new Error('the catalogue is not built: npm test builds first');
  const database = await stack().freshDatabase();
  const { url, ownerUrl } = database.services.catalogue;
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    env: { REGISTRY: 'open', HOST: '127.0.0.1', PORT: '0', DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const close = async (): Promise<void> => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    await ended;
    await database.drop();
  };
  const address = (): string | undefined =>
    lines.map((line) => /"address":"([^"]+)"/.exec(line)?.[1]).find((found) => found !== undefined);
  const isReady = async (): Promise<boolean> =>
    child.exitCode !== null || (address() !== undefined && (await fetch(`${address()}/readyz`)).ok);
  try {
    await waitUntil('the registry is ready', isReady, { timeoutMs: 30_000 });
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`);
  } catch (error) {
    await close();
    throw new Error(lines.slice(-20).join('\n'), { cause: error });
  }
  return { url: address() ?? '', close };
}

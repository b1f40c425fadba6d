/** An open registry as the process that it is, on a PostgreSQL of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapPostgres, leasePort, openPostgres, startChild } from '@citystreams/stack';
import { ROOT } from '../paths.js';
import { until } from '../stand/until.js';

const PATIENCE_MS = 120_000;

export interface RunningRegistry {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it said that it is ready. */
  readonly readyAfterMs: number;
  stop(): Promise<void>;
}

export interface RegistryStand {
  /** Under the role that owns the registry's tables. */
  readonly ownerUrl: string;
  start(): Promise<RunningRegistry>;
  /** A free port, and a program of ours on it. */
  startBeside(entry: string, args: readonly string[]): Promise<RunningRegistry>;
  close(): Promise<void>;
}

export async function openRegistryStand(say: (line: string) => void): Promise<RegistryStand> {
  const directory = mkdtempSync(join(tmpdir(), 'citystreams-bench-'));
  const postgres = await openPostgres({ dataDirectory: directory, way: 'local', progress: say });
  const { catalogue } = await bootstrapPostgres({ adminUrl: postgres.adminUrl, dataDirectory: directory });

  async function run(
    entry: string,
    o: { args: (port: number) => string[]; env: (port: number) => Record<string, string>; ready: string },
  ): Promise<RunningRegistry> {
    const lease = await leasePort({ name: entry });
    const url = `http://127.0.0.1:${lease.port}`;
    const began = performance.now();
    const child = await startChild({
      command: process.execPath,
      args: [entry, ...o.args(lease.port)],
      logFile: join(directory, 'logs', 'bench.log'),
      stopSignal: 'SIGTERM',
      env: { PATH: process.env['PATH'] ?? '', ...o.env(lease.port) },
    });
    await until(`${entry} answers`, PATIENCE_MS, async () => {
      const answer = await fetch(`${url}${o.ready}`).catch(() => null);
      return answer !== null;
    });
    const readyAfterMs = performance.now() - began;
    const stop = async (): Promise<void> => {
      await child.stop(10_000);
      lease.release();
    };
    return { url, pid: child.pid, readyAfterMs, stop };
  }

  return {
    ownerUrl: catalogue.ownerUrl,
    start: () =>
      run(join(ROOT, 'apps', 'catalogue', 'dist', 'main.js'), {
        args: () => [],
        env: (port) => ({
          REGISTRY: 'open',
          PORT: String(port),
          DATABASE_URL: catalogue.url,
          DATABASE_OWNER_URL: catalogue.ownerUrl,
        }),
        ready: '/readyz',
      }),
    startBeside: (entry, args) =>
      run(entry, { args: (port) => [String(port), ...args], env: () => ({}), ready: '/read/1' }),
    async close() {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

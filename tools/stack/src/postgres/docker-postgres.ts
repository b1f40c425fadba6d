/** PostgreSQL in a container of the public image, with a named volume per data directory. */
import { run, startChild } from '../platform/child-process.js';
import { containerNameOf, removeContainer } from '../platform/docker-engine.js';
import { INITDB_FLAGS, type PostgresProcess, type PostgresSettings, SUPERUSER } from './postgres-process.js';

export const POSTGRES_IMAGE = 'postgres:18';

/** The password comes by standard input: whoever may ask the engine reads a container's environment. */
const ENTRY = 'read -r POSTGRES_PASSWORD; export POSTGRES_PASSWORD; exec docker-entrypoint.sh postgres';

export function dockerPostgres(settings: PostgresSettings): PostgresProcess {
  const name = containerNameOf('postgres', settings.dataDirectory);
  return {
    async start(port) {
      await removeContainer(name);
      const child = await startChild({
        command: 'docker',
        args: [
          ...['run', '--rm', '--interactive', '--name', name, '--label', 'citystreams=stack', '--entrypoint', 'bash'],
          ...['--publish', `127.0.0.1:${port}:5432`, '--volume', `${name}:/var/lib/postgresql`],
          ...['--env', `POSTGRES_USER=${SUPERUSER}`, '--env', `POSTGRES_INITDB_ARGS=${INITDB_FLAGS.join(' ')}`],
          ...[POSTGRES_IMAGE, '-c', ENTRY],
        ],
        logFile: settings.logFile,
        stopSignal: 'SIGINT',
        input: `${settings.password}\n`,
      });
      return {
        ...child,
        async stop(graceMs) {
          await child.stop(graceMs);
          await removeContainer(name);
        },
      };
    },
    mayRetry: () => false,
    async kill() {
      await run('docker', ['kill', '--signal', 'KILL', name], { timeoutMs: 10_000 });
    },
  };
}

/** The processes of one stack, found by its data directory: what a person would see with `ps`. */
import { readdirSync, readFileSync } from 'node:fs';

export interface CityProcess {
  pid: number;
  command: string;
}

/** Every live process that was started for this data directory. Zombies do not count: they run nothing. */
export function processesOf(dataDirectory: string): CityProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      const environment = read(`/proc/${name}/environ`);
      const isOurs = command.includes(dataDirectory) || environment.includes(dataDirectory);
      return isOurs && !isZombie(name) ? [{ pid: Number(name), command }] : [];
    });
}

const isZombie = (pid: string): boolean => / Z /.test(read(`/proc/${pid}/stat`).replace(/\(.*\)/, ''));

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The one process whose command line says so; throws when there is none or more than one. */
export function theProcess(dataDirectory: string, part: RegExp): CityProcess {
  const found = processesOf(dataDirectory).filter(
    (p) => part.test(p.command) && !/^(setpriv|unshare|sh|npm)\b/.test(p.command),
  );
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(
      `${found.length} processes match ${part}: ${found.map((p) => `${p.pid} ${p.command.slice(0, 120)}`).join('; ')}`,
    );
  }
  return found[0];
}

export const PART = {
  kafka: /kafka\.Kafka/,
  postgres: /bin\/postgres /,
  identity: /apps\/identity\/dist\/main\.js/,
  catalogue: /apps\/catalogue\/dist\/main\.js/,
  subscriptions: /apps\/subscriptions\/dist\/main\.js/,
  router: /apps\/router\/dist\/main\.js/,
  gateway: /apps\/gateway\/dist\/main\.js/,
} as const;

export function signal(processes: readonly CityProcess[], name: NodeJS.Signals): void {
  for (const { pid } of processes) process.kill(pid, name);
}

/** A server of ours: ports, start until it answers, unexpected ends, restart on the same data and ports. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type PortLease, canBind } from '../ports/port-lease.js';
import type { GuardedChild } from './child-process.js';
import type { Progress } from './way.js';

const POLL_MS = 100;
const TELL_MS = 2_000;
const PORT_ATTEMPTS = 3;

export interface ServerKind<Ports extends Readonly<Record<string, PortLease>>> {
  /** "Kafka": for messages. */
  readonly title: string;
  readonly logFile: string;
  readonly startMs: number;
  readonly stopMs: number;
  /** Lines of the log worth repeating when it does not start. */
  readonly tellingLine: RegExp;
  lease(): Promise<Ports>;
  /** Prepares the storage where needed and starts the process; does not wait until it answers. */
  start(ports: Ports): Promise<GuardedChild>;
  answers(ports: Ports): Promise<boolean>;
  /** It ended before answering, and its ports are free: whether another attempt may help (a predecessor still ending). */
  mayRetry?(): boolean;
}

export interface SupervisedServer<Ports> {
  readonly ports: Ports;
  /** Called each time it ends without having been asked to. */
  onExit(listener: (why: string) => void): void;
  /** Stops what runs and starts again: same data, same ports. Resolves when it answers; asked twice, done once. */
  restart(): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** A server of ours did not come up. */
export class DidNotStart extends Error {
  readonly code = 'DID_NOT_START';
  constructor(
    readonly title: string,
    what: string,
    logFile: string,
    telling: readonly string[],
  ) {
    const hint = 'If its data are damaged, npm run reset removes them.';
    super([`${title} did not start: ${what}. ${hint} Log: ${logFile}`, ...telling].join('\n  '));
  }
}

/** The files of a server of ours cannot be used. */
export class DamagedData extends Error {
  readonly code = 'DAMAGED_DATA';
  constructor(
    readonly directory: string,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`the data in ${directory} cannot be used (${what}): npm run reset removes them and starts anew`, options);
  }
}

export async function superviseServer<Ports extends Readonly<Record<string, PortLease>>>(
  kind: ServerKind<Ports>,
  progress: Progress,
): Promise<SupervisedServer<Ports>> {
  const listeners = new Set<(why: string) => void>();
  let ports = await kind.lease();
  let child: GuardedChild | undefined;
  let stopped = false;
  let restarting: Promise<void> | undefined;
  const release = (): void => Object.values(ports).forEach((lease) => lease.release());

  async function end(): Promise<void> {
    const ending = child;
    child = undefined;
    await ending?.stop(kind.stopMs);
  }

  /** Starts and waits for an answer. @throws DidNotStart with what the log says */
  async function start(): Promise<void> {
    const began = Date.now();
    for (;;) {
      const logFrom = logSize(kind.logFile);
      const started = await kind.start(ports);
      child = started;
      if (stopped) await end();
      const failure = await untilAnswering(kind, ports, started, began, progress);
      if (failure === null) {
        void started.exited.then(({ code, signal }) => {
          if (child !== started || stopped) return;
          child = undefined;
          for (const listener of listeners) listener(`${kind.title} ended (${signal ?? `exit code ${code}`})`);
        });
        return;
      }
      await end();
      const again = kind.mayRetry?.() && Date.now() - began < kind.startMs;
      if (stopped) throw new DidNotStart(kind.title, 'it was stopped meanwhile', kind.logFile, []);
      if (!again) throw new DidNotStart(kind.title, failure, kind.logFile, logSince(kind, logFrom));
      await delay(POLL_MS);
    }
  }

  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      break;
    } catch (error) {
      release();
      const numbers = Object.values(ports).map((lease) => lease.port);
      const free = await Promise.all(numbers.map((port) => canBind(port)));
      // Somebody outside our locks took a port between our trial bind and the server's: look again.
      if (free.every(Boolean) || attempt === PORT_ATTEMPTS) throw error;
      ports = await kind.lease();
    }
  }

  return {
    ports,
    onExit: (listener) => void listeners.add(listener),
    restart() {
      if (stopped) return Promise.reject(new DidNotStart(kind.title, 'it was stopped for good', kind.logFile, []));
      restarting ??= end()
        .then(start)
        .finally(() => (restarting = undefined));
      return restarting;
    },
    async stop() {
      stopped = true;
      await end();
      await restarting?.catch(() => undefined); // notices, and ends what it started
      release();
    },
  };
}

/** Null once it answers, otherwise why it does not. */
async function untilAnswering<Ports extends Readonly<Record<string, PortLease>>>(
  kind: ServerKind<Ports>,
  ports: Ports,
  child: GuardedChild,
  began: number,
  progress: Progress,
): Promise<string | null> {
  let exit: string | undefined;
  void child.exited.then(({ code, signal }) => {
    exit = `it ended (${signal ?? `exit code ${code}`})`;
  });
  let told = began;
  for (;;) {
    if (await kind.answers(ports)) return null;
    if (exit) return exit;
    if (Date.now() - began > kind.startMs) return `no answer within ${kind.startMs / 1000} s`;
    if (Date.now() - told > TELL_MS) {
      told = Date.now();
      progress(`${kind.title} is starting (${Math.round((told - began) / 1000)} s)`);
    }
    await delay(POLL_MS);
  }
}

function logSize(file: string): number {
  try {
    const fd = openSync(file, 'r');
    const { size } = fstatSync(fd);
    closeSync(fd);
    return size;
  } catch {
    return 0;
  }
}

function logSince(kind: { logFile: string; tellingLine: RegExp }, from: number): string[] {
  const fd = openSync(kind.logFile, 'r');
  const bytes = Buffer.alloc(Math.min(64 * 1024, Math.max(0, fstatSync(fd).size - from)));
  readSync(fd, bytes, 0, bytes.length, from);
  closeSync(fd);
  const telling = bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => kind.tellingLine.test(line));
  return telling.slice(0, 4).map((line) => line.slice(0, 300));
}

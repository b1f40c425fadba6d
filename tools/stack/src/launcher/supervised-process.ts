/** One service: started, watched, started again when it dies, stopped when asked. */
import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@citystreams/contracts';
import { type GuardedChild, startChild } from '../platform/child-process.js';
import { readLogLine } from './log-line.js';
import { tailLog } from './log-tail.js';
import type { Part } from './parts.js';
import { afterDeath } from './restart-policy.js';
import type { RunningPart } from './stopping.js';

export interface ProcessSpec {
  /** Names the process and its log file: `catalogue`, `bao-an.flight-desk`. */
  readonly name: string;
  readonly part: Part;
  /** The compiled main file. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when the service is ready; without one it is ready as soon as it runs. */
  readonly readyUrl?: string;
}

export interface ProcessWatcher {
  /** One line of its log. */
  onLine(line: string): void;
  /** Ended without having been asked to; started again after `againMs`. */
  onDeath(how: string, againMs: number): void;
  /** Runs again, and is ready. */
  onBack(): void;
  /** Died too often: not started again. With the last lines of its log. */
  onFailing(how: string, everyMs: number, lastLines: readonly string[]): void;
}

export interface SupervisedProcess extends RunningPart {
  /** Id of the process that runs now; undefined between a death and the next start. */
  readonly pid: number | undefined;
  /** Resolves when it answers ready, rejects with ServiceFailed when it was given up or takes too long. */
  untilReady(progress: (how: string) => void): Promise<void>;
}

/** A service does not come up. */
export class ServiceFailed extends Error {
  readonly code = 'SERVICE_FAILED';
  constructor(
    readonly service: string,
    why: string,
    readonly lastLines: readonly string[],
  ) {
    super(`${service} ${why}`);
  }
}

const READY_MS = 90_000;
const POLL_MS = 100;
const TELL_MS = 4_000;
/** What lives this long after a death is back. */
const SETTLED_MS = 2_000;
const ANSWER_MS = 2_500;
const LAST_LINES = 8;
/** A log longer than this is begun anew at the start of its service. */
const LONGEST_LOG = 20 * 1024 * 1024;

export async function superviseProcess(
  spec: ProcessSpec,
  logFile: string,
  watcher: ProcessWatcher,
): Promise<SupervisedProcess> {
  const deaths: number[] = [];
  let child: GuardedChild | undefined;
  let failure: ServiceFailed | undefined;
  /** The coming back from the last death. */
  let comingBack: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  openLog(logFile);
  const tail = await tailLog(logFile, (line) => watcher.onLine(line));

  async function start(): Promise<void> {
    const started = await startChild({
      command: process.execPath,
      args: ['--enable-source-maps', spec.entry],
      logFile,
      env: spec.env,
      stopSignal: 'SIGTERM',
      deathSignal: 'SIGKILL',
    });
    child = started;
    void started.exited.then(({ code, signal }) => {
      child = undefined;
      if (!stopping.signal.aborted) comingBack = died(`ended (${signal ?? `exit code ${code}`})`);
    });
  }

  async function died(how: string): Promise<void> {
    deaths.push(Date.now());
    const next = afterDeath(deaths, Date.now(), failure !== undefined);
    if (!next.failing) watcher.onDeath(how, next.afterMs);
    else if (failure === undefined) {
      const lines = lastLinesOf(logFile);
      failure = new ServiceFailed(spec.name, `${how}, ${deaths.length} times`, lines);
      watcher.onFailing(how, next.afterMs, lines);
    }
    try {
      await delay(next.afterMs, undefined, { signal: stopping.signal });
    } catch {
      return; // stopped meanwhile
    }
    try {
      await start();
      void tellWhenBack(child);
    } catch (cause) {
      await died(`could not be started (${(cause as Error).message})`);
    }
  }

  /** Not before it has lived a little: what dies again at once was never back. */
  async function tellWhenBack(started: GuardedChild | undefined): Promise<void> {
    const isGone = (): boolean => child !== started || stopping.signal.aborted;
    for (;;) {
      await delay(SETTLED_MS);
      if (isGone()) return;
      if ((await notReady(spec.readyUrl)) === null && !isGone()) {
        failure = undefined;
        return watcher.onBack();
      }
    }
  }

  await start();

  return {
    name: spec.name,
    part: spec.part,
    get pid() {
      return child?.pid;
    },
    async untilReady(progress) {
      const began = Date.now();
      for (let told = began; ; ) {
        if (failure !== undefined) throw failure;
        if (stopping.signal.aborted) throw new ServiceFailed(spec.name, 'was stopped', []);
        const missing = child === undefined ? 'starts again' : await notReady(spec.readyUrl);
        if (missing === null) return;
        if (Date.now() - began > READY_MS) {
          throw new ServiceFailed(
            spec.name,
            `is not ready after ${READY_MS / 1000} s: ${missing}`,
            lastLinesOf(logFile),
          );
        }
        if (Date.now() - told > TELL_MS) {
          told = Date.now();
          progress(missing);
        }
        await delay(POLL_MS);
      }
    },
    async stop(graceMs) {
      stopping.abort();
      await comingBack;
      await child?.stop(graceMs);
      await tail.close();
    },
    kill() {
      stopping.abort();
      if (child !== undefined) killNow(child.pid);
    },
  };
}

/** Null when ready, otherwise how far it is. */
async function notReady(url: string | undefined): Promise<string | null> {
  if (url === undefined) return null;
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    return 'is coming up';
  }
  if (answer.ok) return null;
  const problem = Problem.safeParse(await answer.json().catch(() => null));
  const missing = problem.data?.problems?.map(({ field, message }) => `${field} (${message})`) ?? [];
  return missing.length === 0 ? `answers ${answer.status}` : `waits for ${missing.join(', ')}`;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function openLog(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, '', { mode: 0o600, flag: sizeOf(file) > LONGEST_LOG ? 'w' : 'a' });
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Without samples of events: they say nothing of why it died, and their values are not for this screen. */
function lastLinesOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const telling = lines.filter((line) => readLogLine(line).kind !== 'live').slice(-LAST_LINES);
  return telling.map((line) => line.slice(0, 400));
}

/**
 * Child processes that cannot outlive us: on Linux the kernel signals them when this process dies, however it dies.
 * Start them from the main thread; the signal is tied to the thread that forked.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ChildSpec {
  readonly command: string;
  readonly args: readonly string[];
  /** Both outputs are appended here. */
  readonly logFile: string;
  /** The whole environment of the child; without it, ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** What asks this program to stop cleanly, also when we are killed. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** What it gets when we are killed; default: the stop signal. SIGKILL for what needs no clean end. */
  readonly deathSignal?: 'SIGKILL';
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** A command put in front of the guard, such as `unshare --user ...`. */
  readonly wrapper?: readonly string[];
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GuardedChild {
  readonly pid: number;
  /** Settles once, when the process is gone; never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Asks politely, then kills after `graceMs`. Idempotent; resolves when the process is gone. */
  stop(graceMs: number): Promise<void>;
}

const NOT_FOUND = 127;
let guard: boolean | undefined;

/** util-linux's setpriv; where it is missing (not Linux) children are only stopped by a clean stop. */
function hasGuard(): boolean {
  guard ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], { stdio: 'ignore' }).status === 0;
  return guard;
}

/** Starts the program. @throws the spawn error (ENOENT) if it cannot be run at all. */
export async function startChild(spec: ChildSpec): Promise<GuardedChild> {
  const guarded = hasGuard() ? ['setpriv', '--pdeathsig', (spec.deathSignal ?? spec.stopSignal).slice(3), '--'] : [];
  const [command, ...args] = [...(spec.wrapper ?? []), ...guarded, spec.command, ...spec.args] as [string, ...string[]];
  mkdirSync(dirname(spec.logFile), { recursive: true, mode: 0o700 });
  const log = openSync(spec.logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      stdio: [spec.input === undefined ? 'ignore' : 'pipe', log, log],
      ...(spec.env && { env: spec.env }),
      // Its own group: Ctrl-C in the terminal reaches the launcher alone, which stops things in order.
      detached: true,
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  } finally {
    closeSync(log);
  }
  if (spec.input !== undefined) child.stdin?.on('error', () => undefined).end(spec.input);
  return watch(child, spec.stopSignal);
}

function watch(child: ChildProcess, stopSignal: NodeJS.Signals): GuardedChild {
  const exited = new Promise<ChildExit>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
    } else child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid as number,
    exited,
    async stop(graceMs) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(stopSignal);
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(late);
    },
  };
}

/**
 * Runs a short command to its end, or to ours: a start that fails leaves no half-done preparation running behind it.
 * Never rejects for a bad exit; `status` is null if it could not run or took too long.
 */
export async function run(
  command: string,
  args: readonly string[],
  o: { timeoutMs: number; wrapper?: readonly string[]; onOutput?: (text: string) => void },
): Promise<{ status: number | null; output: string; timedOut: boolean }> {
  const guarded = hasGuard() ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
  const [first, ...rest] = [...(o.wrapper ?? []), ...guarded, command, ...args] as [string, ...string[]];
  const child = spawn(first, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      o.onOutput?.(chunk.toString('utf8'));
    });
  }
  let timedOut = false;
  const late = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, o.timeoutMs);
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(error.message));
      resolve(null);
    });
    // The guard's way of saying that there is no such program.
    child.once('close', (code) => resolve(code === NOT_FOUND ? null : code));
  });
  clearTimeout(late);
  return { status, output: Buffer.concat(chunks).toString('utf8'), timedOut };
}

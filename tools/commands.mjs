// Runs commands so that none outlives us: each is a process group of its own, gets our signals, and is ended with us.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const BIN = join(ROOT, 'node_modules', '.bin');
/** Time for a command to end by itself after a signal. */
const GRACE_MS = 15_000;

// On Linux the kernel ends a command even when we are killed with a signal that nobody can handle.
const DEATH_WATCH =
  process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0
    ? ['setpriv', '--pdeathsig', 'TERM']
    : [];

const running = new Set();
let stoppedBy = null;

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** Forwards signals to everything that runs; the process ends by the usual code once its commands have ended. */
export function forwardSignals() {
  for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 })) {
    process.on(signal, () => {
      if (stoppedBy) return;
      stoppedBy = signal;
      process.exitCode = 128 + number;
      for (const child of running) stop(child, signal);
    });
  }
  process.on('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
}

export const isStopped = () => stoppedBy !== null;

function stop(child, signal) {
  signalGroup(child, signal);
  setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS).unref();
}

/**
 * One command in the root folder, found in node_modules/.bin first, under this very Node.
 * `show`: its output goes through as it comes; else it is collected. `limitMs`: it is stopped then.
 * Never rejects: `{ ok, code, output, timedOut }`.
 */
export function run(command, args, { show = false, limitMs, env = {} } = {}) {
  return new Promise((resolve) => {
    const [file, ...rest] = [...DEATH_WATCH, command, ...args];
    const child = spawn(file, rest, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      env: { ...process.env, ...env, PATH: [dirname(process.execPath), BIN, process.env.PATH].join(':') },
    });
    running.add(child);
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    let timedOut = false;
    const limit =
      limitMs &&
      setTimeout(() => {
        timedOut = true;
        stop(child, 'SIGTERM');
      }, limitMs);
    const done = (code, problem = '') => {
      clearTimeout(limit);
      running.delete(child);
      // What the command itself started and left behind ends with it.
      if (child.pid) signalGroup(child, 'SIGKILL');
      resolve({ ok: code === 0 && !timedOut, code, output: Buffer.concat(chunks).toString() + problem, timedOut });
    };
    child.on('error', (error) => done(-1, `${command}: ${error.message}\n`));
    child.on('close', (code) => done(code));
  });
}

export const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

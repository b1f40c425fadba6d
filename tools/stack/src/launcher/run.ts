/** The launcher as a command: options in, an exit code out. */
import pc from 'picocolors';
import { createLiveView } from '../live/live-view.js';
import { launch, type Launched } from './launch.js';
import { CONSUMED_VARIABLES, type LauncherOptions, readOptions, USAGE } from './options.js';
import { keepRunningParts, type RunningParts } from './running-parts.js';
import { ServiceFailed } from './supervised-process.js';
import { summary } from './summary.js';
import { openTerminal, type Terminal } from './terminal.js';

/** Three lines each: less than four lines a second. */
const LIVE_EVERY_MS = 850;

/** @param root the repository. @returns 0, 1 (it failed) or 2 (it was asked wrongly) */
export async function runLauncher(argv: readonly string[], env: NodeJS.ProcessEnv, root: string): Promise<number> {
  const asked = readOptions(argv, env, root);
  if (asked.kind === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (asked.kind === 'usage') {
    process.stderr.write(`${asked.problems.map((line) => `${pc.red('error')} ${line}`).join('\n')}\n\n${USAGE}`);
    return 2;
  }
  // Addresses and secrets of ours are not for every child: each gets what it needs.
  for (const name of CONSUMED_VARIABLES) delete env[name];
  return runStack(
    asked.options,
    root,
    openTerminal(process.stdout, process.stdout.isTTY && !env['NO_COLOR'], Date.now),
  );
}

async function runStack(options: LauncherOptions, root: string, terminal: Terminal): Promise<number> {
  const began = Date.now();
  const view = createLiveView(terminal.paint);
  const parts = keepRunningParts();
  const stopping = new AbortController();
  const asked = new Promise<null>((resolve) => stopping.signal.addEventListener('abort', () => resolve(null)));
  onSignals(stopping, parts.kill, terminal);
  // Nobody reads any more (`npm start | head`): that is a wish to stop too.
  process.stdout.on('error', () => stopping.abort());

  let code = 0;
  let live: NodeJS.Timeout | undefined;
  try {
    const launching = launch({ root, options, parts, terminal, view, signal: stopping.signal });
    const launched = await Promise.race([launching, asked]);
    if (launched !== null) {
      terminal.everythingIsUp();
      tellReady(launched, options, (Date.now() - began) / 1000, terminal);
      live = setInterval(() => view.next(new Date(), terminal.columns).forEach(terminal.line), LIVE_EVERY_MS);
      await asked;
    } else launching.catch(() => undefined);
  } catch (cause) {
    code = 1;
    tellFailure(cause, terminal);
  }
  clearInterval(live);
  await stopAll(parts, terminal);
  return code;
}

async function stopAll(parts: RunningParts, terminal: Terminal): Promise<void> {
  const began = Date.now();
  const quiet = !parts.any;
  if (!quiet) terminal.note('stopping', 'everything, in order; Ctrl-C again kills');
  const killed = await parts.stop();
  if (killed.length > 0) terminal.warn('stopping', `did not stop in time and were killed: ${killed.join(', ')}`);
  if (!quiet) terminal.done('stopped', `${((Date.now() - began) / 1000).toFixed(1)} s`);
}

function onSignals(stopping: AbortController, kill: () => void, terminal: Terminal): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping.signal.aborted) return stopping.abort();
      terminal.warn('stopping', 'killed');
      kill();
      process.exit(130);
    });
  }
}

function tellReady(launched: Launched, options: LauncherOptions, seconds: number, terminal: Terminal): void {
  const { rows, people } = launched;
  for (const line of summary({ rows, people, seconds, dataDirectory: options.dataDirectory })) terminal.line(line);
}

function tellFailure(cause: unknown, terminal: Terminal): void {
  if (cause instanceof ServiceFailed) {
    terminal.error(cause.service, [cause.message, ...cause.lastLines].join('\n'));
    return;
  }
  terminal.error('start', explain(cause));
}

/** Errors of ours say what to do; of the system's, the ones a person can act on. */
function explain(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code, path, syscall } = cause as NodeJS.ErrnoException;
  if (syscall === 'mkdir' && code !== 'ENOSPC') return notWritable(path);
  switch (code) {
    case 'ENOSPC':
      return `the disk is full${path ? `: ${path}` : ''}. Make room, or set CITYSTREAMS_DATA to a directory with some`;
    case 'EACCES':
    case 'EROFS':
      return notWritable(path);
    case 'EMFILE':
    case 'ENFILE':
      return 'too many open files: raise the limit (ulimit -n)';
    default:
      return cause.message;
  }
}

const notWritable = (path: string | undefined): string =>
  `${path ?? 'the data directory'} cannot be written: set CITYSTREAMS_DATA to a directory of yours`;

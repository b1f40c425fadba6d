/** Jest's side of the keeper: starts it once per run, and lets it go. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KeeperMessage } from './keeper.js';
import { STACK_FILE_VARIABLE } from './stack-record.js';

let keeper: ChildProcess | undefined;

export async function startKeeper(): Promise<void> {
  const given = process.env[STACK_FILE_VARIABLE];
  if (given) {
    process.stdout.write(`test stack: the one of ${given}\n`);
    return;
  }
  const child = fork(fileURLToPath(new URL('./keeper.js', import.meta.url)), {
    execArgv: ['--enable-source-maps'],
    detached: true, // Ctrl-C reaches Jest alone; the keeper sees Jest end
  });
  keeper = child;
  const file = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: KeeperMessage) => {
      if (message.kind === 'line') process.stdout.write(`${message.text}\n`);
      else if (message.kind === 'ready') resolve(message.file);
      else reject(new Error(`the test stack did not start: ${message.text}`));
    });
    child.once('exit', (code, signal) => reject(new Error(`the test stack ended (${signal ?? `exit code ${code}`})`)));
  });
  process.env[STACK_FILE_VARIABLE] = file; // workers inherit it
  child.unref();
  child.channel?.unref();
}

/** Resolves when everything is stopped. Without this call it stops when Jest's process ends. */
export async function endKeeper(): Promise<void> {
  const child = keeper;
  keeper = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

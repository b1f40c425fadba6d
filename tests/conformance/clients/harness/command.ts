/** One command, bounded in time, that leaves no process behind. */
import { spawn } from 'node:child_process';
import { patience } from '@citystreams/testing';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it and everything that it started is killed. */
  readonly timeoutMs: number;
  /** Written to its standard input. */
  readonly input?: string;
}

/** @throws Error with what it wrote, when it cannot be run, takes too long or fails */
export function run(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, env = {}, input = '' } = options;
  const timeoutMs = patience(options.timeoutMs);
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it starts ends with it.
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone.
      }
    };
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      end();
    }, timeoutMs);
    process.once('exit', end);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
    }
    child.stdin.on('error', () => undefined); // it need not read
    child.stdin.end(input);
    const done = (problem: string | null, cause?: unknown): void => {
      clearTimeout(limit);
      process.off('exit', end);
      if (problem === null) return resolve(said.stdout);
      const output = `${said.stderr.slice(-3000)}\n${said.stdout.slice(-3000)}`.trim();
      reject(new Error(`${command} ${args.join(' ')} ${problem}\n${output}`, { cause }));
    };
    child.on('error', (error) => done('cannot be run', error));
    child.on('close', (code, signal) => {
      if (late) done(`did not end within ${timeoutMs / 1000} s`);
      else done(code === 0 ? null : `ended with ${code ?? signal}`);
    });
  });
}

/** A router as the process it is, so that it can be killed, and so that there can be several. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KAFKA_AUDIENCE } from '@citystreams/contracts';
import { patience, stack, waitUntil } from '@citystreams/testing';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

// A spec that ends early leaves no process.
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface RunningRouter {
  readonly url: string;
  /** Every line it wrote. */
  readonly log: readonly string[];
  /** Resolves when it has ended by itself, to its exit code. */
  readonly exited: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Resolves when it says that it is ready. */
export async function startRouter(slot: string, env: Record<string, string> = {}): Promise<RunningRouter> {
  const account = await stack().account('citystreams.router', { agency: 'citystreams', roles: ['service'] });
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      OIDC_ISSUER: stack().issuer,
      KAFKA_AUDIENCE,
      KAFKA_BROKERS: stack().kafka.brokers.join(','),
      CLIENT_ID: account.clientId,
      CLIENT_SECRET: account.clientSecret,
      ROUTER_SLOT: slot,
      MASK_KEY: 'ab'.repeat(32),
      SESSION_TIMEOUT_MS: '6000',
      TRANSACTION_TIMEOUT_MS: '6000',
      ...env,
    },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const log = linesOf(child);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  running.add(child);
  void exited.then(() => running.delete(child));
  let url = '';
  try {
    url = await addressIn(log, child);
    await waitUntil('the router is ready', async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 30_000 });
  } catch (error) {
    await end('SIGKILL');
    throw new Error(log.join('\n'), { cause: error });
  }
  return {
    url,
    log,
    exited,
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  return lines;
}

async function addressIn(log: readonly string[], child: ChildProcess): Promise<string> {
  let address: string | undefined;
  await waitUntil(
    'the router listens',
    () => {
      address = log.map((line) => /"address":"([^"]+)"/.exec(line)?.[1]).find((found) => found !== undefined);
      return address !== undefined || child.exitCode !== null;
    },
    { timeoutMs: patience(30_000) },
  );
  if (address === undefined) throw new Error('it ended');
  return address;
}

/** The platform as its users meet it: the launcher in a process of its own, with data directory and ports of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HTTP_AUDIENCE, StackFile } from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const LAUNCHER = ['tools/stack/dist/main.js', '--city', 'empty', '--kafka', 'local', '--postgres', 'local'];
const READY_WITHIN_MS = 150_000;

export interface City {
  readonly stack: StackFile;
  /** As an account of the stack, through the gateway. @throws Error unless the answer is a good one */
  call<T>(account: string, method: string, path: string, body?: unknown): Promise<T>;
  /** The secret of an account, of a service or a person. */
  secretOf(account: string): string;
  close(): Promise<void>;
}

/** Resolves when it says that it is ready. Nothing of it is shared with other specs, not even Kafka. */
export async function openCity(): Promise<City> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'citystreams-clients-'));
  const output: string[] = [];
  const child = spawn(process.execPath, LAUNCHER, {
    cwd: ROOT,
    env: {
      ...process.env,
      CITYSTREAMS_DATA: dataDirectory,
      CITYSTREAMS_JARS: join(ROOT, 'node_modules', '.cache', 'citystreams-jars'),
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void output.push(text));
  }
  // The launcher stops what it started.
  const interrupt = (): void => void child.kill('SIGINT');
  process.once('exit', interrupt);
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  const close = async (): Promise<void> => {
    process.off('exit', interrupt);
    interrupt();
    await exited;
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  const file = join(dataDirectory, 'stack.json');
  try {
    await waitUntil('the city is ready', () => existsSync(file) || ended, { timeoutMs: READY_WITHIN_MS });
    if (ended) throw new Error('the launcher ended before the city was ready');
  } catch (error) {
    await close();
    throw new Error(output.join('').slice(-3000), { cause: error });
  }
  const stack = StackFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const secretOf = (account: string): string => {
    const secret = stack.clients[account]?.secret ?? stack.people[account]?.clientSecret;
    if (secret === undefined) throw new Error(`the city has no account ${account}`);
    return secret;
  };
  return {
    stack,
    secretOf,
    async call<T>(account: string, method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${stack.gateway}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await tokenOf(stack.tokenEndpoint, account, secretOf(account))}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text) as T;
    },
    close,
  };
}

async function tokenOf(endpoint: string, account: string, secret: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: HTTP_AUDIENCE }),
  });
  if (!response.ok) throw new Error(`the issuer gave ${account} no token: ${response.status}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

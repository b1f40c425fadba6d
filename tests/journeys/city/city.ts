/** A whole stack as a person starts it: the launcher in a process of its own, with a data directory and ports of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type KafkaSettings, openTokenSource } from '@citystreams/kafka';
import { StackFile } from '@citystreams/contracts';
import { waitUntil } from '@citystreams/testing';
import { type CityProcess, PART, processesOf, signal, theProcess } from './processes.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const READY_WITHIN_MS = 120_000;

export interface Answer<T = unknown> {
  status: number;
  body: T;
}

export interface City {
  readonly dataDirectory: string;
  readonly stack: StackFile;
  /** Process id of the launcher. */
  readonly launcher: number;
  /** What the launcher printed so far. */
  output(): string;
  /** As an account of stack.json, through the gateway. */
  call<T = unknown>(account: string, method: string, path: string, body?: unknown): Promise<Answer<T>>;
  kafkaAs(client: string): KafkaSettings;
  process(part: keyof typeof PART): CityProcess;
  /** PostgreSQL is several processes; everything else is one. */
  processes(part: keyof typeof PART): CityProcess[];
  kill9(part: keyof typeof PART): void;
  /** Ctrl-C; resolves to how long it took and with which code it ended. */
  stop(): Promise<{ ms: number; code: number | null }>;
  /** kill -9 of the launcher alone. */
  kill9Launcher(): void;
  leftovers(): CityProcess[];
  /** Stops what still runs and removes the data. */
  dispose(): Promise<void>;
}

export interface CityOptions {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  dataDirectory?: string;
  /** The repository to start from; another one has other files. */
  root?: string;
  /** Lets the launcher find its own way to Kafka and PostgreSQL, instead of jars and binaries. */
  anyWay?: boolean;
  /** Puts Kafka's folder of the data directory on a small disk of its own. */
  kafkaDisk?: { megabytes: number };
}

export function newDataDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'citystreams-journey-'));
}

export interface LauncherEnd {
  code: number | null;
  output: string;
}

/** Starts the launcher and waits until it ends by itself: for starts that must fail. */
export async function launcherEnds(options: CityOptions): Promise<LauncherEnd> {
  const dataDirectory = options.dataDirectory ?? newDataDirectory();
  const launcher = launch(dataDirectory, options);
  const code = await launcher.ended;
  return { code, output: launcher.output() };
}

export async function openCity(options: CityOptions = {}): Promise<City> {
  const dataDirectory = options.dataDirectory ?? newDataDirectory();
  const launcher = launch(dataDirectory, options);
  let ended = false;
  void launcher.ended.then(() => (ended = true));
  const file = join(dataDirectory, 'stack.json');
  await waitUntil('the stack is ready', () => existsSync(file) || ended, { timeoutMs: READY_WITHIN_MS });
  if (ended) throw new Error(`the launcher ended before it was ready:\n${launcher.output()}`);
  const stack = StackFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const tokens = new Map<string, ReturnType<typeof openTokenSource>>();

  const secretOf = (account: string): string => {
    const secret = stack.clients[account]?.secret ?? stack.people[account]?.clientSecret;
    if (secret === undefined) throw new Error(`the stack has no account ${account}`);
    return secret;
  };
  const tokensFor = (account: string, audience: string) => {
    const name = `${account} ${audience}`;
    const held =
      tokens.get(name) ??
      openTokenSource({
        tokenEndpoint: stack.tokenEndpoint,
        clientId: account,
        clientSecret: secretOf(account),
        audience,
      });
    tokens.set(name, held);
    return held;
  };

  return {
    dataDirectory,
    stack,
    launcher: launcher.pid,
    output: launcher.output,
    async call<T>(account: string, method: string, path: string, body?: unknown): Promise<Answer<T>> {
      const response = await fetch(`${stack.gateway}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await tokensFor(account, stack.httpAudience).token()}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as T };
    },
    kafkaAs: (client) => ({
      brokers: stack.kafka.bootstrapServers.split(','),
      clientId: client,
      securityProtocol: 'SASL_PLAINTEXT',
      auth: { kind: 'token', tokens: tokensFor(client, stack.kafkaAudience) },
    }),
    process: (part) => theProcess(dataDirectory, PART[part]),
    processes: (part) =>
      processesOf(dataDirectory).filter((p) =>
        part === 'postgres' ? /postgres/.test(p.command) : PART[part].test(p.command),
      ),
    kill9: (part) => signal([theProcess(dataDirectory, PART[part])], 'SIGKILL'),
    async stop() {
      const from = performance.now();
      launcher.interrupt();
      const code = await launcher.ended;
      return { ms: performance.now() - from, code };
    },
    kill9Launcher: () => launcher.kill9(),
    leftovers: () => processesOf(dataDirectory),
    async dispose() {
      for (const source of tokens.values()) source.close();
      if (!ended) launcher.interrupt();
      await launcher.ended;
      signal(processesOf(dataDirectory), 'SIGKILL');
      await waitUntil('every process is gone', () => processesOf(dataDirectory).length === 0, { timeoutMs: 15_000 });
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

function launch(dataDirectory: string, { args = [], env = {}, root = ROOT, anyWay = false, kafkaDisk }: CityOptions) {
  const chunks: string[] = [];
  const command = [process.execPath, join(root, 'tools/stack/dist/main.js'), ...(anyWay ? [] : LOCAL_WAYS), ...args];
  const [file = '', ...rest] =
    kafkaDisk === undefined ? command : onSmallDisk(join(dataDirectory, 'kafka'), kafkaDisk.megabytes, command);
  const child = spawn(file, rest, {
    cwd: root,
    env: {
      ...withoutColour(process.env),
      CITYSTREAMS_DATA: dataDirectory,
      CITYSTREAMS_JARS: join(ROOT, 'node_modules/.cache/citystreams-jars'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal gives it.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
  return {
    ended,
    pid: child.pid ?? 0,
    output: () => chunks.join(''),
    interrupt: () => child.kill('SIGINT'),
    kill9: () => child.kill('SIGKILL'),
  };
}

/** What is printed is read by the tests; a runner that asks for colours asks for its own. */
function withoutColour(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const plain: NodeJS.ProcessEnv = { ...env, NO_COLOR: '1' };
  delete plain['FORCE_COLOR'];
  return plain;
}

const LOCAL_WAYS = ['--kafka', 'local', '--postgres', 'local'];

/** A mount of the process's own: it needs no right that a normal user lacks, and is gone with the process. */
function onSmallDisk(folder: string, megabytes: number, command: readonly string[]): string[] {
  const mount = `mkdir -p "$1" && mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && shift && exec "$@"`;
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return ['unshare', ...asRoot, '--mount', 'sh', '-c', mount, 'sh', folder, ...command];
}

/** Fails with what the service said, so that a test that does not get on says why. */
export function expectStatus<T>(answer: Answer<T>, status: number): T {
  if (answer.status !== status)
    throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

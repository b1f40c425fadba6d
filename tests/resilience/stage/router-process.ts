/** A router as it really runs: its built entry point in a process of its own, told everything through its environment. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HTTP_AUDIENCE, KAFKA_AUDIENCE } from '@citystreams/contracts';
import {
  type ChildExit,
  type GuardedChild,
  leasePort,
  secretOf,
  startChild,
  writeFileAtomically,
} from '@citystreams/stack';
import { waitUntil } from '@citystreams/testing';
import { builtApp, ROOT } from '../world/files.js';
import type { World } from '../world/world.js';

export interface RouterProcess {
  readonly slot: string;
  readonly pid: number;
  /** Null while it runs. */
  readonly exit: ChildExit | null;
  readonly exited: Promise<ChildExit>;
  log(): string;
  /** What `/readyz` says; null when nothing answers. */
  ready(): Promise<{ ok: boolean; text: string } | null>;
  kill9(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** To a module of `preload/`. */
  signal(name: 'SIGUSR2'): void;
  /** SIGTERM; resolves to how it ended and how long that took. */
  drain(): Promise<{ exit: ChildExit; ms: number }>;
  /** Addresses its open connections lead to. */
  peers(): string[];
  /** Processor time it has used so far, in milliseconds. */
  cpuMs(): number;
  /** However it ends: at most a moment. */
  dispose(): Promise<void>;
}

export interface RouterOptions {
  readonly slot?: string;
  /** Modules of `preload/` that are loaded before the router: faults that come from inside the process, such as a jumping clock. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Put in front of the command. */
  readonly wrapper?: readonly string[];
}

const DRAIN_MS = 30_000;
const TICK_MS = 10;
let count = 0;

export async function startRouter(world: World, o: RouterOptions = {}): Promise<RouterProcess> {
  const slot = o.slot ?? '0';
  const lease = await leasePort({ name: 'a router' });
  const logFile = join(world.directory, 'logs', `router-${++count}.log`);
  const child = await startChild({
    command: process.execPath,
    args: [
      '--enable-source-maps',
      ...(o.preload ?? []).flatMap((module) => ['--import', preloadOf(module)]),
      builtApp('router'),
    ],
    logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGKILL',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: String(lease.port),
      OIDC_ISSUER: world.issuer.url,
      HTTP_AUDIENCE,
      KAFKA_AUDIENCE,
      KAFKA_BROKERS: world.proxy.addresses.join(','),
      CLIENT_ID: 'citystreams.router',
      CLIENT_SECRET: world.issuer.secretOf('citystreams.router'),
      ROUTER_SLOT: slot,
      MASK_KEY_FILE: maskKeyFile(world),
      // The shortest that brokers take: how long the partitions of a frozen router stay its own.
      SESSION_TIMEOUT_MS: '6000',
      ...o.env,
    },
    ...(o.wrapper !== undefined && { wrapper: o.wrapper }),
  });
  let exit: ChildExit | null = null;
  void child.exited.then((how) => {
    exit = how;
    lease.release();
  });
  const send = (name: NodeJS.Signals): void => void (exit === null && process.kill(child.pid, name));
  return {
    slot,
    pid: child.pid,
    get exit() {
      return exit;
    },
    exited: child.exited,
    log: () => readFileSync(logFile, 'utf8'),
    ready: () => readiness(lease.port),
    async kill9() {
      send('SIGKILL');
      await child.exited;
    },
    freeze: () => send('SIGSTOP'),
    thaw: () => send('SIGCONT'),
    signal: send,
    async drain() {
      const from = performance.now();
      send('SIGTERM');
      await waitUntil('the router ends when asked', () => exit !== null, { timeoutMs: DRAIN_MS });
      return { exit: await child.exited, ms: performance.now() - from };
    },
    peers: () => peersOf(child.pid),
    cpuMs: () => cpuOf(child.pid),
    dispose: () => disposeOf(child, send),
  };
}

/** Node runs TypeScript as it is: no build is needed, and none can be stale. */
const preloadOf = (module: string): string =>
  pathToFileURL(join(ROOT, 'tests', 'resilience', 'preload', `${module}.ts`)).href;

async function disposeOf(child: GuardedChild, send: (name: NodeJS.Signals) => void): Promise<void> {
  send('SIGCONT');
  await child.stop(5_000);
}

function maskKeyFile(world: World): string {
  const file = join(world.directory, 'secrets', 'mask-key');
  if (!existsSync(file)) {
    const key = Buffer.from(secretOf(world.directory, 'mask-seed')).toString('hex');
    writeFileAtomically(file, key);
  }
  return file;
}

async function readiness(port: number): Promise<{ ok: boolean; text: string } | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(3_000) });
    return { ok: answer.ok, text: await answer.text() };
  } catch {
    return null;
  }
}

function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Established TCP connections of a process: its socket numbers, looked up in the kernel's table. */
function peersOf(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  const ESTABLISHED = '01';
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((f) => f[3] === ESTABLISHED && sockets.has(f[9] ?? ''))
      .map((f) => `127.0.0.1:${Number.parseInt(f[2]?.split(':')[1] ?? '0', 16)}`),
  );
}

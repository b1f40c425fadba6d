import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PortLease, leasePort } from '../ports/port-lease.js';
import type { ChildExit, GuardedChild } from './child-process.js';
import { type ServerKind, superviseServer } from './supervised-server.js';

interface Process extends GuardedChild {
  end(exit: ChildExit): void;
}
type Ports = { readonly main: PortLease };

let started: Process[];
let running: Set<Process>;
const logFile = join(mkdtempSync(join(tmpdir(), 'supervised-')), 'server.log');
const SIGKILLED = { code: null, signal: 'SIGKILL' } as const;
const FAILED = { code: 1, signal: null } as const;

beforeEach(() => {
  started = [];
  running = new Set();
  writeFileSync(logFile, '');
});

function startProcess(): Process {
  let settle: (exit: ChildExit) => void;
  const exited = new Promise<ChildExit>((resolve) => (settle = resolve));
  const end = (exit: ChildExit): void => {
    running.delete(process);
    settle(exit);
  };
  const process: Process = { pid: 1, exited, end, stop: async () => end({ code: 0, signal: null }) };
  started.push(process);
  running.add(process);
  return process;
}

const supervise = (kind: Partial<ServerKind<Ports>> = {}) =>
  superviseServer<Ports>(
    {
      title: 'Kafka',
      logFile,
      startMs: 5_000,
      stopMs: 100,
      tellingLine: /ERROR/,
      lease: async () => ({ main: await leasePort({ name: 'Kafka' }) }),
      start: async () => startProcess(),
      answers: async () => running.size > 0,
      ...kind,
    },
    () => undefined,
  );

describe('a server of ours', () => {
  test('that ends by itself is reported, and comes back on the same port', async () => {
    const server = await supervise();
    const { port } = server.ports.main;
    const told = new Promise<string>((resolve) => server.onExit(resolve));
    started[0]?.end(SIGKILLED);
    expect(await told).toBe('Kafka ended (SIGKILL)');
    await server.restart();
    expect(running.size).toBe(1);
    expect(server.ports.main.port).toBe(port);
    await server.stop();
  });

  test('that is stopped is not reported, and stays stopped', async () => {
    const server = await supervise();
    const told: string[] = [];
    server.onExit((why) => told.push(why));
    await server.stop();
    await server.stop();
    expect(told).toEqual([]);
    await expect(server.restart()).rejects.toMatchObject({ code: 'DID_NOT_START' });
    expect(running.size).toBe(0);
  });

  test('is restarted once when asked twice', async () => {
    const server = await supervise();
    await Promise.all([server.restart(), server.restart()]);
    expect(started).toHaveLength(2);
    expect(running.size).toBe(1);
    await server.stop();
  });

  test('leaves nothing running when it is stopped while it restarts', async () => {
    const server = await supervise();
    const restart = server.restart();
    await Promise.all([server.stop(), expect(restart).rejects.toMatchObject({ code: 'DID_NOT_START' })]);
    expect(running.size).toBe(0);
  });

  test('that cannot start says what its log says', async () => {
    const start = async (): Promise<Process> => {
      writeFileSync(logFile, 'INFO fine\nERROR no space left\n');
      const process = startProcess();
      process.end(FAILED);
      return process;
    };
    const opening = supervise({ start, answers: async () => false });
    await expect(opening).rejects.toMatchObject({ code: 'DID_NOT_START' });
    await expect(opening).rejects.toThrow(/exit code 1[^]*ERROR no space left/);
    await expect(opening).rejects.not.toThrow(/INFO/);
  });

  test('that lost its port between our look and its own takes another one', async () => {
    const thieves: ReturnType<typeof createServer>[] = [];
    const start = async ({ main }: Ports): Promise<Process> => {
      const process = startProcess();
      if (started.length > 1) return process;
      await new Promise<void>((resolve) =>
        thieves.push(createServer().listen(main.port, '127.0.0.1', () => resolve())),
      );
      process.end(FAILED);
      return process;
    };
    const server = await supervise({ start });
    expect(started).toHaveLength(2);
    await server.stop();
    for (const thief of thieves) thief.close();
  });

  test('tries again while a killed predecessor is still ending', async () => {
    const start = async (): Promise<Process> => {
      const process = startProcess();
      if (started.length < 3) process.end(FAILED);
      return process;
    };
    const server = await supervise({ start, mayRetry: () => true });
    expect(started).toHaveLength(3);
    await server.stop();
  });
});

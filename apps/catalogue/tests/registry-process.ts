/** An open registry as a process of its own, which can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FreshDatabase } from '@citystreams/testing';
import { openSettings } from './open-registry.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface RegistryProcess {
  url: string;
  pid: number;
  /** Without a warning, as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Resolves when it listens. */
export async function startRegistryProcess(database: FreshDatabase): Promise<RegistryProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    env: { ...openSettings(database), LOG_LEVEL: 'info', REGISTRY: 'open' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const address = (JSON.parse(line) as { address?: string }).address;
    if (address === undefined) continue;
    child.stdout.resume();
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      child.kill(signal);
      await ended;
    };
    return {
      url: address.replace('[::1]', '127.0.0.1'),
      pid: child.pid ?? 0,
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
    };
  }
  throw new Error(`the registry ended before it listened:\n${lines.join('\n')}`);
}

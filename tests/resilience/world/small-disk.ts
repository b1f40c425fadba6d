/**
 * A small disk for one broker: a tmpfs in a mount namespace of its own, so that it needs no right a normal user lacks and
 * is gone with the process that holds it. The broker is started into that namespace, again and again on the same data.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '@citystreams/stack';
import { waitUntil } from '@citystreams/testing';

export interface SmallDisk {
  /** Put in front of a command that is to see the disk. */
  readonly wrapper: readonly string[];
  /** Takes what is left of it. Returns how to give it back. */
  fill(): () => void;
  close(): Promise<void>;
}

const AS_ROOT = process.getuid?.() === 0;

export async function openSmallDisk(folder: string, megabytes: number, logFile: string): Promise<SmallDisk> {
  mkdirSync(folder, { recursive: true });
  const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && exec sleep infinity`;
  const holder = await startChild({
    command: 'sh',
    args: ['-c', mount, 'sh', folder],
    logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGKILL',
    wrapper: ['unshare', ...(AS_ROOT ? [] : ['--user', '--map-root-user']), '--mount'],
  });
  const mounts = `/proc/${holder.pid}/mounts`;
  await waitUntil('the small disk is mounted', () => readFileSync(mounts, 'utf8').includes(` ${folder} tmpfs`));
  return {
    wrapper: ['nsenter', `--target=${holder.pid}`, '--mount', ...(AS_ROOT ? [] : ['--user', '--preserve-credentials'])],
    fill() {
      const file = join(`/proc/${holder.pid}/root`, folder, 'filler');
      fillUp(file);
      return () => rmSync(file, { force: true });
    },
    close: () => holder.stop(0),
  };
}

/** Until nothing more goes in: Kafka writes too meanwhile, so how much that is cannot be known before. */
function fillUp(file: string): void {
  const chunk = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      appendFileSync(file, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}

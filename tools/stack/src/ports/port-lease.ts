/**
 * Ports that no other stack of this machine takes between our looking and our child's binding: besides the trial bind
 * there is a lock file per port, held as long as this process lives.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { claimFile } from '../platform/data-directory.js';

export interface PortRequest {
  /** Who wants it, for the error: `gateway`. */
  readonly name: string;
  /** The usual port; without one, any free port. */
  readonly preferred?: number;
  /** Somebody asked for exactly this port: in use is then an error. */
  readonly asked?: boolean;
}

export interface PortLease {
  readonly port: number;
  readonly preferred: number | undefined;
  /** The usual port was taken, so another is used: say so. */
  readonly moved: boolean;
  /** Lets other stacks have it. Idempotent. */
  release(): void;
}

export class PortInUse extends Error {
  readonly code = 'PORT_IN_USE';
  constructor(
    readonly who: string,
    readonly port: number,
  ) {
    super(`port ${port}, asked for by ${who}, is in use: stop what listens there or choose another port`);
  }
}

const HOST = '127.0.0.1';
/** Where "any free port" looks: below the range the kernel gives to outgoing connections. */
const ANY = { from: 20_000, size: 10_000 };

/** @throws PortInUse if the port was asked for and is in use, or nothing is free. */
export async function leasePort(request: PortRequest): Promise<PortLease> {
  const { name, preferred, asked } = request;
  const first = preferred ?? ANY.from + Math.floor(Math.random() * ANY.size);
  const attempts = asked ? 1 : 500;
  for (let n = 0; n < attempts; n += 1) {
    const port = preferred === undefined ? ANY.from + ((first - ANY.from + n) % ANY.size) : first + n;
    if (port > 65_535) break;
    const release = await tryPort(port);
    if (release) return { port, preferred, moved: preferred !== undefined && port !== preferred, release };
  }
  throw new PortInUse(name, first);
}

async function tryPort(port: number): Promise<(() => void) | undefined> {
  const folder = join(tmpdir(), `citystreams-ports-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, String(port));
  try {
    claimFile(file, () => new PortInUse('another stack', port));
  } catch (error) {
    if (error instanceof PortInUse) return undefined;
    throw error;
  }
  const release = (): void => rmSync(file, { force: true });
  if (await canBind(port)) return release;
  release();
  return undefined;
}

/** Whether a server could listen on this port of the loopback address now. */
export function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

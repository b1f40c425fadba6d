/** The development issuer as the process that it is: started by path, because tests import no app. */
import { join } from 'node:path';
import { type GuardedChild, startChild } from '@citystreams/stack';
import { ROOT } from '../paths.js';
import { until } from './until.js';

const PATIENCE_MS = 30_000;

export async function startIssuer(o: {
  directory: string;
  issuer: string;
  port: number;
  accountsFile: string;
  keysFile: string;
}): Promise<GuardedChild> {
  const child = await startChild({
    command: process.execPath,
    args: ['--enable-source-maps', join(ROOT, 'apps', 'identity', 'dist', 'main.js')],
    logFile: join(o.directory, 'logs', 'identity.log'),
    stopSignal: 'SIGTERM',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: String(o.port),
      ISSUER_URL: o.issuer,
      ACCOUNTS_FILE: o.accountsFile,
      KEYS_FILE: o.keysFile,
    },
  });
  try {
    const discovery = `${o.issuer}/.well-known/openid-configuration`;
    await until('the issuer answers', PATIENCE_MS, async () => {
      const answer = await fetch(discovery).catch(() => null);
      return answer?.ok === true;
    });
    return child;
  } catch (error) {
    await child.stop(0);
    throw error;
  }
}

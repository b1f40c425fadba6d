/** The development issuer, as the process it is in the local stack: started by path, because no library imports an app. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type IssuerFiles, startChild } from '@citystreams/stack';
import { waitUntil } from './wait-until.js';
import type { PartsOptions } from './parts.js';

export async function startIssuer(
  o: PartsOptions & Pick<IssuerFiles, 'accountsFile' | 'keysFile'> & { readonly port: number },
): Promise<{ close(): Promise<void> }> {
  const main = join(o.root, 'apps', 'identity', 'dist', 'main.js');
  if (!existsSync(main))
    throw new Error('the issuer is not built: npm test builds first, or run node tools/bootstrap.mjs --build');
  const logFile = join(o.directory, 'logs', 'identity.log');
  const child = await startChild({
    command: process.execPath,
    args: ['--enable-source-maps', main],
    logFile,
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
  let ended = false;
  void child.exited.then(() => (ended = true));
  const answers = async (): Promise<boolean> =>
    ended || (await fetch(`${o.issuer}/.well-known/openid-configuration`)).ok;
  try {
    await waitUntil('the issuer answers', answers, { timeoutMs: 30_000 });
    if (ended) throw new Error(`the issuer ended at once: ${logFile}`);
  } catch (error) {
    await child.stop(0);
    throw error;
  }
  return { close: () => child.stop(5_000) };
}

/** The development issuer as a process that can be stopped and started, and whose tokens can be made short-lived. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IssuerAccounts, type PlatformPrincipal } from '@citystreams/contracts';
import { type GuardedChild, type IssuerFiles, startChild, writeFileAtomically } from '@citystreams/stack';
import { waitUntil } from '@citystreams/testing';
import { builtApp } from './files.js';

export interface Issuer {
  readonly url: string;
  readonly pid: number | null;
  secretOf(principal: PlatformPrincipal): string;
  /** Life of the tokens it gives to this account from now on. */
  setTokenSeconds(principal: PlatformPrincipal, seconds: number): void;
  answers(): Promise<boolean>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function issuerProcess(directory: string, port: number, files: IssuerFiles): Issuer {
  const url = `http://127.0.0.1:${port}`;
  let child: GuardedChild | null = null;
  const answers = async (): Promise<boolean> => {
    try {
      return (await fetch(`${url}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(1_000) })).ok;
    } catch {
      return false;
    }
  };
  const accounts = (): IssuerAccounts => IssuerAccounts.parse(JSON.parse(readFileSync(files.accountsFile, 'utf8')));
  const accountOf = (all: IssuerAccounts, principal: string) => {
    const account = all.clients[principal];
    if (account === undefined) throw new Error(`the issuer has no account ${principal}`);
    return account;
  };
  return {
    url,
    get pid() {
      return child?.pid ?? null;
    },
    secretOf: (principal) => accountOf(accounts(), principal).secret,
    setTokenSeconds(principal, seconds) {
      const all = accounts();
      accountOf(all, principal).tokenSeconds = seconds;
      writeFileAtomically(files.accountsFile, JSON.stringify(all));
    },
    answers,
    async start() {
      child = await startChild({
        command: process.execPath,
        args: [builtApp('identity')],
        logFile: join(directory, 'logs', 'identity.log'),
        stopSignal: 'SIGTERM',
        deathSignal: 'SIGKILL',
        env: {
          PATH: process.env['PATH'] ?? '',
          HOST: '127.0.0.1',
          PORT: String(port),
          ISSUER_URL: url,
          ACCOUNTS_FILE: files.accountsFile,
          KEYS_FILE: files.keysFile,
        },
      });
      await waitUntil('the issuer answers', answers, { timeoutMs: 60_000, intervalMs: 100 });
    },
    async stop() {
      await child?.stop(3_000);
      child = null;
    },
  };
}

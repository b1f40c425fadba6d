/** The service as the process it is, so that it can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HTTP_AUDIENCE, KAFKA_AUDIENCE } from '@citystreams/contracts';
import { type FreshDatabase, patience, stack, waitUntil } from '@citystreams/testing';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface RunningSubscriptions {
  url: string;
  /** Every line it wrote. */
  readonly log: readonly string[];
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** What it says is the time in the service; while there is none, the machine's clock counts. */
export const clockFileIn = (policyDir: string): string => join(policyDir, 'now');

/** What the service keeps outside the database, for every replica and restart of one city. */
export const stateDirIn = (policyDir: string): string => join(policyDir, 'state');

/** The folder and the file with the key that signs heads; made when missing. */
function prepareState(policyDir: string): { stateDir: string; keyFile: string } {
  const stateDir = stateDirIn(policyDir);
  mkdirSync(stateDir, { recursive: true });
  const keyFile = join(stateDir, 'audit-key');
  if (!existsSync(keyFile)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  return { stateDir, keyFile };
}

/** Resolves when it says that it is ready. */
export async function startSubscriptions(policyDir: string, database: FreshDatabase): Promise<RunningSubscriptions> {
  const [own, enforcement] = await Promise.all(
    ['citystreams.subscriptions', 'citystreams.enforcement'].map((name) =>
      stack().account(name, { agency: 'citystreams', roles: ['service'] }),
    ),
  );
  const { stateDir, keyFile } = prepareState(policyDir);
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      OIDC_ISSUER: stack().issuer,
      HTTP_AUDIENCE,
      KAFKA_AUDIENCE,
      KAFKA_BROKERS: stack().kafka.brokers.join(','),
      CLIENT_ID: own?.clientId,
      CLIENT_SECRET: own?.clientSecret,
      ENFORCEMENT_CLIENT_ID: enforcement?.clientId,
      ENFORCEMENT_CLIENT_SECRET: enforcement?.clientSecret,
      DATABASE_URL: database.services.subscriptions.url,
      DATABASE_OWNER_URL: database.services.subscriptions.ownerUrl,
      POLICY_DIR: policyDir,
      AUDIT_SIGNING_KEY_FILE: keyFile,
      AUDIT_HEAD_SECONDS: '1',
      STATE_DIR: stateDir,
      CLOCK_FILE: clockFileIn(policyDir),
    },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const log = linesOf(child);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  // A spec that ends early leaves no process.
  process.once('exit', () => child.kill('SIGKILL'));
  let url = '';
  try {
    url = await addressIn(log, child);
    await waitUntil('the service is ready', async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 30_000 });
  } catch (error) {
    await end('SIGKILL');
    throw new Error(log.join('\n'), { cause: error });
  }
  return {
    url,
    log,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  return lines;
}

async function addressIn(log: readonly string[], child: ChildProcess): Promise<string> {
  let address: string | undefined;
  await waitUntil(
    'the service listens',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${log.join('\n')}`);
      address = log.map((line) => /"address":"([^"]+)"/.exec(line)?.[1]).find((found) => found !== undefined);
      return address !== undefined;
    },
    { timeoutMs: patience(30_000) },
  );
  return address ?? '';
}

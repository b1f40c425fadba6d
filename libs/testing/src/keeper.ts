/**
 * The process that holds the test stack. Apart from Jest's own, so that it notices when Jest is gone, killed with -9 or
 * not, and then stops everything.
 *
 *   node libs/testing/dist/keeper.js      by hand: keeps a stack for many runs, until Ctrl-C
 */
import { join } from 'node:path';
import { writeFileAtomically } from '@citystreams/stack';
import { STACK_FILE_VARIABLE } from './stack-record.js';
import { type RunningTestStack, openTestStack } from './test-stack.js';

export type KeeperMessage =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'ready'; readonly file: string }
  | { readonly kind: 'failed'; readonly text: string };

function tell(message: KeeperMessage): void {
  if (process.send) {
    if (process.connected) process.send(message);
  } else if (message.kind === 'ready') {
    process.stdout.write(`ready. In another terminal: export ${STACK_FILE_VARIABLE}=${message.file}\n`);
  } else process.stdout.write(`${message.text}\n`);
}

function wayAsked(): 'docker' | 'local' | undefined {
  const way = process.env['CITYSTREAMS_TEST_STACK'];
  if (way === undefined || way === '' || way === 'docker' || way === 'local') return way || undefined;
  throw new Error(`CITYSTREAMS_TEST_STACK is "${way}": docker or local`);
}

// Testcontainers: its reaper image is not needed where this process does the tidying, and published ports are on loopback.
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';

let opening: Promise<RunningTestStack> | undefined;
let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  const stack = await opening?.catch(() => undefined);
  await stack?.close();
  process.exit(process.exitCode ?? 0);
}

for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'] as const) process.on(event, () => void stop());

async function main(): Promise<void> {
  const began = Date.now();
  opening = openTestStack({ way: wayAsked(), say: (text) => tell({ kind: 'line', text }) });
  const { record, way } = await opening;
  const file = join(record.directory, 'stack.json');
  writeFileAtomically(file, JSON.stringify(record));
  const how = way === 'docker' ? 'in containers' : 'as local processes';
  const took = ((Date.now() - began) / 1000).toFixed(1);
  tell({
    kind: 'line',
    text: `test stack: Kafka ${record.kafka.brokers.join(', ')} and PostgreSQL ${how}, ready after ${took} s`,
  });
  tell({ kind: 'ready', file });
}

main().catch(async (error: unknown) => {
  tell({ kind: 'failed', text: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  await stop();
});

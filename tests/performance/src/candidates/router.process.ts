/** Our router as the process that a city runs, fed over its control topics. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROL_TOPICS, KAFKA_AUDIENCE, HTTP_AUDIENCE, ViewStatusMessage } from '@citystreams/contracts';
import { openFollower } from '@citystreams/kafka';
import { type GuardedChild, leasePort, startChild } from '@citystreams/stack';
import { openProgress } from '../measuring/progress.js';
import { ROOT } from '../paths.js';
import type { Stand } from '../stand/stand.js';
import { makeTopics } from '../stand/topics.js';
import { until } from '../stand/until.js';
import { announce } from '../workload/announcement.js';
import { type BenchView, MASK_SECRET, PARTITIONS, SOURCE_SCHEMA_ID, STREAM, topicOf } from '../workload/workload.js';
import type { Candidate, Task } from './candidate.js';

/** Holds the positions of everything that is read together: the views are in it once they have caught up. */
const SHARED_GROUP = 'citystreams.router.shared';
const RUNNING_MS = 120_000;
const GRACE_MS = 20_000;

export interface RouterProcessOptions {
  /** Slots, one process each. */
  readonly slots?: readonly string[];
  /** Settings of the router that are tried out. */
  readonly env?: Readonly<Record<string, string>>;
}

export function routerProcess({ slots = ['0'], env = {} }: RouterProcessOptions = {}): Candidate {
  return {
    name: slots.length === 1 ? 'router' : `router-${slots.length}`,
    topicOf,
    /** Takes the views up from an empty source and stops: what is measured is then the ordinary run after a restart. */
    async prepare(task) {
      await makeTopics(task.stand, task.views.map(topicOf), task.size);
      await announce(task.stand, [{ stream: STREAM, schemaId: SOURCE_SCHEMA_ID }], task.views);
      const child = await startRouter(task.stand, '0', env);
      try {
        await untilRunning(task.stand, task.views, child);
        await untilRead(task);
      } finally {
        await child.stop(GRACE_MS);
      }
    },
    async start(task) {
      const processes: GuardedChild[] = [];
      for (const slot of slots) processes.push(await startRouter(task.stand, slot, envOf(task, env)));
      return {
        processes,
        groups: [SHARED_GROUP],
        logFiles: slots.map((slot) => task.stand.logFile(`router-${slot}`)),
      };
    },
  } satisfies Candidate;
}

const envOf = (task: Task, env: Readonly<Record<string, string>>): Record<string, string> => ({
  COMMIT_INTERVAL_MS: String(task.commitMs),
  VIEW_COMPRESSION: task.codec,
  ...env,
});

export async function startRouter(
  stand: Stand,
  slot: string,
  env: Readonly<Record<string, string>> = {},
): Promise<GuardedChild> {
  const maskFile = join(stand.directory, 'secrets', 'mask');
  writeFileSync(maskFile, MASK_SECRET, { mode: 0o600 });
  const lease = await leasePort({ name: 'the router' });
  const child = await startChild({
    command: process.execPath,
    args: ['--enable-source-maps', join(ROOT, 'apps', 'router', 'dist', 'main.js')],
    logFile: stand.logFile(`router-${slot}`),
    stopSignal: 'SIGTERM',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: String(lease.port),
      OIDC_ISSUER: stand.issuer,
      HTTP_AUDIENCE,
      KAFKA_AUDIENCE,
      KAFKA_BROKERS: stand.brokers,
      KAFKA_SECURITY_PROTOCOL: stand.securityProtocol,
      ...(stand.caFile !== undefined && { KAFKA_CA_FILE: stand.caFile }),
      CLIENT_ID: stand.router.clientId,
      CLIENT_SECRET_FILE: stand.router.secretFile,
      MASK_KEY_FILE: maskFile,
      ROUTER_SLOT: slot,
      ...env,
    },
  });
  void child.exited.then(() => lease.release());
  return child;
}

/** Resolves when every partition of every view is reported running, and read together with the others. */
export async function untilRunning(stand: Stand, views: readonly BenchView[], child: GuardedChild): Promise<void> {
  let ended = false;
  void child.exited.then(() => (ended = true));
  const waiting = new Set(views.flatMap(({ id }) => Array.from({ length: PARTITIONS }, (_, p) => `${id}/${p}`)));
  const follower = openFollower(stand.internal, {
    topic: CONTROL_TOPICS.viewStatus,
    onRecord: ({ value }) => {
      const status = value === null ? null : ViewStatusMessage.parse(JSON.parse(value.toString('utf8')));
      if (status?.state === 'running' && status.reading === 'shared')
        waiting.delete(`${status.view}/${status.partition}`);
    },
  });
  try {
    await until('the router runs every view', RUNNING_MS, () => ended || waiting.size === 0);
    if (ended) throw new Error('the router ended by itself');
  } finally {
    await follower.close();
  }
}

/** Resolves when what the source holds by now is committed: positions are reported too seldom to say so. */
async function untilRead(task: Task): Promise<void> {
  const { stand, source } = task;
  const ends = await stand.admin.offsets(source);
  const total = [...ends.values()].reduce((sum, { latest }) => sum + Number(latest), 0);
  await until('the router has read what there is', RUNNING_MS, async () => {
    const progress = await openProgress(stand, source, [SHARED_GROUP]);
    try {
      return (await progress.committed()) >= total;
    } finally {
      await progress.close();
    }
  });
}

/** The Java programs in `peers/`: built once by Maven, told what to do by a job file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GuardedChild, startChild } from '@citystreams/stack';
import { HERE } from '../paths.js';
import type { Stand } from '../stand/stand.js';
import { type BenchView, SOURCE_SCHEMA_ID, sourceSchema } from '../workload/workload.js';

export type Role = 'generate' | 'streams' | 'plain' | 'copy' | 'dump' | 'probe';

export interface Job {
  readonly source: string;
  readonly group: string;
  readonly commitMs: number;
  readonly views: readonly { readonly view: BenchView; readonly topic: string }[];
  /** Settings of Kafka's clients; `consumer.` and `producer.` in front say whose. */
  readonly tuning: Readonly<Record<string, string | number>>;
  readonly role: Readonly<Record<string, number>>;
}

/** JVM of the peers: heap as a service of this kind would get, everything else Java's own choice. */
export const PEER_JVM = ['-Xms1g', '-Xmx1g'] as const;

export async function startJava(
  stand: Stand,
  name: string,
  role: Role,
  job: Job,
  jvm: readonly string[] = PEER_JVM,
): Promise<{ child: GuardedChild; logFile: string }> {
  const target = join(HERE, 'peers', 'target');
  if (!existsSync(join(target, 'peers.jar'))) throw new Error('the peers are not built: npm run bench builds them');
  const jobFile = join(stand.directory, 'jobs', `${name}.json`);
  mkdirSync(dirname(jobFile), { recursive: true, mode: 0o700 });
  writeFileSync(jobFile, JSON.stringify(jobText(stand, job)), { mode: 0o600 });
  const logFile = stand.logFile(name);
  const child = await startChild({
    command: 'java',
    args: [
      ...jvm,
      `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${stand.tokenEndpoint}`,
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      `-Djava.io.tmpdir=${stand.directory}`,
      '-cp',
      [join(target, 'peers.jar'), join(target, 'lib', '*')].join(':'),
      'city.citystreams.peers.Main',
      role,
      jobFile,
    ],
    logFile,
    stopSignal: 'SIGTERM',
  });
  return { child, logFile };
}

/** Runs one to its end. @returns the JSON of its last line */
export async function runJava<T>(stand: Stand, name: string, role: Role, job: Job): Promise<T> {
  const { child, logFile } = await startJava(stand, name, role, job);
  const { code } = await child.exited;
  const log = readFileSync(logFile, 'utf8').trimEnd();
  if (code !== 0) throw new Error(`${name} failed:\n${log.slice(-2_000)}`);
  return JSON.parse(log.slice(log.lastIndexOf('\n') + 1)) as T;
}

const jobText = (stand: Stand, job: Job): object => ({
  brokers: stand.brokers,
  securityProtocol: stand.securityProtocol,
  caFile: stand.caFile ?? null,
  tokenEndpoint: stand.tokenEndpoint,
  clientId: stand.peers.clientId,
  clientSecret: stand.peers.clientSecret,
  source: job.source,
  sourceSchemaId: SOURCE_SCHEMA_ID,
  sourceSchema: sourceSchema(),
  group: job.group,
  commitMs: job.commitMs,
  views: job.views.map(({ view, topic }) => ({
    topic,
    schemaId: view.schemaId,
    schema: view.schema,
    maskKey: view.maskKey?.toString('hex') ?? '',
    definition: view.definition,
  })),
  tuning: job.tuning,
  role: job.role,
});

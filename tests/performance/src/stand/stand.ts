/** What every measurement stands on: one issuer, one broker with a heap as in production, the control topics, accounts. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IssuerAccounts, KAFKA_AUDIENCE } from '@citystreams/contracts';
import { type KafkaAdmin, type KafkaSettings, openAdmin } from '@citystreams/kafka';
import { bootstrapKafka, leasePort, openKafka, prepareIssuer, writeFileAtomically } from '@citystreams/stack';
import { ROOT } from '../paths.js';
import { makeCertificate } from './certificate.js';
import { startIssuer } from './issuer.js';

export interface Account {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The same secret, for programs that want it in a file. */
  readonly secretFile: string;
}

export interface Stand {
  /** Removed at the end, logs included unless they are asked to stay. */
  readonly directory: string;
  readonly brokers: string;
  /** Of everybody's listener. */
  readonly securityProtocol: 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** PEM; with SASL_SSL only. */
  readonly caFile?: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly brokerPid: number;
  /** Where the broker keeps its partitions. */
  readonly logDirectory: string;
  /** As the brokers' internal principal: prepares and watches, is never measured. */
  readonly internal: KafkaSettings;
  readonly admin: KafkaAdmin;
  readonly router: Account;
  readonly peers: Account;
  /** Where somebody's output goes. */
  logFile(name: string): string;
  close(): Promise<void>;
}

export const ROUTER = 'citystreams.router';
/** Generator, probe, and the programs that the router is compared with. */
const PEERS = 'bench.peers';
/** 1 GiB of heap and the JVM's own choices otherwise: what a broker that is measured should have. */
const BROKER_JVM = ['-Xms1g', '-Xmx1g'];
/** What topics no longer keep goes at once: a long measurement must not fill the disk. */
const BROKER_SETTINGS = { 'log.retention.check.interval.ms': 5_000, 'log.segment.delete.delay.ms': 1_000 };

export interface StandOptions {
  readonly say: (line: string) => void;
  readonly keepLogs: boolean;
  /** Everybody's listener with TLS. */
  readonly tls: boolean;
}

/** What is open, for a run that is ended from outside. */
const standing = new Set<() => Promise<void>>();

export async function closeStands(): Promise<void> {
  await Promise.all([...standing].map((close) => close()));
}

export async function openStand(o: StandOptions): Promise<Stand> {
  const directory = mkdtempSync(join(tmpdir(), 'citystreams-bench-'));
  const closers: (() => Promise<void>)[] = [
    async () => (o.keepLogs ? o.say(`logs stay in ${directory}`) : rmSync(directory, { recursive: true, force: true })),
  ];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
    standing.delete(close);
  };
  standing.add(close);
  try {
    const lease = await leasePort({ name: 'the issuer' });
    closers.push(async () => lease.release());
    const issuer = `http://127.0.0.1:${lease.port}`;
    const files = prepareIssuer(directory, []);
    const peersSecret = randomBytes(24).toString('base64url');
    const clients: IssuerAccounts['clients'] = {
      ...files.accounts.clients,
      [PEERS]: {
        secret: peersSecret,
        agency: 'bench',
        roles: ['service'],
        audiences: [KAFKA_AUDIENCE],
        tokenSeconds: 43_200,
      },
    };
    writeFileAtomically(files.accountsFile, JSON.stringify({ clients }));
    const account = (clientId: string): Account => {
      const folder = join(directory, 'secrets');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const secretFile = join(folder, clientId);
      const clientSecret = clients[clientId]?.secret ?? '';
      writeFileSync(secretFile, clientSecret, { mode: 0o600 });
      return { clientId, clientSecret, secretFile };
    };

    const issuing = await startIssuer({ directory, port: lease.port, issuer, ...files });
    closers.push(() => issuing.stop(5_000));
    const certificate = o.tls ? await makeCertificate(directory) : undefined;
    const kafka = await openKafka({
      dataDirectory: directory,
      way: 'local',
      issuer,
      audience: KAFKA_AUDIENCE,
      jwksFile: files.jwksFile,
      // Shared with the local stack: fetched once for this clone.
      jarsDirectory: join(ROOT, '.citystreams', 'kafka'),
      progress: o.say,
      jvm: BROKER_JVM,
      more: { ...BROKER_SETTINGS, ...certificate?.brokerSettings },
    });
    closers.push(() => kafka.stop());
    const { internal } = kafka;
    if (internal === undefined) throw new Error('our own Kafka always has an internal principal');
    await bootstrapKafka(internal);
    const admin = openAdmin(internal);
    closers.push(() => admin.close());
    await admin.allow([
      ...(['topic', 'group', 'transactional-id'] as const).map((resourceType) => ({
        principal: `User:${PEERS}`,
        resourceType,
        resourceName: '*',
        pattern: 'literal' as const,
        operation: 'all' as const,
        permission: 'allow' as const,
      })),
    ]);
    return {
      directory,
      brokers: kafka.brokers.join(','),
      securityProtocol: o.tls ? 'SASL_SSL' : 'SASL_PLAINTEXT',
      ...(certificate !== undefined && { caFile: certificate.caFile }),
      issuer,
      tokenEndpoint: `${issuer}/token`,
      brokerPid: Number.parseInt(readFileSync(join(directory, 'kafka', 'broker.pid'), 'utf8'), 10),
      logDirectory: join(directory, 'kafka', 'data'),
      internal,
      admin,
      router: account(ROUTER),
      peers: account(PEERS),
      logFile: (name) => join(directory, 'logs', `${name}.log`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

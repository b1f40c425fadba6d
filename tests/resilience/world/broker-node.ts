/** One Kafka node of the suite's own cluster: a process that can be killed, stopped and frozen. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type BrokerPorts,
  type GuardedChild,
  LOG4J_PROPERTIES,
  serverProperties,
  startChild,
  tokenKeyFlags,
  writeFileAtomically,
} from '@citystreams/stack';

export interface NodeSettings {
  readonly id: number;
  readonly directory: string;
  readonly jars: string;
  readonly ports: BrokerPorts;
  /** What clients are told to connect to instead of the client listener: the proxy. */
  readonly advertisedPort: number;
  /** `id@host:port` of every controller. */
  readonly voters: readonly string[];
  readonly clusterId: string;
  readonly issuer: string;
  readonly audience: string;
  readonly jwksFile: string;
  readonly internalPassword: string;
  /** Put in front of the broker's command: where its disk is. */
  readonly wrapper?: readonly string[];
}

export interface BrokerNode {
  readonly id: number;
  readonly pid: number | null;
  /** Resolves when the process is gone. Without a running process it is gone already. */
  readonly gone: Promise<void>;
  start(): Promise<void>;
  /** Clean; what does not end is killed. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  freeze(): void;
  thaw(): void;
  log(): string;
}

const HEAP = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const STOP_MS = 15_000;

export function brokerNode(s: NodeSettings): BrokerNode {
  const data = join(s.directory, 'data');
  const properties = join(s.directory, 'server.properties');
  const logging = join(s.directory, 'log4j2.properties');
  const logFile = join(s.directory, 'kafka.log');
  const jwksUrl = pathToFileURL(s.jwksFile).href;
  let child: GuardedChild | null = null;

  mkdirSync(data, { recursive: true });
  writeFileAtomically(logging, LOG4J_PROPERTIES);
  writeFileAtomically(properties, propertiesOf(s, data, jwksUrl));
  const java = [
    ...HEAP,
    `-Dlog4j2.configurationFile=${pathToFileURL(logging).href}`,
    ...tokenKeyFlags(jwksUrl, s.jwksFile),
    '-cp',
    join(s.jars, '*'),
  ];
  const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${s.clusterId}`, `--config=${properties}`];
  const script = [
    // A shell that becomes the broker: the process stays the same one.
    `[ -f ${quoted(join(data, 'meta.properties'))} ] || ${command([...java, ...format])} >/dev/null`,
    `exec ${command([...java, 'kafka.Kafka', properties])}`,
  ].join(' && ');

  return {
    id: s.id,
    get pid() {
      return child?.pid ?? null;
    },
    get gone() {
      return child?.exited.then(() => undefined) ?? Promise.resolve();
    },
    async start() {
      child = await startChild({
        command: 'sh',
        args: ['-c', script],
        logFile,
        stopSignal: 'SIGTERM',
        deathSignal: 'SIGKILL',
        ...(s.wrapper !== undefined && { wrapper: s.wrapper }),
      });
    },
    async stop() {
      if (child !== null) process.kill(child.pid, 'SIGCONT');
      await child?.stop(STOP_MS);
      child = null;
    },
    async kill9() {
      if (child === null) return;
      process.kill(child.pid, 'SIGKILL');
      await child.exited;
      child = null;
    },
    freeze: () => signal(child, 'SIGSTOP'),
    thaw: () => signal(child, 'SIGCONT'),
    log: () => readFileSync(logFile, 'utf8'),
  };
}

const command = (args: readonly string[]): string => ['java', ...args].map(quoted).join(' ');
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function signal(child: GuardedChild | null, name: NodeJS.Signals): void {
  if (child === null) throw new Error('the broker does not run');
  process.kill(child.pid, name);
}

/** The stack's own configuration; later lines replace earlier ones. */
function propertiesOf(s: NodeSettings, data: string, jwksUrl: string): string {
  const nodes = s.voters.length;
  const replicas = Math.min(3, nodes);
  const base = serverProperties({
    ports: s.ports,
    bindHost: '127.0.0.1',
    advertisedHost: '127.0.0.1',
    logDirectory: data,
    jwksUrl,
    issuer: s.issuer,
    audience: s.audience,
    internalPassword: s.internalPassword,
  });
  const own = {
    'node.id': s.id,
    'controller.quorum.voters': s.voters.join(','),
    'advertised.listeners': `CLIENT://127.0.0.1:${s.advertisedPort},INTERNAL://127.0.0.1:${s.ports.internal}`,
    'default.replication.factor': replicas,
    'min.insync.replicas': Math.max(1, replicas - 1),
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': Math.max(1, replicas - 1),
    // A transaction whose time is over is noticed at once, and not at the next look ten seconds later.
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 250,
    // Requests are held back for seconds here; the stack's own brokers hang up on connections that are quiet for ten.
    'connections.max.idle.ms': 600_000,
    'log.segment.delete.delay.ms': 1_000,
  };
  return (
    base +
    Object.entries(own)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('')
  );
}

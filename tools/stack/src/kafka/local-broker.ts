/** Kafka as a child process of ours, from its own jars. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, startChild } from '../platform/child-process.js';
import { identityOf, writeFileAtomically } from '../platform/data-directory.js';
import { DamagedData } from '../platform/supervised-server.js';
import { type Broker, type BrokerSettings, HEAP, QUICK_START } from './broker.js';
import { type BrokerPorts, LOG4J_PROPERTIES, serverProperties, tokenKeyFlags } from './server-properties.js';

const FORMAT_MS = 60_000;

export function localBroker(settings: BrokerSettings, jars: string): Broker {
  const folder = join(settings.dataDirectory, 'kafka');
  const data = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.properties');
  const jwksUrl = pathToFileURL(settings.jwksFile).href;
  const jvm = [
    ...(settings.jvm ?? [HEAP, ...QUICK_START]),
    `-Dlog4j2.configurationFile=${pathToFileURL(logging).href}`,
    ...tokenKeyFlags(jwksUrl, settings.jwksFile),
    '-cp',
    join(jars, '*'),
  ];
  let pid: number | undefined;

  async function format(): Promise<void> {
    if (isFormatted(data)) return;
    rmSync(data, { recursive: true, force: true }); // what an interrupted format left
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const cluster = randomBytes(16).toString('base64url');
    const tool = [...jvm, 'kafka.tools.StorageTool', 'format', `--cluster-id=${cluster}`, `--config=${properties}`];
    const formatted = await run('java', tool, { timeoutMs: FORMAT_MS });
    if (formatted.status !== 0) throw new Error(`Kafka's storage could not be made: ${formatted.output.slice(-500)}`);
  }

  return {
    async start(ports: BrokerPorts) {
      writeFileAtomically(logging, LOG4J_PROPERTIES);
      writeFileAtomically(
        properties,
        serverProperties({
          ...settings,
          ports,
          jwksUrl,
          logDirectory: data,
          bindHost: '127.0.0.1',
          advertisedHost: '127.0.0.1',
        }),
      );
      await format();
      const child = await startChild({
        command: 'java',
        args: [...jvm, 'kafka.Kafka', properties],
        logFile: settings.logFile,
        stopSignal: 'SIGTERM',
      });
      pid = child.pid;
      writeFileAtomically(join(folder, 'broker.pid'), identityOf(pid) ?? ''); // for `npm run reset`
      return child;
    },
    async kill() {
      if (pid !== undefined && identityOf(pid)) process.kill(pid, 'SIGKILL');
    },
  };
}

/** @throws DamagedData for files that are there and cannot be a formatted storage. */
export function isFormatted(data: string): boolean {
  const file = join(data, 'meta.properties');
  if (!existsSync(file)) {
    if (existsSync(data) && readdirSync(data).some((name) => name.startsWith('__cluster_metadata'))) {
      throw new DamagedData(data, 'meta.properties is missing');
    }
    return false;
  }
  const lines = new Map(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]),
  );
  const complete = lines.get('version') === '1' && lines.get('node.id') === '1' && lines.get('cluster.id');
  if (!complete) throw new DamagedData(data, 'meta.properties is not what Kafka wrote');
  return true;
}

/** Kafka in a container of the public image, with our own configuration and a named volume per data directory. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, chmodSync, mkdirSync, renameSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, startChild } from '../platform/child-process.js';
import { containerNameOf, removeContainer } from '../platform/docker-engine.js';
import { type Broker, type BrokerSettings, HEAP, QUICK_START } from './broker.js';
import { type BrokerPorts, LOG4J_PROPERTIES, serverProperties, tokenKeyFlags } from './server-properties.js';

export const KAFKA_IMAGE = 'apache/kafka:4.3.1';

const INSIDE = { data: '/var/lib/kafka/data', public: '/etc/citystreams' } as const;
const JWKS = `${INSIDE.public}/jwks.json`;
const JWKS_URL = `file://${JWKS}`;

/**
 * The configuration carries the internal password, so it comes by standard input: not by the container's environment
 * (anybody who may ask the engine reads that), nor by a mounted file (which the image's user could not read at 0600).
 */
const ENTRY = `
trap 'exit 143' TERM INT
umask 077
cat > /tmp/server.properties
if [ ! -e ${INSIDE.data}/meta.properties ]; then
  /opt/kafka/bin/kafka-storage.sh format --cluster-id="$CLUSTER" --config=/tmp/server.properties || exit 3
fi
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
`;

export function dockerBroker(settings: BrokerSettings): Broker {
  const name = containerNameOf('kafka', settings.dataDirectory);
  const shared = join(settings.dataDirectory, 'kafka', 'public');

  // A folder, not the file: a mounted file keeps showing the old one after a replacement by rename.
  function shareKeys(): void {
    const draft = join(shared, `jwks.json.${randomBytes(4).toString('hex')}`);
    copyFileSync(settings.jwksFile, draft);
    chmodSync(draft, 0o644);
    renameSync(draft, join(shared, 'jwks.json'));
  }

  return {
    async start(ports: BrokerPorts) {
      await removeContainer(name);
      mkdirSync(shared, { recursive: true });
      chmodSync(shared, 0o755); // read by the image's user; the folders above stay closed
      shareKeys();
      writeFileSync(join(shared, 'log4j2.properties'), LOG4J_PROPERTIES, { mode: 0o644 });
      watchFile(settings.jwksFile, { interval: 1_000, persistent: false }, shareKeys);
      const environment = {
        CLUSTER: randomBytes(16).toString('base64url'),
        KAFKA_HEAP_OPTS: HEAP,
        KAFKA_JVM_PERFORMANCE_OPTS: QUICK_START.join(' '),
        KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=${INSIDE.public}/log4j2.properties`,
        KAFKA_OPTS: tokenKeyFlags(JWKS_URL, JWKS).join(' '),
      };
      const child = await startChild({
        command: 'docker',
        args: [
          ...['run', '--rm', '--interactive', '--name', name, '--label', 'citystreams=stack', '--entrypoint', 'bash'],
          // The same numbers inside and outside: the broker talks to itself at its advertised address.
          ...[ports.client, ports.internal].flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]),
          ...['--volume', `${name}:${INSIDE.data}`, '--volume', `${shared}:${INSIDE.public}:ro`],
          ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
          ...[KAFKA_IMAGE, '-c', ENTRY],
        ],
        logFile: settings.logFile,
        stopSignal: 'SIGTERM',
        input: serverProperties({
          ...settings,
          ports,
          jwksUrl: JWKS_URL,
          logDirectory: INSIDE.data,
          bindHost: '0.0.0.0',
          advertisedHost: '127.0.0.1',
        }),
      });
      return {
        ...child,
        async stop(graceMs) {
          unwatchFile(settings.jwksFile, shareKeys);
          await child.stop(graceMs);
          await removeContainer(name);
        },
      };
    },
    async kill() {
      await run('docker', ['kill', '--signal', 'KILL', name], { timeoutMs: 10_000 });
    },
  };
}

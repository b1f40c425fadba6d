/** Kafka and PostgreSQL in containers of the public images, through Testcontainers. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KAFKA_AUDIENCE } from '@citystreams/contracts';
import {
  INTERNAL_PRINCIPAL,
  KAFKA_IMAGE,
  LOG4J_PROPERTIES,
  POSTGRES_IMAGE,
  leasePort,
  serverProperties,
  tokenKeyFlags,
} from '@citystreams/stack';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { type Parts, type PartsOptions, bothOrNeither } from './parts.js';

/** With other work on the machine Kafka was seen to take 19 s. */
const START_MS = 120_000;
const PLACE = {
  properties: '/tmp/citystreams/server.properties',
  log4j: '/tmp/citystreams/log4j2.properties',
} as const;
const JWKS = '/tmp/citystreams/jwks.json';
const START_KAFKA = [
  `/opt/kafka/bin/kafka-storage.sh format --cluster-id=${randomBytes(16).toString('base64url')} --config=${PLACE.properties}`,
  `exec /opt/kafka/bin/kafka-server-start.sh ${PLACE.properties}`,
].join(' && ');

export async function openContainers(o: PartsOptions): Promise<Parts> {
  const [kafka, postgres] = await bothOrNeither(openKafkaContainer(o), openPostgresContainer());
  return {
    kafka: kafka.kafka,
    internalKafka: kafka.internalKafka,
    postgres: { adminUrl: postgres.adminUrl },
    close: async () => {
      await Promise.all([kafka.close(), postgres.close()]);
    },
  };
}

/** Testcontainers' own Kafka module starts Confluent's image only. The broker must know its outside port: leased first. */
async function openKafkaContainer(o: PartsOptions): Promise<Omit<Parts, 'postgres'>> {
  const leases = [await leasePort({ name: 'test Kafka' }), await leasePort({ name: "test Kafka's internal listener" })];
  const [client, internal] = leases.map((lease) => lease.port) as [number, number];
  const password = randomBytes(24).toString('base64url');
  const properties = serverProperties({
    ports: { client, internal, controller: 9093 },
    bindHost: '0.0.0.0',
    advertisedHost: '127.0.0.1',
    logDirectory: '/var/lib/kafka/data',
    jwksUrl: `file://${JWKS}`,
    issuer: o.issuer,
    audience: KAFKA_AUDIENCE,
    internalPassword: password,
  });
  const container = await start(
    'Kafka',
    new GenericContainer(KAFKA_IMAGE)
      .withEntrypoint(['bash', '-c', START_KAFKA])
      .withEnvironment({
        KAFKA_HEAP_OPTS: '-Xmx256m',
        KAFKA_JVM_PERFORMANCE_OPTS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1',
        KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=${PLACE.log4j}`,
        KAFKA_OPTS: tokenKeyFlags(`file://${JWKS}`, JWKS).join(' '),
      })
      .withCopyContentToContainer([
        { content: properties, target: PLACE.properties, mode: 0o644 },
        { content: LOG4J_PROPERTIES, target: PLACE.log4j, mode: 0o644 },
        { content: readFileSync(o.jwksFile, 'utf8'), target: JWKS, mode: 0o644 },
      ])
      .withExposedPorts(...[client, internal].map((port) => ({ container: port, host: port })))
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
  );
  return {
    kafka: { brokers: [`127.0.0.1:${client}`] },
    internalKafka: { brokers: [`127.0.0.1:${internal}`], username: INTERNAL_PRINCIPAL, password },
    close: async () => {
      await container.stop({ remove: true, removeVolumes: true });
      for (const lease of leases) lease.release();
    },
  };
}

async function openPostgresContainer(): Promise<{ adminUrl: string; close(): Promise<void> }> {
  const password = randomBytes(24).toString('base64url');
  const container = await start(
    'PostgreSQL',
    new GenericContainer(POSTGRES_IMAGE)
      .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: '--locale=C.UTF-8 --no-sync' })
      .withExposedPorts(5432)
      // Once for the scripts that prepare it, once for everybody.
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2)),
  );
  return {
    adminUrl: `postgres://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    close: async () => {
      await container.stop({ remove: true, removeVolumes: true });
    },
  };
}

/** @throws Error with the last lines the container wrote */
async function start(title: string, container: GenericContainer): Promise<StartedTestContainer> {
  const last: string[] = [];
  try {
    return await container
      .withLabels({ citystreams: 'test' })
      .withStartupTimeout(START_MS)
      .withLogConsumer((log) => {
        log.on('data', (line) => {
          last.push(String(line).trimEnd());
          if (last.length > 8) last.shift();
        });
      })
      .start();
  } catch (cause) {
    throw new Error([`${title} did not start in its container:`, ...last].join('\n  '), { cause });
  }
}

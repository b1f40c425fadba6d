/** What a scenario happens in: a Kafka of its own behind a proxy, and an issuer. No PostgreSQL, no control service. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KAFKA_AUDIENCE } from '@citystreams/contracts';
import type { KafkaSettings } from '@citystreams/kafka';
import {
  answers,
  bootstrapKafka,
  INTERNAL_PRINCIPAL,
  jarFolder,
  jarsObstacle,
  leasePort,
  prepareIssuer,
} from '@citystreams/stack';
import { waitUntil } from '@citystreams/testing';
import { type KafkaProxy, openProxy } from '../wire/proxy.js';
import { type Wire, openWire } from '../wire/connections.js';
import { type BrokerNode, brokerNode } from './broker-node.js';
import { ROOT } from './files.js';
import { type Issuer, issuerProcess } from './issuer.js';
import { openSmallDisk, type SmallDisk } from './small-disk.js';

export type WorldKind = 'one broker' | 'three brokers' | 'small disk';

export interface World {
  readonly kind: WorldKind;
  readonly directory: string;
  readonly nodes: readonly BrokerNode[];
  readonly proxy: KafkaProxy;
  /** In a world with a small disk: that of its broker. */
  readonly disk: SmallDisk | null;
  readonly issuer: Issuer;
  /** Past the proxy, as the principal who may do everything. */
  readonly internal: KafkaSettings;
  readonly wire: Wire;
  /** Resolves once every node that runs answers. */
  untilKafkaAnswers(): Promise<void>;
  close(): Promise<void>;
}

const SMALL_DISK_MB = 96;
const START_MS = 120_000;

export async function openWorld(kind: WorldKind): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'citystreams-resilience-'));
  const closers: (() => Promise<void> | void)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await build(kind, directory, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  kind: WorldKind,
  directory: string,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<World> {
  const port = async (name: string): Promise<number> => {
    const lease = await leasePort({ name });
    closers.push(() => lease.release());
    return lease.port;
  };
  const jars = join(ROOT, 'node_modules', '.cache', 'citystreams-jars');
  const obstacle = await jarsObstacle(jars, () => undefined);
  if (obstacle !== null) throw new Error(obstacle);

  const files = prepareIssuer(directory, []);
  const issuer = issuerProcess(directory, await port('the issuer'), files);
  closers.push(() => issuer.stop());
  const places = await Promise.all(
    Array.from({ length: kind === 'three brokers' ? 3 : 1 }, async (_, n) => ({
      id: n + 1,
      advertised: await port('a proxy'),
      client: await port('a broker'),
      internal: await port("a broker's internal listener"),
      controller: await port('a controller'),
    })),
  );
  const proxy = await openProxy(
    places.map(({ id, advertised, client }) => ({ node: id, listenPort: advertised, brokerPort: client })),
  );
  closers.push(() => proxy.close());
  const internalPassword = randomBytes(16).toString('hex');
  const clusterId = randomBytes(16).toString('base64url');
  const kafkaFolder = (id: number): string => join(directory, `kafka-${id}`);
  const disk =
    kind === 'small disk'
      ? await openSmallDisk(join(kafkaFolder(1), 'data'), SMALL_DISK_MB, join(directory, 'logs', 'disk.log'))
      : null;
  if (disk !== null) closers.push(() => disk.close());
  const nodes = places.map(({ id, advertised, ...ports }) =>
    brokerNode({
      id,
      directory: kafkaFolder(id),
      jars: jarFolder(jars),
      ports,
      advertisedPort: advertised,
      voters: places.map((p) => `${p.id}@127.0.0.1:${p.controller}`),
      clusterId,
      issuer: issuer.url,
      audience: KAFKA_AUDIENCE,
      jwksFile: files.jwksFile,
      internalPassword,
      ...(disk !== null && { wrapper: disk.wrapper }),
    }),
  );
  closers.push(async () => void (await Promise.all(nodes.map((node) => node.kill9()))));
  await Promise.all([issuer.start(), ...nodes.map((node) => node.start())]);

  const internalAt = (ports: readonly number[]): KafkaSettings => ({
    brokers: ports.map((p) => `127.0.0.1:${p}`),
    clientId: 'resilience-observer',
    securityProtocol: 'SASL_PLAINTEXT',
    auth: { kind: 'plain', username: INTERNAL_PRINCIPAL, password: internalPassword },
  });
  const internal = internalAt(places.map((p) => p.internal));
  const untilKafkaAnswers = async (): Promise<void> => {
    const running = places.filter((_, n) => nodes[n]?.pid !== null);
    const all = async () =>
      (await Promise.all(running.map((p) => answers(internalAt([p.internal]), 5_000)))).every(Boolean);
    await waitUntil('Kafka answers', all, { timeoutMs: START_MS, intervalMs: 100 });
  };
  await untilKafkaAnswers();
  await bootstrapKafka(internal);
  const wire = openWire(internal);
  closers.push(() => wire.close());
  return { kind, directory, nodes, proxy, disk, issuer, internal, wire, untilKafkaAnswers, close };
}

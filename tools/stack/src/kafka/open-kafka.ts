/** The Kafka of the stack: somebody's by address, else a container, else our own jars. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KafkaSettings } from '@citystreams/kafka';
import { secretOf } from '../platform/data-directory.js';
import { forgetVolume, imageObstacle } from '../platform/docker-engine.js';
import { superviseServer } from '../platform/supervised-server.js';
import { chooseAddress, chooseWay, keepWay, keptWay, type Progress, type Way } from '../platform/way.js';
import { leasePort } from '../ports/port-lease.js';
import type { Broker, BrokerSettings } from './broker.js';
import { answers } from './broker-answers.js';
import { KAFKA_IMAGE, dockerBroker } from './docker-broker.js';
import { type GivenKafka, openGivenKafka } from './given-kafka.js';
import { jarFolder, jarsObstacle } from './jars.js';
import type { KafkaServer } from './kafka-server.js';
import { localBroker } from './local-broker.js';
import { INTERNAL_PRINCIPAL } from './server-properties.js';

export interface KafkaOptions {
  readonly dataDirectory: string;
  /** What tokens say in `iss` and `aud`. */
  readonly issuer: string;
  readonly audience: string;
  /** The issuer's public keys (a JWKS); must be there, and is read again when it changes. */
  readonly jwksFile: string;
  /** Somebody else's cluster: it is used or it is an error, never replaced by our own. */
  readonly given?: GivenKafka;
  /** Port of the client listener: the usual one (then the next free), or one asked for. Without: any free port. */
  readonly port?: { readonly preferred: number; readonly asked?: boolean };
  /** Takes this way only. */
  readonly way?: Way;
  /** Where Kafka's jars are kept; by default in the data directory. */
  readonly jarsDirectory?: string;
  /** Default true: an image that is not there may be pulled. */
  readonly mayPull?: boolean;
  readonly progress: Progress;
  /** Flags of our own broker's JVM instead of those of a node that starts quickly and stays small: for measurements. */
  readonly jvm?: readonly string[];
  /** Kafka's settings beside ours, or in place of them; our own broker only: for measurements. */
  readonly more?: Readonly<Record<string, string | number>>;
}

/**
 * Resolves when Kafka answers an authenticated question.
 * @throws NoWay, PortInUse, DamagedData, DidNotStart, KafkaNotAnswering (a given cluster)
 */
export async function openKafka(options: KafkaOptions): Promise<KafkaServer> {
  const folder = join(options.dataDirectory, 'kafka');
  const wayFile = join(folder, 'way.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = keptWay(wayFile);
  if (options.given) {
    chooseAddress({ part: 'Kafka', kept });
    const server = await openGivenKafka(options.given);
    keepWay(wayFile, 'address');
    return server;
  }
  const jars = resolve(options.jarsDirectory ?? folder);
  const patient = (kept ?? options.way) === 'docker';
  const way = await chooseWay({
    part: 'Kafka',
    address: 'KAFKA_BROKERS',
    kept,
    forced: options.way,
    progress: options.progress,
    candidates: [
      {
        way: 'docker',
        title: 'Docker',
        obstacle: () => imageObstacle(KAFKA_IMAGE, options.progress, { mayPull: options.mayPull, patient }),
      },
      { way: 'local', title: "Kafka's own jars", obstacle: () => jarsObstacle(jars, options.progress) },
    ],
  });
  if (!existsSync(options.jwksFile)) throw new Error(`the issuer's public keys are not there: ${options.jwksFile}`);
  if (way === 'docker' && kept === undefined) await forgetVolume('kafka', options.dataDirectory);
  const settings: BrokerSettings = {
    ...options,
    dataDirectory: resolve(options.dataDirectory),
    jwksFile: resolve(options.jwksFile),
    logFile: join(options.dataDirectory, 'logs', 'kafka.log'),
    internalPassword: secretOf(options.dataDirectory, 'kafka-internal'),
  };
  const broker: Broker = way === 'docker' ? dockerBroker(settings) : localBroker(settings, jarFolder(jars));
  const server = await superviseBroker(broker, settings, options.port);
  keepWay(wayFile, way);
  return { way, ...server };
}

const START_MS = 90_000;
const STOP_MS = 20_000;

async function superviseBroker(
  broker: Broker,
  settings: BrokerSettings,
  port: KafkaOptions['port'],
): Promise<Omit<KafkaServer, 'way'>> {
  const internalAt = (internalPort: number): KafkaSettings => ({
    brokers: [`127.0.0.1:${internalPort}`],
    clientId: 'citystreams-stack',
    securityProtocol: 'SASL_PLAINTEXT',
    auth: { kind: 'plain', username: INTERNAL_PRINCIPAL, password: settings.internalPassword },
  });
  const server = await superviseServer(
    {
      title: 'Kafka',
      logFile: settings.logFile,
      startMs: START_MS,
      stopMs: STOP_MS,
      tellingLine: /\b(ERROR|FATAL)\b|Exception|docker: Error/,
      lease: async () => ({
        client: await leasePort({ name: 'Kafka', ...port }),
        internal: await leasePort({ name: "Kafka's internal listener" }),
        controller: await leasePort({ name: "Kafka's controller" }),
      }),
      start: ({ client, internal, controller }) =>
        broker.start({ client: client.port, internal: internal.port, controller: controller.port }),
      answers: ({ internal }) => answers(internalAt(internal.port)),
    },
    settings.progress,
  );
  const { client, internal } = server.ports;
  return {
    brokers: [`127.0.0.1:${client.port}`],
    securityProtocol: 'SASL_PLAINTEXT',
    internal: internalAt(internal.port),
    portMoved: client.moved,
    onExit: server.onExit,
    restart: server.restart,
    kill: broker.kill,
    stop: server.stop,
  };
}

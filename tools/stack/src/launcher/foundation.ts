/** What everything else stands on: accounts and keys, Kafka, PostgreSQL, prepared for the platform. */
import { join } from 'node:path';
import { type IssuerAccounts, KAFKA_AUDIENCE, type Office } from '@citystreams/contracts';
import { type KafkaSettings, openTokenSource } from '@citystreams/kafka';
import { openGivenIssuer } from '../issuer/given-issuer.js';
import { prepareIssuer } from '../issuer/prepare-issuer.js';
import type { KafkaServer } from '../kafka/kafka-server.js';
import { openKafka } from '../kafka/open-kafka.js';
import { bootstrapKafka, checkKafka } from '../platform/bootstrap-kafka.js';
import { bootstrapPostgres, type DatabaseService, type ServiceDatabase } from '../platform/bootstrap-postgres.js';
import { openPostgres, type PostgresServer } from '../postgres/open-postgres.js';
import { superviseBackbone } from './backbone.js';
import type { LauncherOptions } from './options.js';
import type { RunningParts } from './running-parts.js';
import type { Terminal } from './terminal.js';
import { watchBackbone } from './watching.js';

export interface IssuerFacts {
  readonly accounts: IssuerAccounts;
  readonly jwksFile: string;
  readonly tokenEndpoint: string;
  /** Files of our own issuer; absent when somebody else's is used. */
  readonly own?: { readonly keysFile: string; readonly accountsFile: string };
}

const KEYS_AGAIN_MS = 5 * 60_000;

/** @throws IssuerNotAnswering, DamagedIssuer */
export async function prepareAccounts(
  options: LauncherOptions,
  issuerUrl: string,
  offices: readonly Office[],
  parts: RunningParts,
): Promise<IssuerFacts> {
  const { given, dataDirectory } = options;
  if (given.issuer === undefined) {
    const { keysFile, accountsFile, ...files } = prepareIssuer(dataDirectory, offices);
    return { ...files, tokenEndpoint: `${issuerUrl}/token`, own: { keysFile, accountsFile } };
  }
  const issuer = await openGivenIssuer(given.issuer.url, given.issuer.accountsFile, dataDirectory);
  const again = setInterval(() => void issuer.refresh().catch(() => undefined), KEYS_AGAIN_MS);
  parts.atEnd(() => clearInterval(again));
  return issuer;
}

/** @throws what openKafka throws */
export async function startKafka(
  options: LauncherOptions,
  issuer: { url: string; jwksFile: string },
  parts: RunningParts,
  terminal: Terminal,
): Promise<KafkaServer> {
  const opened = openKafka({
    dataDirectory: options.dataDirectory,
    issuer: issuer.url,
    audience: KAFKA_AUDIENCE,
    jwksFile: issuer.jwksFile,
    port: options.ports.kafka,
    ...(options.given.kafka && { given: options.given.kafka }),
    ...(options.kafkaWay && { way: options.kafkaWay }),
    ...(options.jarsDirectory && { jarsDirectory: options.jarsDirectory }),
    progress: (line) => terminal.note('kafka', line),
  });
  await parts.add(opened.then((server) => superviseBackbone('kafka', server, watchBackbone('kafka', terminal))));
  return opened;
}

/** @throws what openPostgres throws */
export async function startPostgres(
  options: LauncherOptions,
  parts: RunningParts,
  terminal: Terminal,
): Promise<PostgresServer> {
  const opened = openPostgres({
    dataDirectory: options.dataDirectory,
    port: options.ports.postgres,
    ...(options.given.databaseUrl && { given: options.given.databaseUrl }),
    ...(options.postgresWay && { way: options.postgresWay }),
    progress: (line) => terminal.note('postgres', line),
  });
  await parts.add(opened.then((server) => superviseBackbone('postgres', server, watchBackbone('postgres', terminal))));
  return opened;
}

/** A cluster that somebody else runs lacks what the platform needs. */
class ClusterNotPrepared extends Error {
  readonly code = 'CLUSTER_NOT_PREPARED';
}

/**
 * Topics and rights of the platform's own. On a cluster whose operator gave us no such account they are only checked,
 * as `citystreams.enforcement`, which needs an issuer that answers.
 *
 * @throws ClusterNotPrepared naming everything that is missing
 */
export async function prepareKafka(kafka: KafkaServer, issuer: IssuerFacts): Promise<void> {
  if (kafka.internal !== undefined) return bootstrapKafka(kafka.internal);
  const clientId = 'citystreams.enforcement';
  const tokens = openTokenSource({
    tokenEndpoint: issuer.tokenEndpoint,
    clientId,
    clientSecret: issuer.accounts.clients[clientId]?.secret ?? '',
    audience: KAFKA_AUDIENCE,
  });
  const settings: KafkaSettings = {
    brokers: kafka.brokers,
    clientId,
    securityProtocol: kafka.securityProtocol,
    ...(kafka.caFile !== undefined && { caFile: kafka.caFile }),
    auth: { kind: 'token', tokens },
  };
  try {
    const missing = await checkKafka(settings);
    if (missing.length === 0) return;
    throw new ClusterNotPrepared(['the cluster at KAFKA_BROKERS is not prepared:', ...missing].join('\n  '));
  } finally {
    tokens.close();
  }
}

export function preparePostgres(
  server: PostgresServer,
  dataDirectory: string,
): Promise<Record<DatabaseService, ServiceDatabase>> {
  return bootstrapPostgres({ adminUrl: server.adminUrl, dataDirectory });
}

export const logFileOf = (dataDirectory: string, name: string): string => join(dataDirectory, 'logs', `${name}.log`);

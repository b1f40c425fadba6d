/** Which secret every service gets: made once, handed out in copies, no more to each than it needs. */
import { readFileSync } from 'node:fs';
import { KAFKA_AUDIENCE, type IssuerAccounts, type Office } from '@citystreams/contracts';
import { type IssuerFiles, prepareIssuer } from '../issuer/prepare-issuer.js';
import { LOG4J_PROPERTIES } from '../kafka/server-properties.js';
import { auditKeyFile, maskKeyFile } from '../launcher/private-files.js';
import type { StackFacts } from '../launcher/stack-file.js';
import { DATABASE_SERVICES, type DatabaseService } from '../platform/bootstrap-postgres.js';
import { secretOf } from '../platform/data-directory.js';
import { DATABASE } from '../postgres/open-postgres.js';
import { SUPERUSER } from '../postgres/postgres-process.js';
import {
  BROKER_DATA,
  BROKER_HOST,
  BROKER_HOST_PORT,
  BROKER_PORTS,
  DATABASE_ADDRESS,
  INSIDE,
  type PublishedPorts,
  SECRETS,
} from './addresses.js';
import { composeServerProperties } from './broker-configuration.js';
import { READERS, type Reader } from './readers.js';

/** Contents by file name. */
export type Files = Readonly<Record<string, string>>;

export interface Secrets {
  /** What each reader finds in its folder, by service. */
  readonly files: Readonly<Record<string, Files>>;
  /** For `stack.json`: addresses as the host sees them, and every account. */
  readonly stack: StackFacts;
}

export const databaseUrl = (role: string, password: string): string =>
  `postgres://${role}:${password}@${DATABASE_ADDRESS}/${DATABASE}`;

/** What bootstrap shares with the servers, under the names that it asks for. */
const BOOTSTRAP_SECRETS = [
  'kafka-internal',
  'postgres-superuser',
  ...DATABASE_SERVICES.flatMap((service) => [`postgres-${service}`, `postgres-${service}-owner`]),
];

/**
 * Safe to repeat: secrets stay, accounts follow the offices.
 *
 * @param origin the folder where everything is kept
 * @throws DamagedIssuer, AccountClash
 */
export function makeSecrets(origin: string, offices: readonly Office[], ports: PublishedPorts): Secrets {
  const issuer = prepareIssuer(origin, offices);
  const broker = `localhost:${ports.kafka}`;
  const files: Record<string, Files> = filesBesideAccounts(origin, issuer, broker);
  for (const reader of READERS) {
    files[reader.service] = { ...files[reader.service], ...clientSecrets(reader, issuer.accounts) };
  }
  return {
    files,
    stack: {
      gateway: `http://127.0.0.1:${ports.gateway}`,
      registry: `http://127.0.0.1:${ports.catalogue}`,
      issuer: `http://127.0.0.1:${ports.identity}`,
      tokenEndpoint: `http://127.0.0.1:${ports.identity}/token`,
      kafka: { bootstrapServers: broker, securityProtocol: 'SASL_PLAINTEXT' },
      postgres: databaseUrl(SUPERUSER, secretOf(origin, 'postgres-superuser')),
      accounts: issuer.accounts,
    },
  };
}

function filesBesideAccounts(origin: string, issuer: IssuerFiles, hostBroker: string): Record<string, Files> {
  const broker = composeServerProperties(
    {
      ports: BROKER_PORTS,
      bindHost: '0.0.0.0',
      advertisedHost: BROKER_HOST,
      logDirectory: BROKER_DATA,
      jwksUrl: `file://${SECRETS}/kafka/jwks.json`,
      issuer: INSIDE.identity,
      audience: KAFKA_AUDIENCE,
      internalPassword: secretOf(origin, 'kafka-internal'),
    },
    { port: BROKER_HOST_PORT, advertised: hostBroker },
  );
  return {
    kafka: {
      'server.properties': broker,
      'log4j2.properties': LOG4J_PROPERTIES,
      'jwks.json': readFileSync(issuer.jwksFile, 'utf8'),
    },
    postgres: { 'superuser-password': secretOf(origin, 'postgres-superuser') },
    identity: {
      'keys.json': readFileSync(issuer.keysFile, 'utf8'),
      'accounts.json': readFileSync(issuer.accountsFile, 'utf8'),
    },
    bootstrap: Object.fromEntries(BOOTSTRAP_SECRETS.map((name) => [name, secretOf(origin, name)])),
    catalogue: databaseUrls(origin, 'catalogue'),
    subscriptions: {
      ...databaseUrls(origin, 'subscriptions'),
      'audit-key': readFileSync(auditKeyFile(origin), 'utf8'),
    },
    router: { 'mask-key': readFileSync(maskKeyFile(origin), 'utf8') },
    demo: { 'people.json': JSON.stringify(peopleOf(issuer.accounts)) },
  };
}

/** For the roles that bootstrap makes: `<service>` and `<service>_owner`. */
const databaseUrls = (origin: string, service: DatabaseService): Files => ({
  'database-url': databaseUrl(service, secretOf(origin, `postgres-${service}`)),
  'database-owner-url': databaseUrl(`${service}_owner`, secretOf(origin, `postgres-${service}-owner`)),
});

function clientSecrets(reader: Reader, { clients }: IssuerAccounts): Files {
  return Object.fromEntries(
    reader.accounts.map((id) => {
      const account = clients[id];
      if (account === undefined) throw new Error(`no office has the service account ${id}`);
      return [`client-${id}`, account.secret];
    }),
  );
}

/** Who asks and decides; services have no password. */
const peopleOf = ({ clients }: IssuerAccounts): IssuerAccounts => ({
  clients: Object.fromEntries(Object.entries(clients).filter(([, { password }]) => password !== undefined)),
});

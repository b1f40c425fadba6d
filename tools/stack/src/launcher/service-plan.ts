/** Which processes the platform consists of, and what each is told. Pure. */
import { join } from 'node:path';
import { HTTP_AUDIENCE, KAFKA_AUDIENCE, type PlatformPrincipal } from '@citystreams/contracts';
import type { AgencyProcess } from '../demo/demo-city.js';
import type { DatabaseService, ServiceDatabase } from '../platform/bootstrap-postgres.js';
import type { ProcessSpec } from './supervised-process.js';

export interface StackAddresses {
  readonly gateway: string;
  readonly catalogue: string;
  readonly identity: string;
  readonly subscriptions: string;
  readonly router: string;
}

export interface PlanContext {
  /** The repository. */
  readonly root: string;
  readonly addresses: StackAddresses;
  readonly policyDirectory: string;
  /** The issuer is the development one that this stack runs. */
  readonly ownIssuer: boolean;
  /** The folder, made when missing, in which an account's process keeps what must outlive it. */
  stateFolderOf(account: string): string;
  /** The 0600 file with the key that heads of the evidence chain are signed with. */
  readonly auditKeyFile: string;
  /** The 0600 file that holds an account's secret. */
  secretFileOf(account: string): string;
}

export interface KafkaAddress {
  readonly brokers: readonly string[];
  readonly securityProtocol: string;
  readonly caFile?: string;
}

type Env = Record<string, string>;
type Served = keyof StackAddresses;

const entry = (context: PlanContext, app: string): string => join(context.root, 'apps', app, 'dist', 'main.js');

function served(context: PlanContext, part: Served, env: Env): ProcessSpec {
  const { hostname, port } = new URL(context.addresses[part]);
  return {
    name: part,
    part,
    entry: entry(context, part),
    env: { HOST: hostname, PORT: port, ...env },
    readyUrl: `${context.addresses[part]}/readyz`,
  };
}

export function identityProcess(
  context: PlanContext,
  files: { accountsFile: string; keysFile: string },
  tokenSeconds: number | undefined,
): ProcessSpec {
  return served(context, 'identity', {
    ISSUER_URL: context.addresses.identity,
    ACCOUNTS_FILE: files.accountsFile,
    KEYS_FILE: files.keysFile,
    ...(tokenSeconds !== undefined && { TOKEN_SECONDS: String(tokenSeconds) }),
  });
}

const tokens = (context: PlanContext): Env => ({
  OIDC_ISSUER: context.addresses.identity,
  HTTP_AUDIENCE,
  KAFKA_AUDIENCE,
});

const account = (context: PlanContext, id: string): Env => ({
  CLIENT_ID: id,
  CLIENT_SECRET_FILE: context.secretFileOf(id),
});

const kafkaEnv = (kafka: KafkaAddress): Env => ({
  KAFKA_BROKERS: kafka.brokers.join(','),
  KAFKA_SECURITY_PROTOCOL: kafka.securityProtocol,
  ...(kafka.caFile !== undefined && { KAFKA_CA_FILE: kafka.caFile }),
});

export function controlProcess(
  context: PlanContext,
  service: DatabaseService,
  kafka: KafkaAddress,
  database: ServiceDatabase,
): ProcessSpec {
  const principal: PlatformPrincipal = `citystreams.${service}`;
  const enforcement: PlatformPrincipal = 'citystreams.enforcement';
  const ownIssuer = context.ownIssuer ? 'on' : 'off';
  return served(context, service, {
    ...tokens(context),
    ...account(context, principal),
    ...kafkaEnv(kafka),
    DATABASE_URL_FILE: database.urlFile,
    DATABASE_OWNER_URL_FILE: database.ownerUrlFile,
    POLICY_DIR: context.policyDirectory,
    // Somebody else's issuer may not want secrets to be sent to it by us.
    ...(service === 'catalogue' && { REGISTRY_BASIC_AUTH: ownIssuer, PUBLIC_URL: context.addresses.gateway }),
    ...(service === 'subscriptions' && {
      ENFORCEMENT_CLIENT_ID: enforcement,
      ENFORCEMENT_CLIENT_SECRET_FILE: context.secretFileOf(enforcement),
      AUDIT_SIGNING_KEY_FILE: context.auditKeyFile,
      STATE_DIR: context.stateFolderOf(principal),
    }),
  });
}

/** The registry alone: whoever reaches it may do everything, so it listens on this machine only. */
export function openRegistryProcess(context: PlanContext, database: ServiceDatabase): ProcessSpec {
  return served(context, 'catalogue', {
    REGISTRY: 'open',
    DATABASE_URL_FILE: database.urlFile,
    DATABASE_OWNER_URL_FILE: database.ownerUrlFile,
  });
}

export function routerProcess(context: PlanContext, kafka: KafkaAddress, maskKeyFile: string): ProcessSpec {
  return served(context, 'router', {
    ...tokens(context),
    ...account(context, 'citystreams.router'),
    ...kafkaEnv(kafka),
    ROUTER_SLOT: '0',
    MASK_KEY_FILE: maskKeyFile,
  });
}

export function gatewayProcess(context: PlanContext): ProcessSpec {
  return served(context, 'gateway', {
    ...tokens(context),
    ...account(context, 'citystreams.gateway'),
    CATALOGUE_URL: context.addresses.catalogue,
    SUBSCRIPTIONS_URL: context.addresses.subscriptions,
  });
}

/** A process of an agency: it knows the platform by its public addresses and its own account, nothing else. */
export function agencyProcess(
  context: PlanContext,
  what: AgencyProcess,
  kafka: KafkaAddress,
  rate: number,
): ProcessSpec {
  return {
    name: what.account,
    part: 'agencies',
    entry: entry(context, join('agencies', what.app)),
    env: {
      ...tokens(context),
      ...account(context, what.account),
      ...kafkaEnv(kafka),
      REGISTRY_URL: context.addresses.catalogue,
      GATEWAY_URL: context.addresses.gateway,
      STATE_DIR: context.stateFolderOf(what.account),
      RATE: String(rate),
      ...what.env,
    },
  };
}

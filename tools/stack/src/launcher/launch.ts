/** The order in which a stack comes up. */
import { join } from 'node:path';
import { loadOffices } from '@citystreams/policy';
import { foundCity, readCity } from '../demo/found-city.js';
import type { LiveView } from '../live/live-view.js';
import { claimDataDirectory } from '../platform/data-directory.js';
import { type PortLease, leasePort } from '../ports/port-lease.js';
import {
  type IssuerFacts,
  prepareAccounts,
  prepareKafka,
  preparePostgres,
  startKafka,
  startPostgres,
} from './foundation.js';
import type { LauncherOptions, PortName } from './options.js';
import type { RunningParts } from './running-parts.js';
import { auditKeyFile, maskKeyFile, stateFolder, writeClientSecrets } from './private-files.js';
import {
  agencyProcess,
  controlProcess,
  gatewayProcess,
  identityProcess,
  type KafkaAddress,
  openRegistryProcess,
  type PlanContext,
  routerProcess,
  type StackAddresses,
} from './service-plan.js';
import { openServices } from './services.js';
import { removeStackFile, writeStackFile } from './stack-file.js';
import type { SummaryRow } from './summary.js';
import type { ProcessSpec } from './supervised-process.js';
import type { Terminal } from './terminal.js';

export interface LaunchSettings {
  readonly root: string;
  readonly options: LauncherOptions;
  readonly parts: RunningParts;
  readonly terminal: Terminal;
  readonly view: LiveView;
  /** Aborted: nothing more is started. */
  readonly signal: AbortSignal;
}

/** Where everything is. */
export interface Launched {
  readonly rows: readonly SummaryRow[];
  /** Accounts of people, for the hint how to get in. */
  readonly people: readonly string[];
}

const SERVED = ['gateway', 'catalogue', 'identity', 'subscriptions', 'router'] as const;
type Served = (typeof SERVED)[number];

/**
 * Brings everything up that the options ask for; resolves when it is ready and `stack.json` is written. Whatever it
 * started is in `parts`, also when it throws.
 */
export async function launch(settings: LaunchSettings): Promise<Launched> {
  const { root, options, parts, terminal, view, signal } = settings;
  const { only, dataDirectory, given } = options;
  const policyDirectory = join(root, 'policy');

  // Files that cannot be used are found before anything runs or is written.
  const offices = loadOffices(policyDirectory);
  const city = options.city === 'demo' && only.has('gateway') ? readCity(root) : null;
  for (const { manifest, fields } of city?.streams ?? []) view.learnFields(manifest.stream, fields);

  const claim = claimDataDirectory(dataDirectory);
  parts.atEnd(() => claim.release());
  removeStackFile(dataDirectory);
  const leases = await leasePorts(options, parts);
  const addresses = addressesOf(leases, given.issuer?.url);
  const issuer = await prepareAccounts(options, addresses.identity, offices, parts);
  const secretFileOf = writeClientSecrets(dataDirectory, issuer.accounts);
  const stateFolderOf = (account: string): string => stateFolder(dataDirectory, account);
  const ownIssuer = issuer.own !== undefined;
  const context: PlanContext = {
    root,
    addresses,
    policyDirectory,
    ownIssuer,
    auditKeyFile: auditKeyFile(dataDirectory),
    secretFileOf,
    stateFolderOf,
  };
  const services = openServices({ dataDirectory, parts, terminal, view });
  signal.throwIfAborted();

  const identity =
    only.has('identity') && issuer.own ? [identityProcess(context, issuer.own, options.tokenSeconds)] : [];
  const [kafka, databases] = await Promise.all([
    bringKafka(settings, addresses.identity, issuer),
    bringPostgres(settings),
    services.startAll(identity),
  ]);
  signal.throwIfAborted();

  const specs: ProcessSpec[] = [];
  if (options.registry === 'open') {
    if (databases !== null && only.has('catalogue')) {
      specs.push(openRegistryProcess(context, databases.services.catalogue));
    }
  } else if (kafka !== null && databases !== null) {
    for (const service of ['catalogue', 'subscriptions'] as const) {
      if (only.has(service)) specs.push(controlProcess(context, service, kafka.address, databases.services[service]));
    }
  }
  if (kafka !== null && only.has('router'))
    specs.push(routerProcess(context, kafka.address, maskKeyFile(dataDirectory)));
  if (only.has('gateway')) specs.push(gatewayProcess(context));
  await services.startAll(specs);
  signal.throwIfAborted();

  if (city !== null) {
    const { accounts, tokenEndpoint } = issuer;
    const tell = (line: string): void => terminal.done('city', line);
    await foundCity(city, { gateway: addresses.gateway, tokenEndpoint, accounts, offices, tell });
    signal.throwIfAborted();
    if (kafka !== null && only.has('agencies')) {
      const { rate } = options;
      const agencies = [...city.demo.consumers, ...(rate === null ? [] : city.demo.feeds)];
      await services.startAll(agencies.map((agency) => agencyProcess(context, agency, kafka.address, rate ?? 0)));
      terminal.done('agencies', `${agencies.length} processes`);
    }
  }

  writeStackFile(dataDirectory, {
    gateway: addresses.gateway,
    registry: addresses.catalogue,
    issuer: addresses.identity,
    tokenEndpoint: issuer.tokenEndpoint,
    kafka: {
      bootstrapServers: kafka?.address.brokers.join(',') ?? '',
      securityProtocol: kafka?.address.securityProtocol ?? '',
    },
    postgres: databases?.adminUrl ?? '',
    accounts: issuer.accounts,
  });
  parts.atEnd(() => removeStackFile(dataDirectory));
  const rows = [
    ...SERVED.filter((name) => only.has(name) && !(name === 'identity' && given.issuer)).map((name) =>
      servedRow(name, addresses, leases, notesOf(options.registry)),
    ),
    ...(kafka === null ? [] : [kafka.row]),
    ...(databases === null ? [] : [databases.row]),
  ];
  return { rows, people: options.registry === 'open' ? [] : peopleToName(issuer) };
}

async function bringKafka(
  { options, parts, terminal }: LaunchSettings,
  issuerUrl: string,
  issuer: IssuerFacts,
): Promise<{ address: KafkaAddress; row: SummaryRow } | null> {
  if (!options.only.has('kafka') && !options.given.kafka) return null;
  const began = Date.now();
  const server = await startKafka(options, { url: issuerUrl, jwksFile: issuer.jwksFile }, parts, terminal);
  await prepareKafka(server, issuer);
  const address = server.brokers.join(',');
  terminal.done('kafka', `${address}   ${((Date.now() - began) / 1000).toFixed(1)} s, ${WAYS[server.way]}`);
  const movedFrom = server.portMoved ? { movedFrom: options.ports.kafka.preferred } : {};
  return {
    address: server,
    row: { name: 'Kafka', address, note: `${server.securityProtocol}, OAUTHBEARER`, ...movedFrom },
  };
}

async function bringPostgres({ options, parts, terminal }: LaunchSettings) {
  if (!options.only.has('postgres') && !options.given.databaseUrl) return null;
  const began = Date.now();
  const server = await startPostgres(options, parts, terminal);
  const services = await preparePostgres(server, options.dataDirectory);
  terminal.done('postgres', `${server.address}   ${((Date.now() - began) / 1000).toFixed(1)} s, ${WAYS[server.way]}`);
  const movedFrom = server.portMoved ? { movedFrom: options.ports.postgres.preferred } : {};
  const row: SummaryRow = { name: 'PostgreSQL', address: server.address, ...movedFrom };
  return { services, adminUrl: server.adminUrl, row };
}

const WAYS = { address: 'by address', docker: 'in a container', local: 'its own process' } as const;

async function leasePorts(options: LauncherOptions, parts: RunningParts): Promise<Readonly<Record<Served, PortLease>>> {
  const leases: Partial<Record<PortName, PortLease>> = {};
  for (const name of SERVED) {
    const lease = await leasePort({ name, ...options.ports[name] });
    parts.atEnd(() => lease.release());
    leases[name] = lease;
  }
  return leases as Record<Served, PortLease>;
}

function addressesOf(leases: Readonly<Record<Served, PortLease>>, givenIssuer: string | undefined): StackAddresses {
  const at = (name: Served): string => `http://127.0.0.1:${leases[name].port}`;
  return {
    gateway: at('gateway'),
    catalogue: at('catalogue'),
    identity: givenIssuer ?? at('identity'),
    subscriptions: at('subscriptions'),
    router: at('router'),
  };
}

const NOTES: Readonly<Record<Served, string>> = {
  gateway: 'the HTTP API: /api, /openapi.json',
  catalogue: 'streams and contracts; schema registry for Avro clients',
  identity: 'tokens: POST /token',
  subscriptions: 'requests, decisions, entitlements',
  router: 'health of the router',
};

const notesOf = (registry: LauncherOptions['registry']): typeof NOTES =>
  registry === 'open' ? { ...NOTES, catalogue: 'schema registry; everybody on this machine may do everything' } : NOTES;

function servedRow(
  name: Served,
  addresses: StackAddresses,
  leases: Readonly<Record<Served, PortLease>>,
  notes: typeof NOTES,
): SummaryRow {
  const { moved, preferred } = leases[name];
  return {
    name,
    address: addresses[name],
    note: notes[name],
    ...(moved && preferred !== undefined && { movedFrom: preferred }),
  };
}

const NAMED_FIRST = ['futian.steward', 'bao-an.steward', 'cdo', 'platform', 'auditor'];

const peopleToName = ({ accounts }: IssuerFacts): string[] =>
  NAMED_FIRST.filter((account) => accounts.clients[account] !== undefined);

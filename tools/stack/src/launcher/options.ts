/** The command line and the environment of the launcher, read once into one typed object. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type GivenKafka, readGivenKafka } from '../kafka/given-kafka.js';
import { isPart, missingNeeds, OPEN_PARTS, PARTS, type Part } from './parts.js';

const PORTS = {
  gateway: 8080,
  catalogue: 8081,
  identity: 8082,
  subscriptions: 8083,
  router: 8084,
  kafka: 9092,
  postgres: 15432,
} as const;
export type PortName = keyof typeof PORTS;
const PORT_NAMES = Object.keys(PORTS) as PortName[];

export interface WantedPort {
  readonly preferred: number;
  /** Somebody asked for exactly this one. */
  readonly asked: boolean;
}

export interface LauncherOptions {
  readonly city: 'empty' | 'demo';
  /** `open`: the registry alone, in which everybody may do everything, and no city. */
  readonly registry: 'city' | 'open';
  /** Events a second of each demonstration feed; null: no feeds. */
  readonly rate: number | null;
  readonly only: ReadonlySet<Part>;
  readonly ports: Readonly<Record<PortName, WantedPort>>;
  readonly dataDirectory: string;
  /** Life of agencies' tokens, where it is not the issuer's default. */
  readonly tokenSeconds?: number;
  readonly kafkaWay?: 'docker' | 'local';
  readonly postgresWay?: 'docker' | 'local';
  /** Where Kafka's jars are kept, if not in the data directory. */
  readonly jarsDirectory?: string;
  readonly given: {
    readonly kafka?: GivenKafka;
    readonly databaseUrl?: string;
    /** Somebody's issuer, and the file that tells the secrets of our accounts there. */
    readonly issuer?: { readonly url: string; readonly accountsFile: string };
  };
}

export type Asked =
  | { readonly kind: 'run'; readonly options: LauncherOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are read here and must not reach the services, which get their own. */
export const CONSUMED_VARIABLES = [
  ...['KAFKA_BROKERS', 'KAFKA_SECURITY_PROTOCOL', 'KAFKA_CA_FILE'],
  ...['KAFKA_ADMIN_BROKERS', 'KAFKA_ADMIN_USERNAME', 'KAFKA_ADMIN_PASSWORD_FILE'],
  ...['DATABASE_URL', 'OIDC_ISSUER', 'ACCOUNTS_FILE', 'PORT', 'HOST'],
];

const WAYS = ['docker', 'local'] as const;
const portFlag = (name: PortName): string => `${name}-port`;
const portVariable = (name: PortName): string => `CITYSTREAMS_${name.toUpperCase()}_PORT`;

/** Beside the city's, whose database an open registry must not touch. */
const dataFolderOf = (root: string, registry: 'city' | 'open'): string =>
  registry === 'open' ? resolve(root, '.citystreams', 'open-registry') : resolve(root, '.citystreams');

/** @param root the repository: `.citystreams` lies there unless CITYSTREAMS_DATA says otherwise */
export function readOptions(argv: readonly string[], env: Environment, root: string): Asked {
  const problems: string[] = [];
  const values = readFlags(argv, problems);
  if (values['help'] === true) return { kind: 'help' };
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };

  const given = readGiven(env, problems);
  const registry = oneOf('--registry', text('registry'), ['city', 'open'] as const, problems) ?? 'city';
  const parts = registry === 'open' ? OPEN_PARTS : PARTS;
  const only = readOnly(text('only'), parts, problems);
  const missing = missingNeeds(only, givenParts(given), registry);
  for (const line of missing) problems.push(`--only: ${line}: name it too, or give its address`);

  const asked = oneOf('--city', text('city'), ['empty', 'demo'] as const, problems);
  if (registry === 'open' && asked === 'demo') problems.push('--registry open: an open registry has no city around it');
  const city = asked ?? (registry === 'open' ? 'empty' : 'demo');
  const rate = readNumber('--rate', text('rate') ?? '5', problems, { above: 0, most: 100_000 });
  const tokenSeconds = env['TOKEN_SECONDS'];
  const options: LauncherOptions = {
    city,
    registry,
    rate: values['no-demo-feed'] === true || city === 'empty' ? null : rate,
    only,
    ports: readPorts(text, env, problems),
    dataDirectory: resolve(env['CITYSTREAMS_DATA'] || dataFolderOf(root, registry)),
    ...(tokenSeconds && {
      tokenSeconds: readNumber('TOKEN_SECONDS', tokenSeconds, problems, { above: 0, most: 86_400, whole: true }),
    }),
    ...optional('kafkaWay', oneOf('--kafka', text('kafka'), WAYS, problems)),
    ...optional('postgresWay', oneOf('--postgres', text('postgres'), WAYS, problems)),
    ...optional('jarsDirectory', env['CITYSTREAMS_JARS']),
    given,
  };
  return problems.length > 0 ? { kind: 'usage', problems } : { kind: 'run', options };
}

const TEXT_FLAGS = ['city', 'registry', 'rate', 'only', 'port-base', 'kafka', 'postgres', ...PORT_NAMES.map(portFlag)];
const SWITCHES = ['help', 'no-demo-feed'];

/** Tokens instead of strict mode, so that every unknown word is reported and not only the first. */
function readFlags(argv: readonly string[], problems: string[]): Record<string, unknown> {
  const { values, tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(TEXT_FLAGS.map((name) => [name, { type: 'string' as const }])),
      help: { type: 'boolean', short: 'h' },
      'no-demo-feed': { type: 'boolean' },
    },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`unknown word "${token.value}"`);
    if (token.kind !== 'option') continue;
    if (TEXT_FLAGS.includes(token.name)) {
      if (!token.value || token.value.startsWith('--')) problems.push(`${token.rawName} needs a value`);
    } else if (!SWITCHES.includes(token.name)) problems.push(`unknown option ${token.rawName}`);
    else if (token.value !== undefined) problems.push(`${token.rawName} takes no value`);
  }
  return values;
}

function readOnly(list: string | undefined, parts: readonly Part[], problems: string[]): ReadonlySet<Part> {
  if (list === undefined) return new Set(parts);
  const words = list.split(',').map((word) => word.trim());
  const known = words.filter((word): word is Part => isPart(word) && parts.includes(word));
  const unknown = words.filter((word) => !(known as string[]).includes(word));
  if (unknown.length > 0) problems.push(`--only: unknown part "${unknown.join('", "')}": ${parts.join(', ')}`);
  return new Set(known);
}

function readPorts(
  flag: (name: string) => string | undefined,
  env: Environment,
  problems: string[],
): Record<PortName, WantedPort> {
  const port = (where: string, text: string): number =>
    readNumber(where, text, problems, { above: 0, most: 65_535, whole: true });
  const baseText = flag('port-base') ?? env['CITYSTREAMS_PORT_BASE'];
  const base = baseText ? port('--port-base', baseText) : undefined;
  const entries = PORT_NAMES.map((name, index): [PortName, WantedPort] => {
    const own = flag(portFlag(name));
    if (own !== undefined) return [name, { preferred: port(`--${portFlag(name)}`, own), asked: true }];
    const fromEnv = env[portVariable(name)];
    if (fromEnv) return [name, { preferred: port(portVariable(name), fromEnv), asked: true }];
    if (base !== undefined) return [name, { preferred: base + index, asked: true }];
    return [name, { preferred: PORTS[name], asked: false }];
  });
  const asked = entries.filter(([, wanted]) => wanted.asked);
  for (const [i, [name, { preferred }]] of asked.entries()) {
    const twin = asked.slice(0, i).find(([, other]) => other.preferred === preferred);
    if (twin !== undefined) problems.push(`port ${preferred} is asked for by both ${twin[0]} and ${name}`);
  }
  return Object.fromEntries(entries) as Record<PortName, WantedPort>;
}

function readGiven(env: Environment, problems: string[]): LauncherOptions['given'] {
  let kafka: GivenKafka | undefined;
  try {
    kafka = readGivenKafka(env);
  } catch (cause) {
    problems.push(cause instanceof Error ? cause.message : String(cause));
  }
  const { DATABASE_URL: databaseUrl, OIDC_ISSUER: url, ACCOUNTS_FILE: accountsFile } = env;
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl))
    problems.push('DATABASE_URL is not a postgres:// address');
  if (url && !/^https?:\/\//.test(url)) problems.push('OIDC_ISSUER is not an http:// or https:// address');
  if (url && !accountsFile) {
    problems.push("OIDC_ISSUER is set: ACCOUNTS_FILE must name the file with the accounts' secrets there");
  }
  return {
    ...optional('kafka', kafka),
    ...optional('databaseUrl', databaseUrl || undefined),
    ...(url && accountsFile && { issuer: { url: url.replace(/\/$/, ''), accountsFile: resolve(accountsFile) } }),
  };
}

function givenParts(given: LauncherOptions['given']): ReadonlySet<Part> {
  const parts = new Set<Part>();
  if (given.kafka) parts.add('kafka');
  if (given.databaseUrl) parts.add('postgres');
  if (given.issuer) parts.add('identity');
  return parts;
}

function oneOf<T extends string>(
  flag: string,
  value: string | undefined,
  allowed: readonly T[],
  problems: string[],
): T | undefined {
  const found = allowed.find((word) => word === value);
  if (value !== undefined && found === undefined) problems.push(`${flag}: "${value}" is not ${allowed.join(' or ')}`);
  return found;
}

function readNumber(
  where: string,
  text: string,
  problems: string[],
  bounds: { above: number; most: number; whole?: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const fits = value > bounds.above && value <= bounds.most && (!bounds.whole || Number.isInteger(value));
  if (!fits) {
    const kind = bounds.whole ? 'a whole number' : 'a number';
    problems.push(`${where}: "${text}" is not ${kind} above ${bounds.above} and at most ${bounds.most}`);
  }
  return value;
}

/** An absent value is an absent member: `exactOptionalPropertyTypes` or not, nobody sees an `undefined`. */
const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });

export const USAGE = `Usage: npm start -- [options]

Starts the whole platform on this machine: Kafka, PostgreSQL, the issuer of tokens, the catalogue, the subscription
service, the router, the gateway, and a few agencies of a demonstration city. Ctrl-C stops all of it.

  --city demo|empty      demo (default): streams, grants and feeds of a small city. empty: offices and people only
  --registry open        the schema registry alone, for trying clients: on this machine only, everybody may do
                         everything, and there is no city. Its data lie apart, in .citystreams/open-registry
  --rate N               events a second of each demonstration feed (default 5)
  --no-demo-feed         the demonstration city without its agencies' processes
  --only a,b,...         only these parts: ${PARTS.join(', ')}
  --port-base N          asks for the ports N, N+1, ...: ${PORT_NAMES.join(', ')}
  --<part>-port N        asks for one port, for example --gateway-port 8090. A port asked for that is in use is an
                         error; the usual ones (${Object.values(PORTS).join(', ')}) move on by themselves
  --kafka docker|local   how Kafka runs: in a container, or from its own jars (default: what works, then kept)
  --postgres docker|local
  -h, --help

Environment:
  CITYSTREAMS_DATA       data directory (default .citystreams in the repository); a second start resumes it
  KAFKA_BROKERS, DATABASE_URL, OIDC_ISSUER   parts that somebody else runs (OIDC_ISSUER with ACCOUNTS_FILE)
  CITYSTREAMS_PORT_BASE, CITYSTREAMS_GATEWAY_PORT, ...   as the options above
`;

import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { agencyOf, PrincipalId } from '@citystreams/contracts';
import { type KafkaSettings, openTokenSource, type TokenSource } from '@citystreams/kafka';
import { z } from 'zod';
import type { RegistrySettings } from './registry.client.js';

/** What a service of an agency is told from outside. Nothing is asked of anybody before a token is needed. */
export interface ServiceSettings {
  /** The service account, `<agency>.<service>`. */
  clientId: string;
  agency: string;
  /** `ce_source` of what it publishes. */
  source: string;
  kafka: KafkaSettings;
  registry: RegistrySettings;
  /** Events a second; 1 unless the environment says otherwise. */
  rate: number;
  /** The platform's HTTP API, for services that ask what they may read. */
  gateway?: GatewaySettings;
  /** Folder that outlives the process, for services that go on where they stopped. */
  stateDir?: string;
}

/** Where the platform's HTTP API is, and the tokens (HTTP audience) to ask there. */
export interface GatewaySettings {
  url: string;
  tokens: TokenSource;
}

/** One thing wrong with the environment. Names the variable, never its value. */
export interface SettingsProblem {
  variable: string;
  message: string;
}

/** The environment is incomplete or wrong; `problems` and the message say everything that is. */
export class SettingsUnusable extends Error {
  readonly code = 'SETTINGS_UNUSABLE';
  // Not a plain property: Node would print the problems a second time when a service ends with this error.
  readonly #problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(`The environment is not usable\n${problems.map((p) => `  ${p.variable} ${p.message}`).join('\n')}`);
    this.name = 'SettingsUnusable';
    this.#problems = problems;
  }

  get problems(): readonly SettingsProblem[] {
    return this.#problems;
  }
}

const address = z.url({ protocol: /^https?$/, error: 'is not an http or https address' });

const Environment = z.object({
  OIDC_ISSUER: address,
  HTTP_AUDIENCE: z.string(),
  KAFKA_AUDIENCE: z.string(),
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/, 'is not host:port, several joined by commas')
    .transform((list) => list.split(',')),
  KAFKA_SECURITY_PROTOCOL: z
    .enum(['SASL_SSL', 'SASL_PLAINTEXT'], 'is neither SASL_SSL nor SASL_PLAINTEXT')
    .default('SASL_SSL'),
  KAFKA_CA_FILE: z.string().refine(isReadable, 'names a file that cannot be read').optional(),
  CLIENT_ID: PrincipalId,
  REGISTRY_URL: address,
  GATEWAY_URL: address.optional(),
  STATE_DIR: z.string().optional(),
  RATE: z.coerce.number('is not a number of events a second').positive('is not above 0').default(1),
});

const VARIABLE_OF = { gateway: 'GATEWAY_URL', stateDir: 'STATE_DIR' } as const;

type Variables = Readonly<Record<string, string | undefined>>;
type With<Need extends keyof typeof VARIABLE_OF> = ServiceSettings & Required<Pick<ServiceSettings, Need>>;
type Tell = (variable: string, message: string) => void;

/**
 * Reads the environment; call it once, in `main.ts`. `needs` names what this service cannot do without. An empty variable
 * counts as not set. The secret is `CLIENT_SECRET`, or the content of the file that `CLIENT_SECRET_FILE` names.
 * Throws `SettingsUnusable` with every problem at once.
 */
export function readServiceSettings<Need extends keyof typeof VARIABLE_OF = never>(
  env: Variables,
  ...needs: readonly Need[]
): With<Need> {
  const problems: SettingsProblem[] = [];
  const tell: Tell = (variable, message) => {
    if (!problems.some((told) => told.variable === variable)) problems.push({ variable, message });
  };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { data, error } = Environment.safeParse(given);
  for (const { path, message } of error?.issues ?? []) {
    const variable = String(path[0]);
    tell(variable, given[variable] === undefined ? 'is not set' : message);
  }
  for (const need of needs) if (given[VARIABLE_OF[need]] === undefined) tell(VARIABLE_OF[need], 'is not set');
  const clientSecret = readSecret(given, tell);
  if (data === undefined || problems.length > 0) throw new SettingsUnusable(problems);
  return settingsOf(data, clientSecret) as With<Need>;
}

function settingsOf(env: z.infer<typeof Environment>, clientSecret: string): ServiceSettings {
  const { OIDC_ISSUER: issuer, CLIENT_ID: clientId } = env;
  const tokensFor = (audience: string) => openTokenSource({ issuer, clientId, clientSecret, audience });
  const tokens = tokensFor(env.HTTP_AUDIENCE);
  return {
    clientId,
    agency: agencyOf(clientId),
    source: `/${clientId}`,
    kafka: {
      brokers: env.KAFKA_BROKERS,
      clientId,
      securityProtocol: env.KAFKA_SECURITY_PROTOCOL,
      ...(env.KAFKA_CA_FILE !== undefined && { caFile: env.KAFKA_CA_FILE }),
      auth: { kind: 'token', tokens: tokensFor(env.KAFKA_AUDIENCE) },
    },
    registry: { url: env.REGISTRY_URL, tokens },
    rate: env.RATE,
    ...(env.GATEWAY_URL !== undefined && { gateway: { url: env.GATEWAY_URL, tokens } }),
    ...(env.STATE_DIR !== undefined && { stateDir: env.STATE_DIR }),
  };
}

function readSecret({ CLIENT_SECRET: secret, CLIENT_SECRET_FILE: file }: Variables, tell: Tell): string {
  if (file === undefined) {
    if (secret === undefined) tell('CLIENT_SECRET', 'is not set, and neither is CLIENT_SECRET_FILE');
    return secret ?? '';
  }
  if (secret !== undefined) tell('CLIENT_SECRET', 'is given twice, also as CLIENT_SECRET_FILE');
  if (!isReadable(file)) {
    tell('CLIENT_SECRET_FILE', 'names a file that cannot be read');
    return '';
  }
  const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (content === '') tell('CLIENT_SECRET_FILE', 'names an empty file');
  return content;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

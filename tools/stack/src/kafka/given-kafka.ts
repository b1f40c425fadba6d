/** A cluster somebody else runs: it answers, or starting is an error. */
import { readFileSync } from 'node:fs';
import type { KafkaSettings } from '@citystreams/kafka';
import { answers, greetBroker } from './broker-answers.js';
import type { KafkaServer } from './kafka-server.js';

/** A given cluster does not answer. */
export class KafkaNotAnswering extends Error {
  readonly code = 'KAFKA_NOT_ANSWERING';
}

export interface GivenKafka {
  readonly brokers: readonly string[];
  readonly securityProtocol: KafkaSettings['securityProtocol'];
  readonly caFile?: string;
  /** The brokers' internal principal (SASL/PLAIN) on its own listener: with it we bootstrap, without it we only check. */
  readonly admin?: { readonly brokers: readonly string[]; readonly username: string; readonly password: string };
}

/**
 * `KAFKA_BROKERS`, `KAFKA_SECURITY_PROTOCOL` (default SASL_SSL), `KAFKA_CA_FILE`, and all or none of
 * `KAFKA_ADMIN_BROKERS`, `KAFKA_ADMIN_USERNAME`, `KAFKA_ADMIN_PASSWORD_FILE`.
 * @returns undefined when `KAFKA_BROKERS` is not set. @throws TypeError naming what is incomplete
 */
export function readGivenKafka(env: Readonly<Record<string, string | undefined>>): GivenKafka | undefined {
  const brokers = listOf(env['KAFKA_BROKERS']);
  if (brokers.length === 0) return undefined;
  const protocol = env['KAFKA_SECURITY_PROTOCOL'] ?? 'SASL_SSL';
  if (protocol !== 'SASL_SSL' && protocol !== 'SASL_PLAINTEXT') {
    throw new TypeError(`KAFKA_SECURITY_PROTOCOL is ${protocol}: SASL_SSL or SASL_PLAINTEXT`);
  }
  const adminBrokers = listOf(env['KAFKA_ADMIN_BROKERS']);
  const username = env['KAFKA_ADMIN_USERNAME'];
  const passwordFile = env['KAFKA_ADMIN_PASSWORD_FILE'];
  const asked = [adminBrokers.length > 0, Boolean(username), Boolean(passwordFile)];
  if (asked.includes(true) && asked.includes(false)) {
    throw new TypeError(
      'KAFKA_ADMIN_BROKERS, KAFKA_ADMIN_USERNAME and KAFKA_ADMIN_PASSWORD_FILE go together: set all or none',
    );
  }
  return {
    brokers,
    securityProtocol: protocol,
    ...(env['KAFKA_CA_FILE'] && { caFile: env['KAFKA_CA_FILE'] }),
    ...(username &&
      passwordFile && {
        admin: { brokers: adminBrokers, username, password: readFileSync(passwordFile, 'utf8').trim() },
      }),
  };
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** @throws KafkaNotAnswering */
export async function openGivenKafka(given: GivenKafka): Promise<KafkaServer> {
  const tls = given.securityProtocol === 'SASL_SSL' ? { caFile: given.caFile } : null;
  const whys = await Promise.all(given.brokers.map((address) => greetBroker(address, tls)));
  if (whys.every((why) => why !== null)) {
    const each = given.brokers.map((address, i) => `${address}: ${whys[i]}`);
    throw new KafkaNotAnswering(['KAFKA_BROKERS is set, and no broker answers there:', ...each].join('\n  '));
  }
  const { admin, ...rest } = given;
  const internal: KafkaSettings | undefined = admin && {
    brokers: admin.brokers,
    clientId: 'citystreams-stack',
    securityProtocol: given.securityProtocol,
    ...(given.caFile && { caFile: given.caFile }),
    auth: { kind: 'plain', username: admin.username, password: admin.password },
  };
  if (internal && !(await answers(internal))) {
    throw new KafkaNotAnswering(
      `KAFKA_ADMIN_BROKERS (${internal.brokers.join(', ')}) does not answer ${admin?.username}: check the address and the password file`,
    );
  }
  return {
    way: 'address',
    ...rest,
    ...(internal && { internal }),
    portMoved: false,
    onExit: () => undefined,
    restart: async () => undefined,
    kill: async () => undefined,
    stop: async () => undefined,
  };
}

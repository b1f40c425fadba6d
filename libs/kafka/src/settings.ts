import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@platformatic/kafka';
import { KafkaFailure } from './failure.js';
import type { TokenSource } from './token.source.js';

/** How one service reaches Kafka and as whom. */
export interface KafkaSettings {
  /** `host:port`, one or more to begin with; the others are learned. */
  brokers: readonly string[];
  clientId: string;
  securityProtocol: 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** PEM file of the authority that signed the brokers' certificates; without it the system's own list counts. */
  caFile?: string;
  auth: { kind: 'token'; tokens: TokenSource } | { kind: 'plain'; username: string; password: string };
}

/** Options of the client library's connections. Throws `OTHER` if the CA file cannot be read. */
export function connectionOptions(settings: KafkaSettings): ConnectionOptions {
  const { auth } = settings;
  return {
    connectTimeout: 5_000,
    requestTimeout: 30_000,
    ...(settings.securityProtocol === 'SASL_SSL' ? { tls: tlsOptions(settings) } : {}),
    sasl:
      auth.kind === 'plain'
        ? { mechanism: 'PLAIN', username: auth.username, password: auth.password }
        : {
            mechanism: 'OAUTHBEARER',
            token: () => auth.tokens.token(),
            // A broker refuses a bad token inside a successful answer; the library takes that for a success and the next
            // request fails with something that names neither token nor login.
            authBytesValidator: (bytes, callback) => {
              const refusal = refusalIn(bytes);
              callback(refusal ?? null, bytes);
            },
          },
  };
}

export function tlsOptions(settings: KafkaSettings): { ca?: string } {
  if (settings.caFile === undefined) return {};
  try {
    return { ca: readFileSync(settings.caFile, 'utf8') };
  } catch (cause) {
    throw new KafkaFailure('OTHER', `The certificate file ${settings.caFile} cannot be read`, { cause });
  }
}

/** RFC 7628: an answer with a `status` is the server's error message. */
export function refusalIn(authBytes: Buffer): KafkaFailure | undefined {
  if (authBytes.length === 0) return undefined;
  let status: unknown;
  try {
    const answer: unknown = JSON.parse(authBytes.toString('utf8'));
    status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : undefined;
  } catch {
    status = undefined;
  }
  return typeof status === 'string'
    ? new KafkaFailure('TOKEN_REFUSED', `The broker refused the token: ${status}`)
    : undefined;
}

export function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new KafkaFailure('OTHER', `"${address}" is not a broker address; it is written host:port`);
  }
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}

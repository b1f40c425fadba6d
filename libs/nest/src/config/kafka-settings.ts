import type { KafkaSettings, TokenSource, TokenSourceOptions } from '@citystreams/kafka';

/** What `serviceSettings.kafka` reads. */
export interface KafkaConfig {
  OIDC_ISSUER: string;
  KAFKA_BROKERS: string[];
  KAFKA_SECURITY_PROTOCOL: KafkaSettings['securityProtocol'];
  KAFKA_CA_FILE?: string | undefined;
  KAFKA_AUDIENCE: string;
  CLIENT_ID: string;
  CLIENT_SECRET: string;
}

export interface KafkaAccount {
  clientId: string;
  clientSecret: string;
}

/**
 * How a service reaches Kafka: as itself, or as a second account that it has. The issuer is asked where its token
 * endpoint is when the first token is needed, so a service starts while the issuer is away. Close `auth.tokens` at the
 * end.
 */
export function kafkaSettings(
  config: Readonly<KafkaConfig>,
  account: KafkaAccount = { clientId: config.CLIENT_ID, clientSecret: config.CLIENT_SECRET },
): KafkaSettings & { auth: { kind: 'token'; tokens: TokenSource } } {
  const { OIDC_ISSUER: issuer, KAFKA_AUDIENCE: audience } = config;
  return {
    brokers: config.KAFKA_BROKERS,
    clientId: account.clientId,
    securityProtocol: config.KAFKA_SECURITY_PROTOCOL,
    ...(config.KAFKA_CA_FILE !== undefined && { caFile: config.KAFKA_CA_FILE }),
    auth: { kind: 'token', tokens: new LateTokens({ issuer, audience, ...account }) },
  };
}

/** Loads the Kafka clients when it is asked: a service without Kafka does not carry them in its memory. */
class LateTokens implements TokenSource {
  private source: Promise<TokenSource> | undefined;
  private closed = false;

  constructor(private readonly options: TokenSourceOptions) {}

  async token(): Promise<string> {
    this.source ??= this.open();
    return (await this.source).token();
  }

  close(): void {
    this.closed = true;
    void this.source?.then((source) => source.close());
  }

  private async open(): Promise<TokenSource> {
    const { openTokenSource } = await import('@citystreams/kafka');
    const source = openTokenSource(this.options);
    if (this.closed) source.close();
    return source;
  }
}

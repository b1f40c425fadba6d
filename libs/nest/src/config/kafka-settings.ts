import type { KafkaSettings, TokenSource } from '@citystreams/kafka';

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
  return {
    brokers: config.KAFKA_BROKERS,
    clientId: account.clientId,
    securityProtocol: config.KAFKA_SECURITY_PROTOCOL,
    ...(config.KAFKA_CA_FILE !== undefined && { caFile: config.KAFKA_CA_FILE }),
    auth: { kind: 'token', tokens: new IssuedTokens(config, account) },
  };
}

class IssuedTokens implements TokenSource {
  private source: Promise<TokenSource> | null = null;
  private closed = false;

  constructor(
    private readonly config: Readonly<KafkaConfig>,
    private readonly account: KafkaAccount,
  ) {}

  async token(): Promise<string> {
    this.source ??= this.open().catch((error: unknown) => {
      this.source = null;
      throw error;
    });
    return (await this.source).token();
  }

  close(): void {
    this.closed = true;
    this.source?.then(
      (source) => source.close(),
      () => undefined,
    );
  }

  private async open(): Promise<TokenSource> {
    // Loaded when it is needed: a service without Kafka does not carry the clients in its memory.
    const { discoverTokenEndpoint, openTokenSource } = await import('@citystreams/kafka');
    const tokenEndpoint = await discoverTokenEndpoint(this.config.OIDC_ISSUER);
    const source = openTokenSource({ tokenEndpoint, ...this.account, audience: this.config.KAFKA_AUDIENCE });
    if (this.closed) source.close();
    return source;
  }
}

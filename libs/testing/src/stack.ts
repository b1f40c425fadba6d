/** The door through which specs reach Kafka, PostgreSQL and the issuer of this run. */
import { randomBytes } from 'node:crypto';
import { KAFKA_AUDIENCE } from '@citystreams/contracts';
import { type KafkaSettings, openTokenSource } from '@citystreams/kafka';
import { type AccountOptions, type TestAccount, addAccount } from './accounts.js';
import { type FreshDatabase, freshDatabase } from './databases.js';
import { readStackRecord } from './stack-record.js';

export interface TestStack {
  /** The listener of everybody: OAUTHBEARER without TLS, deny by default. */
  readonly kafka: { readonly brokers: readonly string[]; readonly securityProtocol: 'SASL_PLAINTEXT' };
  /** As the brokers' internal principal, who may do everything: to prepare a test, never as the one under test. */
  readonly internalKafka: KafkaSettings;
  /** As the superuser; prefer `freshDatabase`. */
  readonly postgres: { readonly adminUrl: string };
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** Makes the account known to the issuer. It has no rights on Kafka until somebody grants them. */
  account(principal: string, options?: AccountOptions): Promise<TestAccount>;
  /** An account and its settings for `libs/kafka`. Close it, or its token refresh goes on. */
  connectAs(principal: string, options?: AccountOptions): Promise<{ settings: KafkaSettings; close(): void }>;
  freshDatabase(): Promise<FreshDatabase>;
  /** `t3f9a0c1-`: a beginning for agency, topic and group names that no other spec has. */
  freshTopicPrefix(): string;
}

/** @throws Error outside the integration project */
export function stack(): TestStack {
  const record = readStackRecord();
  const kafka = { brokers: record.kafka.brokers, securityProtocol: 'SASL_PLAINTEXT' as const };
  const { username, password, brokers } = record.internalKafka;
  const account = (principal: string, options: AccountOptions = {}): Promise<TestAccount> =>
    addAccount(record, principal, options);
  return {
    kafka,
    internalKafka: {
      brokers,
      clientId: 'test-set-up',
      securityProtocol: 'SASL_PLAINTEXT',
      auth: { kind: 'plain', username, password },
    },
    postgres: record.postgres,
    issuer: record.issuer,
    tokenEndpoint: `${record.issuer}/token`,
    account,
    async connectAs(principal, options) {
      const { clientId, clientSecret, tokenEndpoint } = await account(principal, options);
      const tokens = openTokenSource({ tokenEndpoint, clientId, clientSecret, audience: KAFKA_AUDIENCE });
      return { settings: { ...kafka, clientId, auth: { kind: 'token', tokens } }, close: () => tokens.close() };
    },
    freshDatabase: () => freshDatabase(record),
    freshTopicPrefix: () => `t${randomBytes(4).toString('hex')}-`,
  };
}

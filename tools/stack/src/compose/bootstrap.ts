/** Prepares Kafka and PostgreSQL for the platform: topics, rights, roles, schemas. */
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaSettings } from '@citystreams/kafka';
import { Client } from 'pg';
import { answers } from '../kafka/broker-answers.js';
import { INTERNAL_PRINCIPAL } from '../kafka/server-properties.js';
import { bootstrapKafka } from '../platform/bootstrap-kafka.js';
import { bootstrapPostgres } from '../platform/bootstrap-postgres.js';
import { SUPERUSER } from '../postgres/postgres-process.js';
import { BROKER_HOST, BROKER_PORTS } from './addresses.js';
import { untilAnswers } from './patience.js';
import { databaseUrl } from './secrets.js';

/** Safe to repeat. `secrets` is the folder that init filled for it. @throws what the servers' clients throw */
export async function bootstrap(secrets: string): Promise<void> {
  const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8');
  const internal: KafkaSettings = {
    brokers: [`${BROKER_HOST}:${BROKER_PORTS.internal}`],
    clientId: 'citystreams-bootstrap',
    securityProtocol: 'SASL_PLAINTEXT',
    auth: { kind: 'plain', username: INTERNAL_PRINCIPAL, password: secret('kafka-internal') },
  };
  await untilAnswers('Kafka', () => answers(internal));
  await bootstrapKafka(internal);

  const adminUrl = databaseUrl(SUPERUSER, secret('postgres-superuser'));
  await untilAnswers('PostgreSQL', () => takesLogins(adminUrl));
  // It keeps passwords and writes addresses in a data directory: here in memory, as init has made both for good.
  const dataDirectory = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  cpSync(secrets, join(dataDirectory, 'secrets'), { recursive: true });
  await bootstrapPostgres({ adminUrl, dataDirectory });
}

async function takesLogins(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (cause) {
    // Waiting does not mend a wrong password.
    if ((cause as { code?: string }).code === '28P01') throw cause;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

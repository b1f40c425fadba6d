/** The brokers' internal principal: for set-up and for looking where nobody else may. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaSettings } from '@citystreams/kafka';
import type { City } from './city.js';

export function operatorOf(city: City): KafkaSettings {
  const properties = readFileSync(join(city.dataDirectory, 'kafka/server.properties'), 'utf8');
  const port = /INTERNAL:\/\/[^:]+:(\d+)/.exec(properties)?.[1];
  if (port === undefined) throw new Error('the broker has no internal listener');
  return {
    brokers: [`127.0.0.1:${port}`],
    clientId: 'journey-operator',
    securityProtocol: 'SASL_PLAINTEXT',
    auth: {
      kind: 'plain',
      username: 'internal-broker',
      password: readFileSync(join(city.dataDirectory, 'secrets/kafka-internal'), 'utf8').trim(),
    },
  };
}

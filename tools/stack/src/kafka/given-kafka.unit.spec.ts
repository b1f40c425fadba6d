import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { greetBroker } from './broker-answers.js';
import { openGivenKafka, readGivenKafka } from './given-kafka.js';

const passwordFile = join(mkdtempSync(join(tmpdir(), 'given-')), 'password');
writeFileSync(passwordFile, 'secret\n');

describe('a cluster given by address', () => {
  test('is none without KAFKA_BROKERS', () => {
    expect(readGivenKafka({})).toBeUndefined();
    expect(readGivenKafka({ KAFKA_BROKERS: ' , ' })).toBeUndefined();
  });

  test('is spoken to over TLS unless said otherwise', () => {
    expect(readGivenKafka({ KAFKA_BROKERS: 'a:1, b:2' })).toEqual({
      brokers: ['a:1', 'b:2'],
      securityProtocol: 'SASL_SSL',
    });
  });

  test('takes the internal principal whole or not at all', () => {
    const some = { KAFKA_BROKERS: 'a:1', KAFKA_ADMIN_USERNAME: 'internal-broker' };
    expect(() => readGivenKafka(some)).toThrow(/set all or none/);
    const all = { ...some, KAFKA_ADMIN_BROKERS: 'a:3', KAFKA_ADMIN_PASSWORD_FILE: passwordFile };
    expect(readGivenKafka(all)?.admin).toEqual({ brokers: ['a:3'], username: 'internal-broker', password: 'secret' });
  });

  test('refuses a protocol without a login', () => {
    expect(() => readGivenKafka({ KAFKA_BROKERS: 'a:1', KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT' })).toThrow(/SASL_SSL/);
  });
});

describe('an address that is no Kafka', () => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const listening = new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  afterAll(() => void server.close());

  test('is told apart from one that is', async () => {
    expect(await greetBroker(await listening, null)).toBe('it does not speak Kafka');
    expect(await greetBroker('127.0.0.1:1', null)).toBe('ECONNREFUSED');
  });

  test('is an error, never replaced by a broker of ours', async () => {
    const opening = openGivenKafka({ brokers: [await listening], securityProtocol: 'SASL_PLAINTEXT' });
    await expect(opening).rejects.toMatchObject({ code: 'KAFKA_NOT_ANSWERING' });
  });
});

import { describe, expect, jest, test } from '@jest/globals';
import type { Message, Producer } from 'kafkajs';
import { KafkaFailure } from './failure.js';
import { kafkajsSettings, sendOnePartition } from './kafkajs.js';
import { partitionOfKey } from './partitioner.js';
import type { KafkaSettings } from './settings.js';

const fakeProducer = () => ({ send: jest.fn<Producer['send']>().mockResolvedValue([]) });
const message = (partition?: number): Message => ({ value: 'v', ...(partition === undefined ? {} : { partition }) });

describe('a kafkajs send', () => {
  test('of one partition goes out, with acks of all replicas', async () => {
    const producer = fakeProducer();
    await sendOnePartition(producer, { topic: 'a.b', messages: [message(3), message(3)] });
    expect(producer.send).toHaveBeenCalledWith({ topic: 'a.b', acks: -1, messages: [message(3), message(3)] });
  });

  test('over two partitions is refused before anything is sent', async () => {
    const producer = fakeProducer();
    const send = sendOnePartition(producer, { topic: 'a.b', messages: [message(3), message(4)] });
    await expect(send).rejects.toThrow(KafkaFailure);
    expect(producer.send).not.toHaveBeenCalled();
  });

  test.each([[[message()]], [[message(1), message()]], [[]]])(
    'that does not name its partition is refused',
    async (messages) => {
      const producer = fakeProducer();
      await expect(sendOnePartition(producer, { topic: 'a.b', messages })).rejects.toThrow(KafkaFailure);
      expect(producer.send).not.toHaveBeenCalled();
    },
  );

  test('by key goes to the partition that Java clients choose', async () => {
    const producer = fakeProducer();
    await sendOnePartition(producer, { topic: 'a.b', messages: [{ key: 'k', value: 'v' }] }, 12);
    const [sent] = producer.send.mock.calls[0] ?? [];
    expect(sent?.messages[0]?.partition).toBe(partitionOfKey(Buffer.from('k'), 12));
  });

  test('by keys of different partitions is refused', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
    await expect(sendOnePartition(fakeProducer(), { topic: 'a.b', messages: keys }, 12)).rejects.toThrow(
      'one partition',
    );
  });
});

describe('the login of kafkajs', () => {
  const settings: KafkaSettings = {
    brokers: ['127.0.0.1:9092'],
    clientId: 'a.b',
    securityProtocol: 'SASL_PLAINTEXT',
    auth: { kind: 'token', tokens: { token: async () => 'secret-token', close: () => undefined } },
  };

  async function logIn(answer: string): Promise<void> {
    const { sasl } = kafkajsSettings(settings);
    if (sasl === undefined || !('authenticationProvider' in sasl)) throw new Error('no provider');
    const provider = sasl.authenticationProvider({
      host: 'h',
      port: 1,
      logger: undefined as never,
      saslAuthenticate: async ({ response }) => response?.parse(Buffer.from(answer)),
    });
    await provider.authenticate();
  }

  test('says that a token was refused, and not what it was', async () => {
    const refused = logIn('{"status":"invalid_token"}');
    await expect(refused).rejects.toMatchObject({ code: 'TOKEN_REFUSED', retriable: false });
    await expect(refused).rejects.not.toThrow('secret-token');
  });

  test('takes an empty answer for an accepted token', async () => {
    await expect(logIn('')).resolves.toBeUndefined();
  });
});

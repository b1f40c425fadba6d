/** kafkajs as it comes: what a consuming service in any language would do with topic and credentials. */
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { City } from './city.js';

const PATIENCE_MS = 20_000;

function clientOf(city: City, account: string): Kafka {
  const { auth, brokers } = city.kafkaAs(account);
  if (auth.kind !== 'token') throw new Error('an agency has a token');
  return new Kafka({
    clientId: account,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    sasl: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await auth.tokens.token() }) },
  });
}

/** The keys of the first `count` records of a topic, read as a group of its own. */
export async function foreignConsumer(city: City, account: string, topic: string, count: number): Promise<string[]> {
  const consumer = clientOf(city, account).consumer({ groupId: `${account}.foreign`, readUncommitted: false });
  const keys: string[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`only ${keys.length} records came`)), PATIENCE_MS);
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      void consumer
        .run({
          eachMessage: async ({ message }) => {
            keys.push(message.key?.toString() ?? '');
            if (keys.length < count) return;
            clearTimeout(late);
            resolve();
          },
        })
        .catch(reject);
    });
    return keys.slice(0, count);
  } finally {
    await consumer.disconnect();
  }
}

/** What Kafka says to a client that wants to read or write a topic; throws when it lets it. */
export async function foreignRefusal(
  city: City,
  account: string,
  what: { read: string } | { write: string },
): Promise<string> {
  const client = clientOf(city, account);
  if ('write' in what) {
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return refusal(producer.send({ topic: what.write, messages: [{ value: 'x' }] })).finally(
      () => void producer.disconnect(),
    );
  }
  return refusal(foreignConsumer(city, account, what.read, 1));
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('Kafka did not refuse');
}

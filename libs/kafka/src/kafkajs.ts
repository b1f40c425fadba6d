import type { KafkaConfig, Producer, ProducerRecord, SASLOptions } from 'kafkajs';
import { asKafkaFailure, KafkaFailure } from './failure.js';
import { partitionOfKey } from './partitioner.js';
import { type KafkaSettings, refusalIn, tlsOptions } from './settings.js';

/**
 * Settings for kafkajs, which works behind Nest's Kafka transport. Its own token login takes a refusal for a success and
 * fails later without a reason; here a refused token is a `KafkaFailure` `TOKEN_REFUSED` in the chain of causes.
 */
export function kafkajsSettings(settings: KafkaSettings): Pick<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl'> {
  return {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ssl: settings.securityProtocol === 'SASL_SSL' ? tlsOptions(settings) : false,
    sasl: saslOptions(settings.auth),
  };
}

function saslOptions(auth: KafkaSettings['auth']): NonNullable<KafkaConfig['sasl']> {
  if (auth.kind === 'plain') {
    return { mechanism: 'plain', username: auth.username, password: auth.password } satisfies SASLOptions;
  }
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      authenticate: async () => {
        const token = await auth.tokens.token();
        await saslAuthenticate({
          request: { encode: () => lengthPrefixed(`n,,\x01auth=Bearer ${token}\x01\x01`) },
          response: {
            decode: (raw) => raw,
            parse: (raw) => {
              const refusal = refusalIn(withoutLength(raw));
              if (refusal !== undefined) throw refusal;
            },
          },
        });
      },
    }),
  };
}

function lengthPrefixed(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** The answer's bytes come with or without their length, depending on the protocol version. */
const withoutLength = (raw: Buffer): Buffer =>
  raw.length >= 4 && raw.readInt32BE(0) === raw.length - 4 ? raw.subarray(4) : raw;

/**
 * `producer.send` for records of exactly one partition; anything else is refused before it is sent.
 *
 * kafkajs repeats a `send` that failed at one broker, and then leaves out every broker that had answered before: a
 * partition that moved to such a broker meanwhile is never written, yet the call succeeds. With one partition in the call
 * there is nothing to leave out. Every message names its partition, or all have the same key and `partitions` (the topic's
 * count) is given.
 */
export async function sendOnePartition(
  producer: Pick<Producer, 'send'>,
  record: ProducerRecord,
  partitions?: number,
): Promise<void> {
  const named = record.messages.map(({ partition, key }) => {
    if (partition !== undefined) return partition;
    if (partitions === undefined || key === undefined || key === null) return undefined;
    return partitionOfKey(Buffer.from(key), partitions);
  });
  const [first] = named;
  if (first === undefined || named.some((partition) => partition !== first)) {
    const many = named.includes(undefined) ? 'unnamed' : String(new Set(named).size);
    throw new KafkaFailure('OTHER', `One send is for one partition; this one to ${record.topic} is for ${many}`);
  }
  const messages = record.messages.map((message) => ({ ...message, partition: first }));
  try {
    await producer.send({ ...record, acks: -1, messages });
  } catch (error) {
    throw asKafkaFailure(error);
  }
}

import { sendOnePartition } from '@citystreams/kafka';
import type { OutgoingRecord, RecordTransport } from '@citystreams/sdk';
import { Inject, Injectable } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** Injection token of Nest's Kafka client. */
export const CLIENT = Symbol('Nest Kafka client');

/**
 * Nest's Kafka transport, for services that want to stay with plain Nest.
 *
 * Each `send` is for one partition: kafkajs loses acknowledged records when it repeats a send of several after a
 * fail-over. A batch that is sent again keeps its sequence numbers, so the broker drops what it has already.
 */
@Injectable()
export class NestTransport implements RecordTransport {
  constructor(@Inject(CLIENT) private readonly client: ClientKafka) {}

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const messages = records.map(({ partition, key, value, headers, timestamp }) => ({
      ...(partition !== undefined && { partition }),
      ...(timestamp !== undefined && { timestamp: String(timestamp) }),
      key,
      value,
      headers: Object.fromEntries(headers),
    }));
    await sendOnePartition(
      { send: ({ topic, messages: sent }) => lastValueFrom(this.client.emitBatch(topic, { messages: sent })) },
      { topic: first.topic, messages },
    );
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

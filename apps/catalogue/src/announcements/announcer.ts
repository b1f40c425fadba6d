import { CONTROL_TOPICS, type StreamsTopicMessage } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { enqueue } from '@citystreams/outbox';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DATABASE_SCHEMA } from '../database/schema-name.js';

/** Below what a broker takes (1 MiB) with its headers. A message over it would hold up every later one for ever. */
const MOST_BYTES = 1_000_000;

/** Puts messages for `citystreams.streams` into the outbox of the caller's transaction, in the order given. */
@Injectable()
export class Announcer {
  /** Call it last in the transaction. Throws PAYLOAD_TOO_LARGE. */
  async announce(tx: EntityManager, messages: readonly StreamsTopicMessage[]): Promise<void> {
    for (const message of messages) requireSendable(message);
    await enqueue(
      tx,
      DATABASE_SCHEMA,
      messages.map((message) => ({
        topic: CONTROL_TOPICS.streams,
        key: keyOf(message),
        type: message.kind,
        payload: message,
      })),
    );
  }
}

const keyOf = (message: StreamsTopicMessage): string => (message.kind === 'stream' ? message.stream : message.topic);

function requireSendable(message: StreamsTopicMessage): void {
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= MOST_BYTES) return;
  const detail = `the schemas of ${keyOf(message)} take ${bytes} bytes together, ${MOST_BYTES} is the most`;
  throw new ProblemError('PAYLOAD_TOO_LARGE', detail, {
    action: 'shorten docs of the new version, or go on under a new event name',
  });
}

import {
  CONTROL_TOPICS,
  type EntitlementMessage,
  type Notice,
  noticeTopicOf,
  type RouterOrder,
  type ViewMessage,
} from '@citystreams/contracts';
import { enqueue, type OutboxMessage } from '@citystreams/outbox';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { wakeEnforcement } from './work.channel.js';

export type Announcement =
  | { kind: 'view'; message: ViewMessage }
  | { kind: 'entitlement'; message: EntitlementMessage }
  | { kind: 'notice'; message: Notice }
  | { kind: 'router-order'; message: RouterOrder };

/** Announces a change in the transaction that makes it, in the order given; its last statement, so that order is commit order. */
@Injectable()
export class Announcer {
  async announce(tx: EntityManager, announcements: readonly Announcement[]): Promise<void> {
    await enqueue(tx, DATABASE_SCHEMA, announcements.map(outboxMessageOf));
    await wakeEnforcement(tx);
  }
}

function outboxMessageOf({ kind, message }: Announcement): OutboxMessage {
  const what = { type: kind, payload: message };
  if (kind === 'view') return { topic: CONTROL_TOPICS.views, key: message.view, ...what };
  if (kind === 'router-order') return { topic: CONTROL_TOPICS.routerOrders, key: message.order, ...what };
  const topic = kind === 'notice' ? noticeTopicOf(message.consumer) : CONTROL_TOPICS.entitlements;
  return { topic, key: message.entitlement, ...what };
}

/** What is announced of views and entitlements, as the tables say it inside the transaction that announces it. */
import type { EntitlementMessage, ViewMessage } from '@citystreams/contracts';
import { HOLDING_STATES } from '@citystreams/domain';
import { type EntityManager, In } from 'typeorm';
import type { Announcement } from '../announcements/announcer.js';
import { EntitlementEntity } from './entitlement.entity.js';
import { ViewEntity } from './view.entity.js';

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Locks a view until the transaction ends: its generation and its holders change together. */
export function lockView(tx: EntityManager, id: string): Promise<ViewEntity> {
  return tx.findOneOrFail(ViewEntity, { where: { id: id as ViewEntity['id'] }, lock: { mode: 'pessimistic_write' } });
}

/** Gives a locked view its next generation and returns the announcement of it with the holders it has now. */
export async function renewView(tx: EntityManager, view: ViewEntity): Promise<Announcement> {
  view.generation += 1;
  await tx.update(ViewEntity, { id: view.id }, { generation: view.generation });
  const holders = await tx.find(EntitlementEntity, {
    where: { view: view.id, state: In([...HOLDING_STATES]) },
    order: { id: 'ASC' },
  });
  const message: ViewMessage = {
    format: 1,
    view: view.id,
    topic: view.topic,
    identity: view.identity,
    definition: view.definition,
    level: view.level,
    partitions: view.partitions,
    generation: view.generation,
    replayFrom: time(view.replayFrom),
    holders: holders.map(({ id, validFrom, validTo }) => ({
      entitlement: id,
      validFrom: validFrom.toISOString(),
      validTo: time(validTo),
    })),
  };
  return { kind: 'view', message };
}

export function entitlementAnnouncement(row: EntitlementEntity, view: ViewEntity): Announcement {
  const message: EntitlementMessage = {
    format: 1,
    entitlement: row.id,
    version: row.version,
    state: row.state,
    view: view.id,
    topic: view.topic,
    stream: row.stream,
    owner: row.owner,
    consumer: row.consumer,
    principals: row.principals,
    validFrom: row.validFrom.toISOString(),
    validTo: time(row.validTo),
  };
  return { kind: 'entitlement', message };
}

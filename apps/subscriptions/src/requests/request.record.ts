import type { StreamMessage } from '@citystreams/contracts';
import type { AuditFact, Moved, RequestFacts, RequestPeople, SubscriptionRequest } from '@citystreams/domain';
import { checksOf, dueOf, nextMarkAt, tellingsOf } from '@citystreams/domain';
import type { Caller } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { monotonicFactory } from 'ulid';
import { Granting } from '../entitlements/granting.js';
import { AuditTrail } from '../evidence/audit.trail.js';
import { DecisionEntity } from './decision.entity.js';
import { ReminderEntity } from './reminder.entity.js';
import { narrowRow } from './request.delta.js';
import { RequestEntity } from './request.entity.js';
import { RequestEventEntity } from './request-event.entity.js';
import { auditOfMove } from './request.evidence.js';
import { partsOf } from './request.file.js';

/** A move, and all that was known when it was made. */
export interface KeptMove {
  row: RequestEntity;
  stream: StreamMessage;
  before: SubscriptionRequest;
  moved: Moved;
  facts: RequestFacts;
  people: RequestPeople;
  /** null: nobody, but the clock or the contract. */
  caller: Caller | null;
  now: Date;
}

/** Decisions and history of one request are read back in the order of their ids. */
const nextId = monotonicFactory();

/** Writes down what came of a move: the request, its history, decisions, messages to people, the grant, the evidence. */
@Injectable()
export class RequestRecord {
  constructor(
    private readonly granting: Granting,
    private readonly audit: AuditTrail,
  ) {}

  /** In a transaction that holds the row; its last statements. */
  async keep(tx: EntityManager, move: KeptMove): Promise<void> {
    const { row, moved, before, facts, now, caller, stream } = move;
    const { next, entries } = moved;
    const wasDue = row.due;
    if (moved.narrowedBy !== null) narrowRow(row, moved.narrowedBy, stream, now);
    Object.assign(row, partsOf(next), { updatedAt: now, revision: row.revision + 1 });
    row.wakeAt = next.wait && nextMarkAt(facts.calendar, next.wait);
    if (entries.some((entry) => entry.event === 'submitted')) row.submittedAt ??= now;
    if (next.round !== before.round) row.checks = checksOf(next, facts);
    await this.addLines(tx, move);
    const granted = moved.granted ? [await this.grant(tx, row, stream, now)] : [];
    await tx.save(RequestEntity, row);
    await this.audit.append(tx, [...auditOfMove(row, before, wasDue, next, entries, caller), ...granted]);
  }

  private async addLines(tx: EntityManager, { row, moved, before, people, facts, now }: KeptMove): Promise<void> {
    const { next, entries } = moved;
    const made = entries.flatMap(({ decision }) => (decision === null ? [] : [decision]));
    const decisions = made.map((d): DecisionEntity => ({ ...d, id: nextId(), request: row.id }));
    const lines = entries.map(
      ({ event, from, to, by, text, turn, decision, at }): RequestEventEntity => ({
        ...{ id: nextId(), request: row.id, event, from, to, text, turn, at },
        by: by?.account ?? decision?.decider ?? null,
      }),
    );
    const due = next.wait && dueOf(facts.calendar, next.wait);
    const reminders = tellingsOf(moved, before, people).map(
      (telling): ReminderEntity => ({
        ...{ ...telling, id: nextId(), request: row.id, firedAt: now },
        due: due?.known === true ? due.at : null,
      }),
    );
    await tx.insert(DecisionEntity, decisions);
    await tx.insert(RequestEventEntity, lines);
    await tx.insert(ReminderEntity, reminders);
  }

  private async grant(tx: EntityManager, row: RequestEntity, stream: StreamMessage, now: Date): Promise<AuditFact> {
    const { id: request, asking: consumer, fields, masks, predicate, restriction, purpose, months, principals } = row;
    const approved = { request, consumer, fields, masks, predicate, restriction, purpose, months, principals };
    const { entitlement, fact } = await this.granting.grant(tx, approved, stream, now);
    row.entitlement = entitlement;
    return fact;
  }
}

import type { RequestResource, StreamMessage, Ulid } from '@citystreams/contracts';
import { type Actor, type AuditFact, decide, type RequestCommand, type RequestFile } from '@citystreams/domain';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { monotonicFactory } from 'ulid';
import { AuditTrail } from '../evidence/audit.trail.js';
import { Granting } from '../entitlements/granting.js';
import { City } from '../policy/city.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { DecisionEntity } from './decision.entity.js';
import { RequestEntity } from './request.entity.js';
import { auditOfMove } from './request.evidence.js';
import { requestFacts } from './request.facts.js';
import { resourceOf } from './request.resource.js';
import { RequestStore } from './request.store.js';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A command before it is known who gives it. */
export type RequestMove = Without<RequestCommand, 'by'>;

/** Decisions of one request are read back in the order of their ids. */
const nextId = monotonicFactory();

/**
 * Moves a request. The row is locked while the machine decides, so of two commands at once one wins and the other is
 * refused with the state it lost to. An approval, its entitlement, its view and their announcements are one transaction.
 */
@Injectable()
export class RequestDecisions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly requests: RequestStore,
    private readonly streams: StreamDirectory,
    private readonly granting: Granting,
    private readonly city: City,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws NOT_FOUND, FORBIDDEN, STATE_CONFLICT, VALIDATION_FAILED or what does not fit the contract any more. */
  move(id: Ulid, move: RequestMove, caller: Caller): Promise<RequestResource> {
    return this.dataSource.transaction(async (tx) => {
      const row = await this.requests.lock(tx, id, caller);
      const before = { state: row.state, due: row.due };
      const stream = this.streams.require(row.stream);
      const earlier = await this.requests.decisions(tx, [id]);
      const now = new Date();
      const outcome = decide(
        fileOf(row, earlier),
        { ...move, by: actorOf(caller) },
        requestFacts(row, stream, this.city),
        now,
      );
      if (!outcome.ok) {
        const problems = outcome.problems?.map(({ field, message }) => ({ field: `$.${field}`, message }));
        throw new ProblemError(outcome.code, outcome.detail, problems && { problems });
      }
      const made = outcome.events.flatMap((event) => (event.type === 'decided' ? [event.decision] : []));
      const decisions = made.map((decision): DecisionEntity => ({ ...decision, id: nextId(), request: id }));
      await tx.insert(DecisionEntity, decisions);
      const { state, level, steps, policyVersion, due } = outcome.next;
      Object.assign(row, { state, level, steps: [...steps], policyVersion, due, updatedAt: now });
      if (outcome.events.some((event) => event.type === 'submitted')) row.submittedAt = now;
      const approved = outcome.events.some((event) => event.type === 'approved');
      const granted = approved ? [await this.grant(tx, row, stream, now)] : [];
      await tx.save(RequestEntity, row);
      await this.audit.append(tx, [...auditOfMove(row, before, outcome.events, caller), ...granted]);
      return resourceOf(row, [...earlier, ...decisions]);
    });
  }

  private async grant(tx: EntityManager, row: RequestEntity, stream: StreamMessage, now: Date): Promise<AuditFact> {
    const { id: request, asking: consumer, fields, masks, predicate, purpose, months, principals } = row;
    const approved = { request, consumer, fields, masks, predicate, purpose, months, principals };
    const { entitlement, fact } = await this.granting.grant(tx, approved, stream, now);
    row.entitlement = entitlement;
    return fact;
  }
}

const actorOf = ({ principal, agency, roles }: Caller): Actor => ({ account: principal, agency, roles });

const fileOf = (row: RequestEntity, decisions: readonly DecisionEntity[]): RequestFile => ({
  state: row.state,
  asking: row.asking,
  owner: row.owner,
  level: row.level,
  steps: row.steps,
  policyVersion: row.policyVersion,
  due: row.due,
  decisions,
});

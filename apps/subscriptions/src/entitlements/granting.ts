import {
  type AgencyId,
  type FieldPath,
  type Mask,
  type Predicate,
  type PrincipalId,
  type StreamMessage,
  type Ulid,
  viewTopicOf,
} from '@citystreams/contracts';
import { type AuditFact, endOfTerm, identityOf, replayFrom, viewDefinitionOf } from '@citystreams/domain';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ulid } from 'ulid';
import { Announcer } from '../announcements/announcer.js';
import { City } from '../policy/city.js';
import { EntitlementEntity } from './entitlement.entity.js';
import { auditOfGrant } from './entitlement.evidence.js';
import { entitlementAnnouncement, lockView, renewView } from './entitlement.messages.js';
import { PlaneEntity } from './plane.entity.js';
import { ViewEntity } from './view.entity.js';

/** What was approved. */
export interface Approved {
  request: Ulid;
  consumer: AgencyId;
  fields: readonly FieldPath[];
  masks: Readonly<Record<string, Mask>>;
  predicate: Predicate | null;
  /** The deciding side's condition, beside the requester's own. */
  restriction: Predicate | null;
  purpose: string;
  months: number;
  principals: readonly PrincipalId[];
}

export interface Granted {
  entitlement: Ulid;
  /** For the caller to record, after what decided it. */
  fact: AuditFact;
}

/** A view that nobody holds yet. */
const BEFORE_FIRST = 0;
/** A view's topic never changes: another definition is another view. */
const TOPIC_GENERATION = 1;

@Injectable()
export class Granting {
  constructor(
    private readonly announcer: Announcer,
    private readonly city: City,
  ) {}

  /** The entitlement, its view and their announcements, in the transaction of the approval. Enforcement does the rest. */
  async grant(tx: EntityManager, approved: Approved, stream: StreamMessage, now: Date): Promise<Granted> {
    const id = ulid() as Ulid;
    const view = await this.viewFor(tx, approved, stream, id, now);
    const row: EntitlementEntity = {
      id,
      version: 1,
      state: 'PROVISIONING',
      since: now,
      request: approved.request,
      stream: stream.stream,
      owner: stream.owner,
      consumer: approved.consumer,
      principals: [...approved.principals],
      purpose: approved.purpose,
      view: view.id,
      validFrom: now,
      validTo: endOfTerm(now, approved.months),
      ended: null,
    };
    await tx.insert(EntitlementEntity, row);
    const viewAnnouncement = await renewView(tx, view);
    const plane = { entitlement: id, observedGeneration: 0, observedAt: null, error: null };
    await tx.insert(PlaneEntity, [
      { ...plane, plane: 'view', desiredGeneration: TOPIC_GENERATION },
      { ...plane, plane: 'router', desiredGeneration: view.generation },
      { ...plane, plane: 'topic-right', desiredGeneration: 1 },
    ]);
    await this.announcer.announce(tx, [viewAnnouncement, entitlementAnnouncement(row, view)]);
    return { entitlement: id, fact: auditOfGrant(row, view) };
  }

  /** The view of this definition, locked; made now if nobody was granted it before. */
  private async viewFor(
    tx: EntityManager,
    approved: Approved,
    stream: StreamMessage,
    entitlement: Ulid,
    now: Date,
  ): Promise<ViewEntity> {
    const wish = { ...approved, stream: stream.stream, entitlement };
    const definition = viewDefinitionOf(wish, stream, this.city.matrix);
    const identity = identityOf(definition);
    const id = ulid() as Ulid;
    const fresh: ViewEntity = {
      id,
      topic: viewTopicOf(stream.stream, id),
      identity,
      definition,
      level: stream.level,
      partitions: stream.partitions,
      replayFrom: replayFrom(this.city.matrix, stream.level, now),
      generation: BEFORE_FIRST,
    };
    // Two approvals of the same definition at once: one makes the view, the other waits here and finds it.
    await tx.createQueryBuilder().insert().into(ViewEntity).values(fresh).orIgnore().execute();
    const found = await tx.findOneByOrFail(ViewEntity, { identity });
    return lockView(tx, found.id);
  }
}

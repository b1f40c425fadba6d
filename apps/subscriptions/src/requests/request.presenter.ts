import type { DecisionResource, RequestResource, RequestWaiting } from '@citystreams/contracts';
import {
  DISPUTE_DAYS,
  daysPassedIn,
  dueOf,
  instantAfter,
  isOver,
  MOST_PAUSES,
  PAUSE_DAYS,
  peopleDue,
  type RequestPeople,
  standingDecisions,
  type SubscriptionRequest,
} from '@citystreams/domain';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Delegations } from '../delegations/delegations.js';
import { City } from '../policy/city.js';
import { DecisionEntity } from './decision.entity.js';
import { People } from './people.js';
import type { RequestEntity } from './request.entity.js';
import { RequestEventEntity } from './request-event.entity.js';
import { fileOf } from './request.file.js';

/** Requests as their readers see them. */
@Injectable()
export class RequestPresenter {
  constructor(
    private readonly city: City,
    private readonly people: People,
    private readonly delegations: Delegations,
  ) {}

  /** One request with its history. */
  async full(db: EntityManager, row: RequestEntity, now: Date): Promise<RequestResource> {
    const [resource] = await this.many(db, [row], now);
    const lines = await db.find(RequestEventEntity, { where: { request: row.id }, order: { id: 'ASC' } });
    const history = lines.map(({ event, from, to, by, text, at }) => ({
      ...{ event, from, to, by, text, at: at.toISOString() },
    }));
    return { ...(resource as RequestResource), history };
  }

  /** In the order of the rows, without history. */
  async many(db: EntityManager, rows: readonly RequestEntity[], now: Date): Promise<RequestResource[]> {
    const ids = rows.map((row) => row.id);
    const decisions = await db.find(DecisionEntity, { where: { request: In(ids) }, order: { id: 'ASC' } });
    const inForce = rows.some((row) => row.wait !== null) ? await this.delegations.inForce(db, now) : [];
    const made = Map.groupBy(decisions, (d) => d.request);
    return rows.map((row) => this.resourceOf(row, made.get(row.id) ?? [], this.people.peopleOf(row, inForce), now));
  }

  private resourceOf(
    row: RequestEntity,
    decisions: readonly DecisionEntity[],
    people: RequestPeople,
    now: Date,
  ): RequestResource {
    const file = fileOf(row, decisions);
    return {
      ...askedIn(row),
      state: row.state,
      level: row.level,
      steps: row.steps,
      policyVersion: row.policyVersion,
      due: row.state.startsWith('PENDING') ? row.due : null,
      waiting: this.waitingOf(file, people, now),
      offer: row.offer,
      questions: {
        asked: row.pauses.length + (row.state === 'INFO_REQUESTED' ? 1 : 0),
        most: MOST_PAUSES,
        daysUsed: daysPassedIn(this.city.calendar, file.pauses).days,
        mostDays: PAUSE_DAYS,
      },
      disputable: this.disputableUntil(file, now),
      checks: row.checks,
      decisions: decisions.map((decision) => decisionOf(decision, row.round)),
      entitlement: row.entitlement,
      createdBy: row.createdBy,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }

  private waitingOf(file: SubscriptionRequest, people: RequestPeople, now: Date): RequestWaiting | null {
    const { wait } = file;
    if (wait === null) return null;
    const due = dueOf(this.city.calendar, wait);
    const named = (account: string) => ({ account, name: this.city.personCalled(account)?.name ?? account });
    return {
      for: wait.for,
      people: peopleDue(file, people).map(({ account, agency, deputyFor }) => ({
        ...named(account),
        agency,
        deputyFor,
      })),
      since: wait.since.toISOString(),
      limitDays: wait.limitDays,
      dueAt: due.known ? due.at.toISOString() : null,
      dueUnknown: due.known ? null : unknownEnd(due.year, due.notBefore),
      overdue: wait.escalation > 0 || isOver(this.city.calendar, wait, now),
      escalation: wait.escalation,
      silent: wait.silent.map(named),
    };
  }

  private disputableUntil(file: SubscriptionRequest, now: Date): RequestResource['disputable'] {
    const refusal = standingDecisions(file).findLast((d) => d.outcome === 'refused');
    if (file.state !== 'REFUSED' || file.disputed || refusal === undefined || refusal.step === 'rule') return null;
    if (this.city.refusalCodes.get(refusal.reasonCode ?? '')?.final === true) return null;
    const end = instantAfter(this.city.calendar, refusal.at, DISPUTE_DAYS);
    if (!end.known) return { until: null, unknown: unknownEnd(end.year, end.notBefore) };
    return end.at > now ? { until: end.at.toISOString(), unknown: null } : null;
  }
}

const unknownEnd = (year: number, notBefore: Date): string =>
  `the working days of ${year} are not published yet; not before ${notBefore.toISOString()}`;

const askedIn = (row: RequestEntity) => ({
  id: row.id,
  stream: row.stream,
  owner: row.owner,
  asking: row.asking,
  fields: row.fields,
  masks: row.masks,
  predicate: row.predicate,
  restriction: row.restriction,
  purpose: row.purpose,
  legalBasis: row.legalBasis,
  necessity: row.necessity,
  duration: { months: row.months },
  start: row.start,
  principals: row.principals,
  continues: row.continues,
});

const decisionOf = (
  { id: _id, request: _request, round, at, ...decision }: DecisionEntity,
  now: number,
): DecisionResource => ({
  ...decision,
  void: round !== now,
  at: at.toISOString(),
});
